"""Time of masked attention and of causal attention over the length of the text."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axis = pyplot.subplots(figsize=(6, 2.8))
    axis.plot(data["length"], data["masked"], "s--", color=theme.colors[1],
              label="all scores, then a mask")
    axis.plot(data["length"], data["causal"], "o-", color=theme.colors[0],
              label="causal_attention")
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xticks(data["length"], [f"{length:.0f}" for length in data["length"]])
    axis.set_xlabel("length $T$, positions")
    axis.set_ylabel("time, ms")
    axis.grid(True)
    axis.legend()
    return figure
