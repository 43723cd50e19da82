"""Time and memory of attention over the length, beside lines of slope two."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3))
    lengths = data["length"]
    panels = [
        ("time, ms", [("at_once", "all queries at once", "o-"), ("in_blocks", "64 at a time", "s--")]),
        ("weights of one head, MiB", [("mebibytes", "counted", "o-")]),
    ]
    for axis, (label, curves) in zip(axes, panels):
        first = data[curves[-1][0]][0]
        quadratic = [first * (length / lengths[0]) ** 2 for length in lengths]
        axis.plot(lengths, quadratic, ":", color=theme.muted, label="factor 4 a doubling")
        for color, (name, title, style) in zip([theme.colors[0], theme.colors[1]], curves):
            axis.plot(lengths, data[name], style, color=color, label=title)
        axis.set_xscale("log", base=2)
        axis.set_yscale("log")
        axis.set_xticks(lengths, [f"{length:.0f}" for length in lengths])
        axis.set_xlabel("length $T$, words")
        axis.set_ylabel(label)
        axis.grid(True)
        axis.legend(fontsize=9)
    return figure
