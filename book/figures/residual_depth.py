"""Size of the signal forward and of the gradient backward through 64 layers, wired in five ways."""

from matplotlib import pyplot

CASES = [("plain", "replaced", "-"), ("added", "added", "--"), ("small", "added, small updates", "-"),
         ("after", "norm after the addition", "-."), ("before", "norm before the layer", ":")]


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7.4, 3.7), sharey=True)
    layers = list(range(len(data["plain_signal"])))
    some = layers[::8]
    for axis, what in zip(axes, ["signal", "gradient"]):
        for index, (column, label, line) in enumerate(CASES):
            axis.plot(layers, data[f"{column}_{what}"], line, color=theme.colors[index], label=label,
                      linewidth=1.8)
        for base in (2 ** -0.5, 1.5 ** 0.5):
            steps = some if what == "signal" else [layers[-1] - layer for layer in some]
            axis.plot(some, [base ** step for step in steps], "o", color=theme.muted, markersize=4,
                      zorder=0)
        axis.set_yscale("log")
        axis.set_xlabel("layers passed" if what == "signal" else "layer whose input it is")
        axis.set_title("size of the signal" if what == "signal" else "size of the gradient", fontsize=10)
        axis.set_xticks([0, 16, 32, 48, 64])
    axes[0].set_ylabel("root mean square")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=9)
    return figure
