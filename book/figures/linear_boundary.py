"""Two questions to three words, each a line across the plane."""

import numpy
from matplotlib import pyplot


def draw(data, theme):
    figure, panels = pyplot.subplots(1, 2, figsize=(7, 4.1), sharey=True)
    low, high = -3, 6
    x, y = numpy.meshgrid(numpy.linspace(low, high, 200), numpy.linspace(low, high, 200))
    for j, (axes, title) in enumerate(zip(panels, ["can I pet it?", "is it a bird?"])):
        w = data["weights"][j]
        bias = data["bias"][0][j] if isinstance(data["bias"][0], list) else data["bias"][j]
        answer = w[0] * x + w[1] * y + bias
        axes.contourf(x, y, answer, levels=[0, 1e9], colors=[theme.colors[j]], alpha=0.16)
        axes.contour(x, y, answer, levels=[0], colors=[theme.colors[j]], linewidths=1.6)
        foot = -bias / (w[0] ** 2 + w[1] ** 2)
        start = numpy.array([w[0] * foot, w[1] * foot])
        axes.annotate("", xy=start + numpy.array(w), xytext=start,
                      arrowprops={"arrowstyle": "-|>", "color": theme.colors[j], "linewidth": 2,
                                  "shrinkA": 0, "shrinkB": 0})
        axes.text(*(start + 1.25 * numpy.array(w)), "w", color=theme.colors[j], ha="center",
                  va="center", style="italic")
        for word, (a, b) in zip(data["words"], data["inputs"]):
            yes = w[0] * a + w[1] * b + bias > 0
            axes.plot(a, b, "o", color=theme.foreground)
            place = away_from_line(w, yes)
            axes.annotate(word, (a, b), xytext=(9 * place[0], 9 * place[1]),
                          textcoords="offset points", va="center",
                          ha="left" if place[0] > 0 else "right")
        axes.set(title=title, xlim=(low, high), ylim=(low, high), aspect="equal",
                 xlabel="how much of an animal")
        axes.grid(True)
    panels[0].set_ylabel("how much it flies")
    return figure


def away_from_line(w, yes):
    """The direction from a word's point to its label: away from the line, on the word's side."""
    return [numpy.sign(part) * (1 if yes else -1) for part in w]
