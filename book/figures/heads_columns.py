"""How the columns of a layer are divided between two heads, and come together again."""

import numpy
from matplotlib import patches, pyplot

CELL = 0.16


def cells(axes, theme, numbers, x, y, colors, largest):
    """Draws a matrix as cells whose strength is the size of the number; returns its right edge."""
    rows, columns = numpy.shape(numbers)
    for row in range(rows):
        for column in range(columns):
            strength = min(1, abs(numbers[row][column]) / largest)
            axes.add_patch(patches.Rectangle((x + column * CELL, y - (row + 1) * CELL), CELL, CELL,
                                             facecolor=colors[column], alpha=0.12 + 0.88 * strength,
                                             edgecolor="none"))
    axes.add_patch(patches.Rectangle((x, y - rows * CELL), columns * CELL, rows * CELL, fill=False,
                                     edgecolor=theme.foreground, linewidth=0.8))
    return x + columns * CELL


def label(axes, theme, x, y, text, shape, columns):
    middle = x + columns * CELL / 2
    axes.text(middle, y + 0.08, text, ha="center", va="bottom", color=theme.foreground, fontsize=9)
    axes.text(middle, y - 6 * CELL - 0.08, shape, ha="center", va="top", color=theme.muted, fontsize=8)


def arrow(axes, start, end, color):
    axes.add_patch(patches.FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=10, color=color,
                                           linewidth=1.2, shrinkA=2, shrinkB=2))


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(8, 4.2))
    half = len(data["queries"][0]) // 2
    heads = [theme.colors[0], theme.colors[1]]
    columns = [heads[0]] * half + [heads[1]] * half
    height, tops = 6 * CELL, [1.7, 0.0, -1.7]
    for y, name in zip(tops, ["queries", "keys", "values"]):
        right = cells(axes, theme, data[name], 0, y, columns, numpy.abs(data[name]).max())
        label(axes, theme, 0, y, f"{name} ${name[0].upper()}$", "(6, 8)", 2 * half)
    for head, y in enumerate([0.95, -0.95]):
        for top in tops[:2]:
            arrow(axes, (right, top - height / 2), (3.0, y - height / 2), heads[head])
        edge = cells(axes, theme, data[f"weights_{head + 1}"], 3.0, y, [heads[head]] * 6, 1)
        label(axes, theme, 3.0, y, f"weights of head {head + 1}", "(6, 6)", 6)
        arrow(axes, (edge, y - height / 2), (5.6, -height / 2), heads[head])
    below = tops[2] - height + 0.15
    axes.plot([right + 0.05, 4.9], [below, below], color=theme.foreground, linewidth=1.2)
    arrow(axes, (4.9, below), (5.6, -height / 2 - 0.3), theme.foreground)
    edge = cells(axes, theme, data["joined"], 5.6, 0, columns, numpy.abs(data["joined"]).max())
    label(axes, theme, 5.6, 0, "$[\\,H_1\\;\\;H_2\\,]$", "(6, 8)", 2 * half)
    arrow(axes, (edge, -height / 2), (8.1, -height / 2), theme.foreground)
    axes.text((edge + 8.1) / 2, -height / 2 + 0.08, "$W_O$", ha="center", va="bottom",
              color=theme.foreground, fontsize=9)
    outputs = data["outputs"]
    edge = cells(axes, theme, outputs, 8.1, 0, [theme.muted] * 2 * half, numpy.abs(outputs).max())
    label(axes, theme, 8.1, 0, "outputs $Y$", "(6, 8)", 2 * half)
    axes.set_xlim(-0.1, edge + 0.1)
    axes.set_ylim(-3.0, 2.1)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure
