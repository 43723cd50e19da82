"""The entropy of the weights against the width."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 2.5))
    axes.plot(data["width"], data["entropy"], marker="o")
    axes.set_xlabel("width $d$")
    axes.set_ylabel("entropy (nats)")
    return figure
