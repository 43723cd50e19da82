"""The loss of the page's own trainer, with the three simple predictors."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    names = ["every character alike", "letter frequencies", "the character before"]
    for level, name in zip(data["levels"], names):
        axes.axhline(level, color=theme.muted, linestyle=":", linewidth=1)
        axes.text(608, level, name, ha="left", va="bottom", color=theme.muted, fontsize=9)
    steps = [10 * i + 5 for i in range(len(data["loss"]))]
    axes.plot(steps, data["loss"], "-", color=theme.colors[0])
    axes.set_xlim(0, 800)
    axes.set_xticks([0, 100, 200, 300, 400, 500, 600])
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss, nats a character")
    return figure
