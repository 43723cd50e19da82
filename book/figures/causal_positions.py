"""Surprise at each position of a piece, with and without the mask."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 2.8))
    positions = range(len(data["masked"]))
    axes.plot(positions, data["masked"], "o-", markersize=4, color=theme.colors[0],
              label="with the causal mask")
    axes.plot(positions, data["open"], "s-.", markersize=4, color=theme.colors[1], label="without")
    axes.set_xlabel("position in the piece")
    axes.set_ylabel("surprise, nats")
    axes.set_ylim(-0.1, 3.3)
    axes.legend(loc="center")
    return figure
