"""Random points in space and where layer norm takes them, seen along (1, 1, 1)."""

import numpy
from matplotlib import pyplot

# Two directions at right angles to (1, 1, 1) and to each other: the plane of the picture.
ACROSS = numpy.array([1, -1, 0]) / numpy.sqrt(2)
UP = numpy.array([-1, -1, 2]) / numpy.sqrt(6)


def seen(points):
    points = numpy.array(points)
    return points @ ACROSS, points @ UP


def draw(data, theme):
    figure, axis = pyplot.subplots(figsize=(4.6, 4.3))
    x, y = seen(data["points"])
    normed_x, normed_y = seen(data["normed"])
    angle = numpy.linspace(0, 2 * numpy.pi, 200)
    axis.plot(numpy.sqrt(3) * numpy.cos(angle), numpy.sqrt(3) * numpy.sin(angle), color=theme.muted, linewidth=1)
    axis.plot([x, normed_x], [y, normed_y], color=theme.muted, linewidth=0.6)
    axis.plot(x, y, "o", color=theme.colors[1], markersize=4, label="before")
    axis.plot(normed_x, normed_y, "s", color=theme.colors[0], markersize=4, label="after layer norm")
    axis.set_aspect("equal")
    axis.set_xlabel("along (1, −1, 0)")
    axis.set_ylabel("along (−1, −1, 2)")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=2)
    return figure
