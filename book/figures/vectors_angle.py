"""Three words as arrows in the plane, with the angles between them."""

import math

from matplotlib import pyplot
from matplotlib.patches import Arc


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(4.6, 4.2))
    for i, (word, (x, y)) in enumerate(zip(data["words"], data["vectors"])):
        axes.annotate("", xy=(x, y), xytext=(0, 0),
                      arrowprops={"arrowstyle": "-|>", "color": theme.colors[i], "linewidth": 2.2,
                                  "shrinkA": 0, "shrinkB": 0})
        axes.text(x + 0.12, y + 0.14, f"{word} ({x:g}, {y:g})", color=theme.colors[i])
    eagle = math.degrees(math.atan2(*reversed(data["vectors"][1])))
    for start, end, radius in [(0, eagle, 2.0), (eagle, 90, 2.4)]:
        axes.add_patch(Arc((0, 0), radius, radius, theta1=start, theta2=end, color=theme.muted))
        middle = math.radians((start + end) / 2)
        axes.text(0.66 * radius * math.cos(middle), 0.66 * radius * math.sin(middle),
                  f"{end - start:.0f}°", ha="center", va="center")
    axes.set(xlim=(-0.3, 5.6), ylim=(-0.3, 5), aspect="equal", xlabel="how much of an animal",
             ylabel="how much it flies")
    axes.grid(True)
    return figure
