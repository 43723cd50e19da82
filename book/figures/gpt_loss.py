"""The loss of the book's GPT while it learns, in bits a character."""

import math

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.4))
    bits = 1 / math.log(2)
    last = len(data["training"])
    names = ["an even guess", "a table of the last character", "the best table"]
    for level, name in zip(data["levels"], names):
        axes.axhline(level * bits, color=theme.muted, linestyle=":", linewidth=1)
        axes.text(last, level * bits + 0.06, name, ha="right", va="bottom", color=theme.muted, fontsize=9)
    axes.plot(range(1, last + 1), [loss * bits for loss in data["training"]], color=theme.colors[0],
              linewidth=0.8, label="training")
    axes.plot(data["validation_steps"], [loss * bits for loss in data["validation"]], "o--",
              markersize=4, color=theme.colors[1], label="validation")
    axes.set_xlabel("training steps")
    axes.set_ylabel("bits a character")
    axes.set_ylim(0, None)
    axes.legend(loc="lower left")
    return figure
