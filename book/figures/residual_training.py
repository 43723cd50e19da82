"""Training loss on two spirals at four depths, with and without residual additions."""

from matplotlib import pyplot

DEPTHS = [(1, ":"), (4, "-."), (16, "--"), (64, "-")]


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3.2), sharey=True)
    for axis, kind, title in zip(axes, ["plain", "residual"], ["replaced", "added"]):
        for index, (depth, line) in enumerate(DEPTHS):
            axis.plot(data[f"{kind}_{depth}"], line, color=theme.colors[index], linewidth=1.6,
                      label=f"{depth} layer{'s' if depth > 1 else ''}")
        axis.set_yscale("log")
        axis.set_ylim(2e-4, 2)
        axis.set_xlabel("training steps")
        axis.set_title(title, fontsize=10)
    axes[0].set_ylabel("mean squared error")
    axes[0].legend(loc="lower left", fontsize=9)
    return figure
