"""Time and memory of attention over the length, beside lines of slope two."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(1, 2, figsize=(7, 3))
    lengths = data["length"]
    panels = [("milliseconds", "time, ms", theme.colors[0]),
              ("mebibytes", "weights of one head, MiB", theme.colors[1])]
    for axis, (name, label, color) in zip(axes, panels):
        quadratic = [data[name][-1] * (length / lengths[-1]) ** 2 for length in lengths]
        axis.plot(lengths, quadratic, ":", color=theme.muted, label="factor 4 a doubling")
        axis.plot(lengths, data[name], "o-", color=color, label="measured" if name == "milliseconds" else "counted")
        axis.set_xscale("log", base=2)
        axis.set_yscale("log")
        axis.set_xticks(lengths, [f"{length:.0f}" for length in lengths])
        axis.set_xlabel("length $T$, words")
        axis.set_ylabel(label)
        axis.grid(True)
        axis.legend()
    return figure
