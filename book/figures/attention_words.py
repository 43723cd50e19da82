"""Attention among real words, with vectors learned from the corpus."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3.6))
    for axis, place in zip(axes, ["left", "right"]):
        words, weights = data[f"{place}_words"], data[place]
        image = axis.imshow(weights, vmin=0, vmax=0.8)
        axis.set_xticks(range(len(words)), words, rotation=60)
        axis.set_yticks(range(len(words)), words)
        axis.set_xlabel("listens to")
        axis.tick_params(length=0)
    axes[0].set_ylabel("the word that listens")
    figure.colorbar(image, ax=axes, shrink=0.7, label="weight")
    return figure
