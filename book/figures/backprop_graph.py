"""The forward and the backward pass of a small model as a chain of boxes."""

from matplotlib import patches, pyplot


def arrow(axes, start, end, color, line="-", bend=0.0):
    axes.add_patch(patches.FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, color=color,
                                           linestyle=line, linewidth=1.5,
                                           connectionstyle=f"arc3,rad={bend}"))


def draw(data, theme):
    names, shapes = data["names"], data["shapes"]
    figure, axes = pyplot.subplots(figsize=(8, 3.3))
    step, half = 1.5, 0.46
    for index, name in enumerate(names):
        axes.add_patch(patches.FancyBboxPatch((index * step - half, -0.3), 2 * half, 0.6,
                                              boxstyle="round,pad=0.03", facecolor="none",
                                              edgecolor=theme.foreground, linewidth=1.2))
        axes.text(index * step, 0, name, ha="center", va="center", color=theme.foreground, fontsize=8)
    for index, shape in enumerate(shapes):
        left, right = index * step + half + 0.06, (index + 1) * step - half - 0.06
        arrow(axes, (left, 0.14), (right, 0.14), theme.colors[0])
        arrow(axes, (right, -0.14), (left, -0.14), theme.colors[1])
        middle = (left + right) / 2
        axes.text(middle, 0.48, shape, ha="center", color=theme.colors[0], fontsize=8)
        axes.text(middle, -0.6, f"G {shape}", ha="center", color=theme.colors[1], fontsize=8)
    fork, join = half + 0.1, 2 * step
    arrow(axes, (fork, 0.62), (join, 0.36), theme.colors[0], "--", -0.42)
    arrow(axes, (join, -0.36), (fork, -0.72), theme.colors[1], "--", -0.42)
    axes.text(step + 0.15, 1.24, "around the layer", ha="center", color=theme.colors[0], fontsize=8)
    axes.text(step + 0.15, -1.36, "the two ways add up", ha="center", va="top", color=theme.colors[1],
              fontsize=8)
    axes.text((len(names) - 1) * step + half, 1.24, "forward →", ha="right", color=theme.colors[0])
    axes.text((len(names) - 1) * step + half, -1.36, "← backward", ha="right", va="top",
              color=theme.colors[1])
    axes.set_xlim(-0.6, (len(names) - 1) * step + 0.6)
    axes.set_ylim(-1.75, 1.6)
    axes.axis("off")
    return figure
