"""The attention of all heads of the trained GPT on one line of text."""

import numpy
from matplotlib import pyplot


def draw(data, theme):
    blocks = heads = 4
    figure, panels = pyplot.subplots(blocks, heads, figsize=(8, 8.4))
    labels = ["␣" if character == " " else character for character in data["characters"]]
    places = range(len(labels))
    for block in range(blocks):
        for head in range(heads):
            axes = panels[block][head]
            weights = data[f"block_{block}_head_{head}"]
            image = theme.masked_image(axes, weights, numpy.tri(len(weights)), cmap=theme.sequential,
                                       vmin=0, vmax=1)
            axes.set_title(f"block {block + 1}, head {head + 1}", fontsize=8)
            axes.set_xticks(list(places), labels, fontsize=6)
            axes.set_yticks(list(places), labels, fontsize=6)
            axes.tick_params(length=0, pad=1)
            axes.grid(False)
    figure.colorbar(image, ax=panels, shrink=0.5, label="weight")
    return figure
