"""The curve, drawn by construction and by learning, inside and outside of the examples."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.6))
    x = data["x"][0]
    axes.axvspan(-1, 1, color=theme.muted, alpha=0.12, linewidth=0)
    axes.plot(x, data["target"][0], color=theme.foreground, label="the curve")
    axes.plot(x, data["constructed"][0], "--", color=theme.colors[1], label="constructed")
    axes.plot(x, data["learned"][0], "-.", color=theme.colors[0], label="learned")
    axes.set(xlabel="x", xlim=(-1.5, 1.5), ylim=(-3, 3))
    axes.grid(True)
    axes.legend(loc="upper left")
    return figure
