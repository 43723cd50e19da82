"""Writing speed with and without a cache over the length of the text."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    axes.plot(data["lengths"], data["with"], "o-", color=theme.colors[0], label="with the cache")
    axes.plot(data["lengths"], data["without"], "s--", color=theme.colors[1], label="without")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(data["lengths"], [f"{length:.0f}" for length in data["lengths"]])
    axes.set_xlabel("tokens read so far")
    axes.set_ylabel("tokens a second")
    axes.legend()
    return figure
