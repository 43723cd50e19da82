"""Dials of three pairs of features at positions 0 to 7."""

import math

import matplotlib.pyplot as plt


def draw(data, theme):
    positions, hands = len(data["cosines"]), len(data["cosines"][0])
    figure, grid = plt.subplots(hands, positions, figsize=(7, 3))
    turn = [2 * math.pi * k / 100 for k in range(101)]
    for hand in range(hands):
        for position in range(positions):
            axes = grid[hand][position]
            x, y = data["cosines"][position][hand], data["sines"][position][hand]
            axes.plot([math.cos(a) for a in turn], [math.sin(a) for a in turn],
                      color=theme.muted, linewidth=0.8)
            axes.plot([0, 1], [0, 0], color=theme.muted, linewidth=0.8, linestyle=":")
            axes.plot([0, x], [0, y], color=theme.colors[hand], linewidth=2.2)
            axes.plot(x, y, "o", color=theme.colors[hand], markersize=4)
            axes.set_xlim(-1.15, 1.15)
            axes.set_ylim(-1.15, 1.15)
            axes.set_aspect("equal")
            axes.axis("off")
            if hand == 0:
                axes.set_title(f"$t = {position}$", fontsize="small")
        grid[hand][0].text(-1.5, 0, f"pair {hand}", ha="right", va="center", fontsize="small",
                           color=theme.foreground)
    return figure
