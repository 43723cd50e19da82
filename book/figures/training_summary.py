"""The surprise of the chapter's model over its training."""

import numpy
from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    surprises = numpy.array(data["surprise"])
    means = surprises[: len(surprises) // 50 * 50].reshape(-1, 50).mean(axis=1)
    axes.plot(range(1, len(surprises) + 1), surprises, color=theme.muted, alpha=0.35, linewidth=0.5)
    axes.plot([50 * i + 25 for i in range(len(means))], means, "-", color=theme.colors[0])
    level = numpy.log(256)
    axes.axhline(level, color=theme.muted, linestyle=":", linewidth=1)
    axes.text(len(surprises), level + 0.05, "$\\ln 256$", ha="right", va="bottom", color=theme.muted)
    axes.set_ylim(1.5, 6.2)
    axes.set_xlabel("training steps")
    axes.set_ylabel("surprise, nats a character")
    return figure
