"""Error of the central difference against its step, in float and in double."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.2))
    axes.loglog(data["steps"][:len(data["float"])], data["float"], "o-", markersize=4,
                color=theme.colors[1], label="float")
    axes.loglog(data["steps"], data["double"], "s-", markersize=4, color=theme.colors[0], label="double")
    for epsilon in (6e-8, 1.1e-16):
        axes.axvline(epsilon ** (1 / 3), color=theme.muted, linestyle=":", linewidth=1)
        axes.text(epsilon ** (1 / 3) * 0.85, 2e-12, r"$\varepsilon^{1/3}$", color=theme.muted)
    axes.invert_xaxis()
    axes.set_xlabel("step $h$")
    axes.set_ylabel("largest error of a derivative")
    axes.set_ylim(1e-12, 1)
    axes.legend(loc="upper left")
    return figure
