"""Hats whose sum meets the curve at their peaks."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.6))
    knots, heights = data["knots"][0], data["heights"][0]
    gap = knots[1] - knots[0]
    for knot, height in zip(knots, heights):
        left, right = max(knot - gap, -1), min(knot + gap, 1)
        axes.fill([left, knot, knot, right] if knot in (left, right) else [left, knot, right],
                  [0, 0, height, 0] if knot == left else
                  [0, height, 0, 0] if knot == right else [0, height, 0],
                  color=theme.colors[5], alpha=0.2, linewidth=0)
    axes.plot(data["x"][0], data["target"][0], color=theme.foreground, label="the curve")
    axes.plot(data["x"][0], data["network"][0], "--", color=theme.colors[1], label="sum of the hats")
    axes.plot(knots, heights, "o", color=theme.colors[1])
    axes.axhline(0, color=theme.muted, linewidth=0.8)
    axes.set(xlabel="x", xlim=(-1, 1))
    axes.grid(True)
    axes.legend(loc="upper left")
    return figure
