"""The loss curves of a healthy training and of five that fail."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.6))
    names = ["every character alike", "letter frequencies", "the character before"]
    for level, name in zip(data["levels"], names):
        axes.axhline(level, color=theme.muted, linestyle=":", linewidth=1)
        axes.text(203, level, name, ha="left", va="bottom", color=theme.muted, fontsize=9)
    curves = [("healthy", "as it should be", "o-"), ("too_slow", "rate much too small", "s--"),
              ("too_fast", "rate too large", "^-"), ("unshifted", "targets not shifted", "v-"),
              ("other_places", "targets of other places", "d--")]
    for (column, label, style), color in zip(curves, theme.colors):
        steps = [10 * i + 5 for i in range(len(data[column]))]
        axes.plot(steps, data[column], style, color=color, label=label, markersize=3, linewidth=1.2)
    axes.set_xlim(0, 270)
    axes.set_ylim(0, 8)
    axes.set_xticks([0, 50, 100, 150, 200])
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss, nats a character")
    axes.legend(loc="upper right", fontsize=8, ncols=2)
    return figure
