"""The right option's weight against the steps of gradient descent, for several leads of a wrong one."""

import matplotlib.pyplot as plt


def draw(data, theme):
    figure, axes = plt.subplots(figsize=(7, 3))
    for (name, weights), color in zip(data.items(), theme.colors):
        steps = range(len(weights))
        axes.plot(steps, weights, color=color, linewidth=2)
        axes.plot(steps[-1], weights[-1], "o", color=color, label=name)
    axes.axhline(0.5, color=theme.muted, linewidth=1)
    axes.set_xscale("symlog", linthresh=1)
    axes.set_xlim(0, 1.5 * max(len(weights) for weights in data.values()))
    axes.set_ylim(0, 0.8)
    axes.set_xlabel("steps of gradient descent taken")
    axes.set_ylabel("weight of the right option")
    axes.legend(frameon=False, loc="upper left", fontsize="small", ncols=3)
    return figure
