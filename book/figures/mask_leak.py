"""How far each output moves when one position changes, for two ways of masking."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3.2))
    highest = max(max(row) for row in data["after"] + data["before"])
    panels = [("after", "zero after the softmax"), ("before", r"$-\infty$ before the softmax")]
    for axis, (name, title) in zip(axes, panels):
        image = axis.imshow(data[name], vmin=0, vmax=highest)
        size = len(data[name])
        steps = range(size)
        axis.step([-0.5] + [i + 0.5 for i in steps], [-0.5] + [i - 0.5 for i in steps], where="pre",
                  color=theme.colors[1], linewidth=1.6)
        axis.set_xlim(-0.5, size - 0.5)
        axis.set_ylim(size - 0.5, -0.5)
        axis.tick_params(length=0)
        axis.set_title(title)
        axis.set_xlabel("position that changes")
    axes[0].set_ylabel("output that moves")
    figure.colorbar(image, ax=axes, shrink=0.8, label="distance")
    return figure
