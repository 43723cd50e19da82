"""A GPT as a residual stream with branches."""

from matplotlib import patches, pyplot


def box(axes, x, y, text, color, width=1.7, height=0.42):
    axes.add_patch(patches.FancyBboxPatch((x - width / 2, y - height / 2), width, height,
                                          boxstyle="round,pad=0.03", facecolor="none", edgecolor=color,
                                          linewidth=1.3))
    axes.text(x, y, text, ha="center", va="center", color=color, fontsize=9)


def arrow(axes, points, color, width=1.3):
    for start, end in zip(points[:-2], points[1:-1]):
        axes.plot([start[0], end[0]], [start[1], end[1]], color=color, linewidth=width)
    axes.add_patch(patches.FancyArrowPatch(points[-2], points[-1], arrowstyle="-|>", mutation_scale=11,
                                           color=color, linewidth=width, shrinkA=0, shrinkB=0))


def branch(axes, y, name, theme, color):
    arrow(axes, [(0, y), (1.5, y), (1.5, y + 0.3)], theme.foreground)
    box(axes, 1.5, y + 0.54, "norm", theme.muted, 1.1)
    arrow(axes, [(1.5, y + 0.78), (1.5, y + 0.96)], theme.foreground)
    box(axes, 1.5, y + 1.2, name, color)
    arrow(axes, [(1.5, y + 1.44), (1.5, y + 1.7), (0.16, y + 1.7)], theme.foreground)
    axes.text(0, y + 1.7, "+", ha="center", va="center", fontsize=13, color=theme.foreground,
              bbox={"boxstyle": "circle,pad=0.1", "facecolor": "white" if not theme.dark else "black",
                    "edgecolor": theme.foreground})


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(5, 6.2))
    axes.plot([0, 0], [0.2, 4.9], color=theme.colors[0], linewidth=4, solid_capstyle="butt")
    box(axes, 0, -0.1, "token and position embeddings", theme.foreground, 3.4)
    arrow(axes, [(0, -0.85), (0, -0.36)], theme.foreground)
    axes.text(0, -1.0, "tokens", ha="center", va="center", color=theme.foreground)
    branch(axes, 0.6, "attention", theme, theme.colors[1])
    branch(axes, 2.7, "feed-forward", theme, theme.colors[2])
    axes.add_patch(patches.Rectangle((-1.05, 0.2), 3.7, 4.62, fill=False, linestyle="--",
                                     edgecolor=theme.muted))
    axes.text(2.75, 2.5, "× N", color=theme.muted, fontsize=12, va="center")
    for y, row in zip([0.4, 2.5, 4.6], data["stream"]):
        text = "({:.0f}, {:.0f})".format(*row).replace("-", "−")
        axes.text(-0.16, y, text, ha="right", va="center", color=theme.colors[0], fontsize=9)
    for y, text in [(5.12, "norm"), (5.78, "output layer")]:
        box(axes, 0, y, text, theme.foreground)
    arrow(axes, [(0, 5.36), (0, 5.54)], theme.foreground)
    arrow(axes, [(0, 6.02), (0, 6.3)], theme.foreground)
    axes.text(0, 6.45, "logits", ha="center", va="center", color=theme.foreground)
    axes.set_xlim(-2, 3.4)
    axes.set_ylim(-1.2, 6.65)
    axes.axis("off")
    return figure
