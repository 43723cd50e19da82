"""The innermost walk through B: down a column, or along a row."""

from matplotlib import pyplot
from matplotlib.patches import Rectangle


def draw(data, theme):
    figure, panels = pyplot.subplots(1, 2, figsize=(7, 2.9))
    rows, columns = (int(size) for size in data["shape"])
    for axes, title, down in zip(panels, ["i, j, k: down a column", "i, k, j: along a row"],
                                 [True, False]):
        for row in range(rows):
            for column in range(columns):
                on = column == 2 if down else row == 1
                axes.add_patch(Rectangle((column, row), 1, 1, linewidth=0.8, edgecolor=theme.muted,
                                         facecolor=theme.colors[1 if down else 0] if on else "none",
                                         alpha=0.35 if on else 1))
                axes.text(column + 0.5, row + 0.5, str(row * columns + column), ha="center",
                          va="center", fontsize=9)
        arrow = {"arrowstyle": "-|>", "color": theme.foreground, "linewidth": 1.8}
        if down:
            axes.annotate("", xy=(2.14, 4.95), xytext=(2.14, 0.05), arrowprops=arrow)
        else:
            axes.annotate("", xy=(7.95, 1.14), xytext=(0.05, 1.14), arrowprops=arrow)
        axes.set(title=title, xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1), aspect="equal")
        axes.axis("off")
    return figure
