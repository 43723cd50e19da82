"""The share of the operations that grows with the square of the text."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    axes.axvline(1024, color=theme.muted, linestyle=":", linewidth=1)
    axes.text(1024, 90, " GPT-2's context", color=theme.muted, fontsize=9)
    axes.plot(data["lengths"], data["share"], "o-", color=theme.colors[0], markersize=4)
    axes.set_xscale("log", base=2)
    ticks = [64, 256, 1024, 4096, 16384, 65536]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_ylim(0, 100)
    axes.set_xlabel("context, tokens")
    axes.set_ylabel("share of attention's meetings, %")
    return figure
