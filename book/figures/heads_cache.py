"""Memory of keys and values over the length of the text, for 64, 8 and 1 heads of them."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axis = pyplot.subplots(figsize=(6, 3))
    axis.axhline(80, color=theme.muted, linestyle=":", linewidth=1.4)
    axis.text(1024, 88, "a GPU of 80 GiB", color=theme.muted, fontsize=9, va="bottom")
    curves = [("64", "o-", 1, "64: one for each query head"), ("8", "s--", 0, "8: grouped"),
              ("1", "^-.", 2, "1: multi-query")]
    for name, style, color, label in curves:
        axis.plot(data["positions"], data[name], style, color=theme.colors[color], label=label)
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set_xticks([1024, 4096, 16384, 65536], ["1,024", "4,096", "16,384", "65,536"])
    axis.set_xlabel("positions of text")
    axis.set_ylabel("keys and values, GiB")
    axis.grid(True)
    axis.legend(title="heads of keys and values", loc="lower right", fontsize=9)
    return figure
