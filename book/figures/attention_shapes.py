"""The matrices of one pass of attention, drawn to scale: a cell is a number."""

from matplotlib import patches, pyplot

CELL = 0.1


def matrix(axes, theme, numbers, x, y, name, limit=None):
    """Draws a matrix with its upper left corner at x, y; returns its right edge and its middle."""
    rows, columns = len(numbers), len(numbers[0])
    width, height = columns * CELL, rows * CELL
    low, colors = (-limit, theme.diverging) if limit else (0, theme.sequential)
    axes.imshow(numbers, extent=(x, x + width, y - height, y), cmap=colors, vmin=low,
                vmax=limit or max(map(max, numbers)))
    axes.add_patch(patches.Rectangle((x, y - height), width, height, fill=False,
                                     edgecolor=theme.foreground, linewidth=0.8))
    axes.text(x + width / 2, y + 0.1, name, ha="center", va="bottom", color=theme.foreground, fontsize=9)
    axes.text(x + width / 2, y - height - 0.1, f"({rows}, {columns})", ha="center", va="top",
              color=theme.muted, fontsize=8)
    return x + width, y - height / 2


def arrow(axes, theme, start, end, text=""):
    axes.add_patch(patches.FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=10,
                                           color=theme.foreground, linewidth=1.1, shrinkA=2, shrinkB=2))
    if text:
        axes.text((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 0.08, text, ha="center",
                  va="bottom", color=theme.foreground, fontsize=8)


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(8, 3.9))
    right, middle = matrix(axes, theme, data["words"], 0, 0.4, "words $X$", 3)
    ends = []
    for y, name in [(2.0, "queries"), (0.4, "keys"), (-1.2, "values")]:
        edge, level = matrix(axes, theme, data[name], 2.5, y, f"{name} ${name[0].upper()}$", 3)
        arrow(axes, theme, (right, middle), (2.5, level))
        ends.append((edge, level))
    edge, level = matrix(axes, theme, data["scores"], 5.1, 1.2, r"scores $QK^\top\!/\sqrt{d}$", 3)
    for end in ends[:2]:
        arrow(axes, theme, end, (5.1, level))
    weights, height = matrix(axes, theme, data["weights"], 7.0, 1.2, "weights $A$")
    arrow(axes, theme, (edge, level), (7.0, height), "softmax")
    outputs, low = matrix(axes, theme, data["outputs"], 8.7, -0.4, "outputs $AV$", 3)
    arrow(axes, theme, (weights, height), (8.7, low + 0.15))
    arrow(axes, theme, ends[2], (8.7, low - 0.15))
    axes.set_xlim(-0.1, outputs + 0.1)
    axes.set_ylim(-2.4, 2.5)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure
