"""Size of the residual stream after the last layer, with and without scaling by depth."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(6, 3))
    depths = data["depths"]
    axes.plot(depths, [(1 + depth / 2) ** 0.5 for depth in depths], "--", color=theme.muted,
              label=r"$\sqrt{1 + N/2}$")
    axes.plot(depths, data["unscaled"], "o", color=theme.colors[0], label="same deviation at any depth")
    axes.plot(depths, data["scaled"], "s-", color=theme.colors[1], label=r"deviation divided by $\sqrt{N}$")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xticks(depths, [f"{int(depth)}" for depth in depths])
    axes.set_yticks([1, 2, 4, 8], ["1", "2", "4", "8"])
    axes.set_xlabel("layers $N$")
    axes.set_ylabel("root mean square")
    axes.legend(loc="upper left")
    return figure
