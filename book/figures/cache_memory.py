"""The memory of a cache over the length of the text, for four published models."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.2))
    lengths = [2**k for k in range(8, 18)]
    styles = ["-", "--", "-.", ":"]
    for name, kilobytes, color, style in zip(data["names"], data["kilobytes"], theme.colors, styles):
        axes.plot(lengths, [length * kilobytes / 2**20 for length in lengths], style, color=color, label=name)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    ticks = [256, 1024, 4096, 16384, 65536]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_xlabel("tokens")
    axes.set_ylabel("cache, GiB")
    axes.legend()
    return figure
