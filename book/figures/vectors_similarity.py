"""Cosine similarity among the same words: one-hot, and embeddings."""

from matplotlib import pyplot


def draw(data, theme):
    words = data["words"]
    one_hot = [[float(i == j) for j in range(len(words))] for i in range(len(words))]
    figure, panels = pyplot.subplots(1, 2, figsize=(7, 3.9), sharey=True)
    for axes, title, cosines in zip(panels, ["one-hot vectors", "embeddings"],
                                    [one_hot, data["cosines"]]):
        image = axes.imshow(cosines, vmin=0, vmax=1, cmap=theme.sequential)
        axes.set_title(title)
        axes.set_xticks(range(len(words)), words, rotation=90, fontsize=7.5)
        axes.set_yticks(range(len(words)), words, fontsize=7.5)
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(length=0)
    figure.colorbar(image, ax=panels, label="cosine similarity", shrink=0.75)
    return figure
