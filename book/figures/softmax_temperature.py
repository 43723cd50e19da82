"""The softmax weights of three scores against the temperature."""

import matplotlib.pyplot as plt


def draw(data, theme):
    figure, axes = plt.subplots(figsize=(7, 3))
    columns = list(zip(*data["weights"]))
    styles = ["-", "--", ":"]
    for word, weights, color, style in zip(data["labels"], columns, theme.colors, styles):
        axes.plot(data["temperature"], weights, style, color=color, linewidth=2, label=word)
    axes.axvline(1, color=theme.muted, linewidth=1)
    axes.axhline(1 / 3, color=theme.muted, linewidth=1)
    axes.set_xscale("log")
    axes.set_xlim(0.1, 100)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(r"temperature $\tau$")
    axes.set_ylabel("weight")
    axes.legend(frameon=False)
    return figure
