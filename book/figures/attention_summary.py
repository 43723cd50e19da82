"""The weights of the two heads of the layer that remembers."""

import numpy
from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3.6))
    lines = data["lines"]
    for axis, (name, title) in zip(axes, [("first", "first head"), ("second", "second head")]):
        image = theme.masked_image(axis, data[name], numpy.tri(len(lines)), vmin=0, vmax=1)
        axis.set_xticks(range(len(lines)), lines, rotation=60)
        axis.set_yticks(range(len(lines)), lines)
        axis.tick_params(length=0)
        axis.set_title(title)
        for i, line in enumerate(lines):
            if line.endswith("?"):
                axis.add_patch(pyplot.Rectangle((-0.5, i - 0.5), len(lines), 1, fill=False,
                                                edgecolor=theme.colors[1], linewidth=1.6))
    figure.colorbar(image, ax=axes, shrink=0.7, label="weight")
    return figure
