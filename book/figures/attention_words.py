"""Attention among real words, with vectors learned from the corpus."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(8, 4.1))
    for axis, place in zip(axes, ["left", "right"]):
        words, weights = data[f"{place}_words"], data[place]
        axis.imshow(weights, vmin=0, vmax=0.8)
        axis.set_xticks(range(len(words)), words, rotation=60)
        axis.set_yticks(range(len(words)), words)
        axis.set_xlabel("listens to")
        axis.tick_params(length=0)
        for i, row in enumerate(weights):
            for j, weight in enumerate(row):
                on_dark = (weight < 0.4) == theme.dark
                axis.text(j, i, f"{weight:.2f}", ha="center", va="center", fontsize=8,
                          color="white" if on_dark else "black")
    axes[0].set_ylabel("the word that listens")
    return figure
