"""Attention weights of the model trained with the mask and of the one trained without."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3.7), sharey=True)
    labels = ["␣" if character == " " else character for character in data["characters"]]
    for axis, column, title in zip(axes, ["masked", "open"], ["with the causal mask", "without"]):
        image = axis.imshow(data[column], cmap=theme.sequential, vmin=0, vmax=1)
        axis.set_title(title, fontsize=10)
        axis.set_xticks(range(len(labels)), labels, fontsize=6)
        axis.set_yticks(range(len(labels)), labels, fontsize=6)
        axis.tick_params(length=0)
        axis.grid(False)
        axis.set_xlabel("looked at")
    axes[0].set_ylabel("position that looks")
    figure.colorbar(image, ax=axes, shrink=0.8, label="weight")
    return figure
