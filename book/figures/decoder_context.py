"""The loss at each place of the window."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    losses = data["losses"]
    axes.plot(range(1, len(losses) + 1), losses, "o", markersize=3, color=theme.colors[0])
    axes.set_xlabel("characters that the model has read")
    axes.set_ylabel("loss, nats a character")
    return figure
