"""The loss of the one-program GPT over its training, and where it was examined."""

import numpy
from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    losses = numpy.array(data["loss"])
    means = losses[: len(losses) // 25 * 25].reshape(-1, 25).mean(axis=1)
    axes.plot(range(1, len(losses) + 1), losses, color=theme.muted, alpha=0.35, linewidth=0.5)
    axes.plot([25 * i + 13 for i in range(len(means))], means, "-", color=theme.colors[0],
              label="training, mean of 25 steps")
    axes.plot([len(losses)], data["validation"], "D", color=theme.colors[1], label="validation, at the end")
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss, nats a character")
    axes.legend()
    return figure
