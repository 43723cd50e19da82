"""One sentence as a staircase of training examples: what each row reads and must predict."""

from matplotlib import patches, pyplot


def draw(data, theme):
    characters = data["characters"]
    length = len(characters)
    figure, axes = pyplot.subplots(figsize=(6.4, 4.4))
    for row in range(length - 1):
        for column, character in enumerate(characters):
            shown = "␣" if character == " " else character
            if column <= row:
                style = {"facecolor": theme.colors[0], "alpha": 0.28, "edgecolor": theme.background or "none"}
                axes.text(column + 0.5, row + 0.5, shown, ha="center", va="center", color=theme.foreground)
            elif column == row + 1:
                style = {"facecolor": "none", "edgecolor": theme.colors[1], "linewidth": 1.8}
                axes.text(column + 0.5, row + 0.5, shown, ha="center", va="center", color=theme.colors[1],
                          fontweight="bold")
            else:
                style = {"facecolor": "none", "edgecolor": theme.muted, "hatch": "////", "linewidth": 0,
                         "alpha": 0.35}
            axes.add_patch(patches.Rectangle((column + 0.06, row + 0.06), 0.88, 0.88, **style))
    axes.set_xlim(0, length)
    axes.set_ylim(length - 1, 0)
    axes.set_xlabel("position in the text")
    axes.set_ylabel("row of the output")
    axes.set_xticks([column + 0.5 for column in range(length)], range(length))
    axes.set_yticks([row + 0.5 for row in range(length - 1)], range(length - 1))
    axes.tick_params(length=0)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure
