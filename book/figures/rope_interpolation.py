"""A learned score against distance, on texts four times as long as in training."""

import matplotlib.pyplot as plt


def draw(data, theme):
    figure, panels = plt.subplots(2, 1, figsize=(7, 4.4), sharex=True, sharey=True)
    names = {"as it is": ":", "interpolation": "-", "larger base": "--"}
    for axes, when, title in zip(
        panels, ["before", "after"], ["as trained", "after 30 steps on the new length"]
    ):
        axes.plot(data["wanted"][0], color=theme.muted, linewidth=4, alpha=0.5, label="wanted")
        for (name, style), color in zip(names.items(), theme.colors):
            axes.plot(data[f"{name}, {when}"][0], style, color=color, linewidth=1.8, label=name)
        axes.axvline(63, color=theme.muted, linewidth=1, linestyle=":")
        axes.set_ylabel("score")
        axes.set_title(title, fontsize="small", loc="left")
    panels[0].legend(frameon=False, fontsize="small", ncols=2)
    panels[1].set_xlabel("distance in positions")
    panels[1].set_xlim(0, 255)
    return figure
