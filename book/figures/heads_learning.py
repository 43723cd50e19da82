"""Learning who bites whom: one blind head, one head, two heads."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axis = pyplot.subplots(figsize=(6.5, 3))
    steps = [20 * i + 10 for i in range(len(data["one"]))]
    axis.axhline(0.5, color=theme.muted, linestyle=":", linewidth=1.4)
    curves = [("blind", "-.", "one head, blind to meanings", 1), ("one", "--", "one head", 4),
              ("two", "-", "two heads", 0)]
    for name, style, label, color in curves:
        axis.plot(steps, data[name], style, color=theme.colors[color], label=label)
    axis.set_xlabel("step of gradient descent")
    axis.set_ylabel("mean squared error")
    axis.set_xlim(0, 1000)
    axis.set_ylim(-0.02, 1.1)
    axis.grid(True)
    axis.legend()
    return figure
