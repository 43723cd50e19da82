"""What three layers compute from two inputs, without and with ReLU."""

import numpy
from matplotlib import colormaps, pyplot


def draw(data, theme):
    figure = pyplot.figure(figsize=(7, 3.4), dpi=200)  # of the surfaces
    for number, (key, title) in enumerate([("flat", "linear layers only"), ("bent", "with ReLU")]):
        heights = numpy.array(data[key])
        side = numpy.linspace(-1, 1, heights.shape[0])
        x, y = numpy.meshgrid(side, side)
        axes = figure.add_subplot(1, 2, number + 1, projection="3d")
        axes.plot_surface(x, y, heights, cmap=colormaps[theme.sequential], linewidth=0.1,
                          edgecolor=theme.muted, rstride=1, cstride=1, rasterized=True)
        axes.set_title(title)
        axes.set_xlabel("first input", fontsize=8, labelpad=-8)
        axes.set_ylabel("second input", fontsize=8, labelpad=-8)
        axes.set_xticks([-1, 0, 1])
        axes.set_yticks([-1, 0, 1])
        axes.set_zticks([])
        axes.tick_params(labelsize=7, pad=-3)
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            axis.pane.set_visible(False)
            axis.line.set_color(theme.muted)
        axes.grid(False)
        axes.view_init(elev=32, azim=-60)
        axes.set_box_aspect((1, 1, 0.75), zoom=1.15)
    return figure
