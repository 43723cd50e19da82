"""The weight of one of two options against the lead of its score, and its slope."""

import matplotlib.pyplot as plt


def draw(data, theme):
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(7, 3.6), sharex=True, height_ratios=[2, 1]
    )
    above.plot(data["lead"], data["weight"], color=theme.colors[0], linewidth=2)
    above.set_ylabel("weight $w$")
    above.set_ylim(-0.03, 1.03)
    below.fill_between(data["lead"], data["slope"], color=theme.colors[1], alpha=0.35)
    below.plot(data["lead"], data["slope"], color=theme.colors[1], linewidth=2)
    below.set_ylabel("slope $w(1-w)$")
    below.set_ylim(0, 0.27)
    below.set_xlim(-8, 8)
    below.set_xlabel("lead $x$ of the option's score")
    return figure
