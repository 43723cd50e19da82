"""Attention weights under a causal mask, and the gradient of their scores."""

import numpy
from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(6.4, 3))
    largest = max(abs(number) for row in data["gradient"] for number in row)
    panels = [("weights", "attention weights", theme.sequential, 0, 1),
              ("gradient", "gradient of the scores", theme.diverging, -largest, largest)]
    for axis, (column, title, colors, low, high) in zip(axes, panels):
        image = theme.masked_image(axis, data[column], numpy.tri(4), cmap=colors, vmin=low,
                                   vmax=high)
        axis.set_title(title, fontsize=10)
        axis.set_xticks(range(4))
        axis.set_yticks(range(4))
        axis.set_xlabel("key")
        axis.set_ylabel("query")
        axis.tick_params(length=0)
        axis.grid(False)
        figure.colorbar(image, ax=axis, shrink=0.8)
    return figure
