"""How many plurals are found, against the width of the embedding."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.4))
    axes.plot(data["widths"], data["found"], "o-", color=theme.colors[0])
    axes.text(data["widths"][-1], data["found"][-1] + 0.8, "embeddings", color=theme.colors[0],
              ha="right")
    for level, label, color in [(data["information"][0], "mutual information, 2,000 features", 1),
                                (data["counts"][0], "counts, 2,000 features", 2)]:
        axes.axhline(level, color=theme.colors[color], linestyle="--", linewidth=1.3)
        at, side = (0, "left") if level > data["found"][0] + 5 else (-1, "right")
        axes.text(data["widths"][at], level + 0.5, label, color=theme.colors[color], ha=side)
    axes.set_xscale("log", base=2)
    axes.set_xticks(data["widths"], [f"{width:g}" for width in data["widths"]])
    axes.set(xlabel="features of the embedding", ylabel="plurals found, %", ylim=(0, None))
    axes.margins(y=0.12)
    axes.grid(True)
    return figure
