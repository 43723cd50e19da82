"""How much of one word reaches another, over the length of the sentence."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axis = pyplot.subplots(figsize=(6, 3))
    curves = [("doubled", "^-", "attention, features twice as large", 0), ("plain", "o-", "attention", 2),
              ("average", "s--", "average", 1)]
    for name, style, label, color in curves:
        axis.plot(data["length"], data[name], style, label=label, color=theme.colors[color])
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("length of the sentence, words")
    axis.set_ylabel('weight of "river"')
    axis.grid(True)
    axis.legend(loc="lower left")
    return figure
