"""Training and validation loss on a text that is too short."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    best = min(range(len(data["steps"])), key=lambda i: data["validation"][i])
    axes.axvline(data["steps"][best], color=theme.muted, linestyle=":", linewidth=1)
    axes.plot(data["steps"], data["training"], "o-", markersize=3, color=theme.colors[0], label="training")
    axes.plot(data["steps"], data["validation"], "s--", markersize=3, color=theme.colors[1],
              label="validation")
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss, nats a character")
    axes.legend()
    return figure
