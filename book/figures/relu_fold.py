"""A sheet folded twice, cut by one line, and unfolded."""

import numpy
from matplotlib import pyplot
from matplotlib.patches import Rectangle


def draw(data, theme):
    figure, panels = pyplot.subplots(1, 3, figsize=(7, 2.9))
    quadrants = [(1, 1, 0), (-1, 1, 1), (-1, -1, 2), (1, -1, 4)]
    spots = numpy.array([[0.5, 0.4], [1.0, 0.9], [1.5, 0.5], [0.6, 1.5], [1.4, 1.6]])
    for axes in (panels[0], panels[2]):
        for sx, sy, color in quadrants:
            axes.add_patch(Rectangle((min(0, 2 * sx), min(0, 2 * sy)), 2, 2, alpha=0.18,
                                     color=theme.colors[color], linewidth=0))
            axes.plot(sx * spots[:, 0], sy * spots[:, 1], "o", color=theme.colors[color],
                      markersize=4)
    for i, (_, _, color) in enumerate(reversed(quadrants)):
        shift = 0.06 * i
        panels[1].add_patch(Rectangle((-shift, -shift), 2, 2, alpha=0.18, linewidth=0,
                                      color=theme.colors[color]))
        panels[1].plot(spots[:, 0] - shift, spots[:, 1] - shift, "o", markersize=4,
                       color=theme.colors[color])
    panels[1].plot([1, 0], [0, 2], color=theme.foreground, linewidth=2)
    side = numpy.linspace(-2, 2, len(data["answers"]))
    panels[2].contour(side, side, numpy.array(data["answers"]), levels=[0],
                      colors=[theme.foreground], linewidths=2)
    for axes, title in zip(panels, ["the sheet", "folded twice, cut once", "unfolded"]):
        axes.set(title=title, xlim=(-2.2, 2.2), ylim=(-2.2, 2.2), aspect="equal", xlabel="$x_1$")
        axes.set_xticks([-2, -1, 0, 1, 2])
        axes.set_yticks([-2, -1, 0, 1, 2])
    panels[0].set_ylabel("$x_2$")
    panels[1].set_xlabel("$|x_1|$")
    panels[1].set_ylabel("$|x_2|$", labelpad=-2)
    return figure
