"""Loss after one of eight trained layers is removed, plain and residual."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 2.9))
    layers = range(len(data["replaced"]))
    axes.bar([layer - 0.2 for layer in layers], data["replaced"], width=0.38, color=theme.colors[1],
             label="each layer replaces", hatch="//", edgecolor=theme.background or "none")
    axes.bar([layer + 0.2 for layer in layers], data["added"], width=0.38, color=theme.colors[0],
             label="each layer adds")
    axes.axhline(1, color=theme.muted, linestyle="--", linewidth=1.2)
    axes.set_xticks(list(layers))
    axes.set_xlabel("layer removed")
    axes.set_ylabel("mean squared error")
    axes.legend(loc="upper left", fontsize=9)
    return figure
