"""Four ways to multiply, in percent of the limit, against the size."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.6))
    names = ["i, j, k", "i, k, j", "Eigen", "ours"]
    for i, (name, marker) in enumerate(zip(names, "os^D")):
        axes.plot(data["sizes"], data[name], f"{marker}-", color=theme.colors[i], label=name)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(data["sizes"], [f"{size:g}" for size in data["sizes"]])
    axes.set_yticks([0.5, 1, 2, 5, 10, 20, 50, 100], ["0.5", "1", "2", "5", "10", "20", "50", "100"])
    axes.axhline(100, color=theme.muted, linestyle="--", linewidth=1)
    axes.minorticks_off()
    axes.set(xlabel="rows and columns of the matrices", ylabel="% of the limit")
    axes.grid(True)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
