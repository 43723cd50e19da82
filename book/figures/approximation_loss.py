"""The loss while learning, for networks of several widths."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.6))
    for i, units in enumerate(["4", "8", "16", "32", "64"]):
        losses = data[units]
        steps = [max(10 * step, 1) for step in range(len(losses))]
        axes.plot(steps, losses, color=theme.colors[i], label=f"{units} units")
    axes.axhline(data["constructed"][0], color=theme.muted, linestyle="--", linewidth=1.3,
                 label="constructed, 16")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set(xlabel="steps", ylabel="mean squared error")
    axes.grid(True)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
