"""Four optimizers on their way through a long valley."""

import numpy
from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    x, y = numpy.meshgrid(numpy.linspace(-3, 11, 200), numpy.linspace(-1.5, 1.5, 120))
    axes.contour(x, y, (x**2 + 50 * y**2) / 2, levels=[1, 4, 10, 20, 40, 70], colors=theme.muted,
                 linewidths=0.6)
    paths = [("descent", "gradient descent", "o-"), ("momentum", "momentum", "s-"),
             ("adam", "Adam", "^-"), ("adamw", "AdamW", "v-")]
    for (column, label, style), color in zip(paths, theme.colors):
        path = numpy.array(data[column])
        axes.plot(path[:, 0], path[:, 1], style, color=color, label=label, markersize=2.5, linewidth=1)
    axes.plot(0, 0, "*", color=theme.foreground, markersize=9)
    axes.set_xlabel("$x$ (shallow)")
    axes.set_ylabel("$y$ (steep)")
    axes.set_ylim(-1.5, 1.5)
    axes.legend(loc="upper left", ncols=2, fontsize=8)
    return figure
