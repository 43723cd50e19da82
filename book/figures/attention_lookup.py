"""Learning to look up with the scale and without: by step size, and over the steps."""

from matplotlib import pyplot


def draw(data, theme):
    figure, (final, course) = pyplot.subplots(1, 2, figsize=(7, 3))
    versions = [("scaled", "o-", theme.colors[0], r"divided by $\sqrt{d}$"),
                ("raw", "s--", theme.colors[1], "as it is")]
    for name, style, color, label in versions:
        final.plot(data["rate"], data[name], style, color=color, label=label)
        course.plot(data[f"{name}_curve"], style[1:], color=color, label=label)
    final.set_xscale("log")
    final.set_xlabel("step size")
    final.set_ylabel("mean squared error at the end")
    final.legend(loc="upper left", bbox_to_anchor=(0.0, 0.98))
    course.set_xlabel("step of gradient descent")
    course.set_ylabel("mean squared error")
    for axis in (final, course):
        axis.set_ylim(bottom=-0.05)
        axis.grid(True)
    return figure
