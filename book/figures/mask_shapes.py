"""Four masks as grids: what each word may look at."""

from matplotlib import pyplot
from matplotlib.colors import ListedColormap


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 4, figsize=(7, 2.5))
    titles = [("causal", "causal"), ("window", "window of 3"), ("padding", "padding"),
              ("both", "causal and padding")]
    for axis, (name, title) in zip(axes, titles):
        mask = data[name]
        theme.masked_image(axis, mask, mask, cmap=ListedColormap([theme.colors[0]]))
        size = len(mask)
        axis.set_xticks([i - 0.5 for i in range(size + 1)], minor=True)
        axis.set_yticks([i - 0.5 for i in range(size + 1)], minor=True)
        axis.grid(True, which="minor", color=theme.foreground, alpha=0.35, linewidth=0.8)
        axis.tick_params(which="both", length=0)
        axis.set_xticks(range(size), range(size))
        axis.set_yticks(range(size), range(size))
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("key $j$")
    axes[0].set_ylabel("query $i$")
    return figure
