"""The flat pieces of one and of two layers of eight units."""

import numpy
from matplotlib import pyplot


def shades(numbers):
    """Colors for pieces: neighbors in number far apart in shade."""
    golden = 0.61803398875
    return (numpy.array(numbers) * golden) % 1


def draw(data, theme):
    figure, panels = pyplot.subplots(1, 2, figsize=(7, 3.7), sharey=True)
    for axes, key, title in zip(panels, ["one", "two"], ["one layer of 8", "two layers of 8"]):
        axes.imshow(shades(data[key]), origin="lower", extent=(-1, 1, -1, 1), cmap=theme.sequential,
                    vmin=-0.2, vmax=1.2, interpolation="nearest")
        axes.set(title=title, xlabel="first input")
        axes.set_xticks([-1, 0, 1])
        axes.set_yticks([-1, 0, 1])
    panels[0].set_ylabel("second input")
    return figure
