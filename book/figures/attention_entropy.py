"""Entropy and slope of attention among random words, over the width, with and without the scale."""

import math

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3))
    panels = [("raw", "scaled", math.log(8), "entropy, nats"),
              ("raw_slope", "scaled_slope", 7 / 8, r"slope $1-\sum_j p_j^2$")]
    for axis, (raw, scaled, even, label) in zip(axes, panels):
        axis.axhline(even, color=theme.muted, linestyle=":", linewidth=1.2)
        axis.text(512, even, "equal weights", ha="right", va="bottom", color=theme.muted, fontsize=9)
        axis.plot(data["width"], data[scaled], "o-", color=theme.colors[0], label=r"divided by $\sqrt{d}$")
        axis.plot(data["width"], data[raw], "s--", color=theme.colors[1], label="as it is")
        axis.set_xscale("log", base=2)
        axis.set_xticks([1, 4, 16, 64, 256], ["1", "4", "16", "64", "256"])
        axis.set_xlabel("width $d$, features")
        axis.set_ylabel(label)
        axis.set_ylim(0, even * 1.15)
        axis.grid(True)
    axes[0].legend(loc="center right")
    return figure
