"""Attention weights of the model trained with the mask and of the one trained without."""

import numpy
from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3.7), sharey=True)
    labels = ["␣" if character == " " else character for character in data["characters"]]
    size = len(labels)
    panels = [("masked", "with the causal mask", numpy.tri(size)),
              ("open", "without", numpy.ones((size, size)))]
    for axis, (column, title, allowed) in zip(axes, panels):
        image = theme.masked_image(axis, data[column], allowed, vmin=0, vmax=1)
        axis.set_title(title, fontsize=10)
        axis.set_xticks(range(len(labels)), labels, fontsize=6)
        axis.set_yticks(range(len(labels)), labels, fontsize=6)
        axis.tick_params(length=0)
        axis.grid(False)
        axis.set_xlabel("looked at")
    axes[0].set_ylabel("position that looks")
    figure.colorbar(image, ax=axes, shrink=0.8, label="weight")
    return figure
