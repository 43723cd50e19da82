"""Loss on held-out text while training, with and without the mask."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.2))
    names = ["even guess", "by frequency"]
    for guess, name in zip(data["guesses"], names):
        axes.axhline(guess, color=theme.muted, linestyle="--", linewidth=1)
        axes.text(data["steps"][-1], guess + 0.06, name, ha="right", va="bottom", color=theme.muted,
                  fontsize=9)
    axes.plot(data["steps"], data["masked"], color=theme.colors[0], label="with the causal mask")
    axes.plot(data["steps"], data["open"], color=theme.colors[1], linestyle="-.", label="without")
    axes.set_xlabel("training steps")
    axes.set_ylabel("surprise, nats per character")
    axes.set_ylim(0, 5.2)
    axes.legend(loc="center right", bbox_to_anchor=(1, 0.28))
    return figure
