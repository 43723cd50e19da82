"""How many characters each cut keeps on average, over the entropy of the row."""

from matplotlib import pyplot

STEP = 0.25


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.5))
    bins = {}
    for place, entropy in enumerate(data["entropy"]):
        bins.setdefault(int(entropy / STEP), []).append(place)
    middles = [STEP * (number + 0.5) for number in sorted(bins)]
    for index, name in enumerate(["top-k 10", "top-p 0.95", "min-p 0.05"]):
        means = [sum(data[name][place] for place in bins[number]) / len(bins[number])
                 for number in sorted(bins)]
        axes.plot(middles, means, "o-", color=theme.colors[index], markersize=4, label=name)
    axes.set_xlabel("entropy of the row, nats")
    axes.set_ylabel("characters kept")
    axes.set_yscale("log")
    axes.set_yticks([1, 3, 10, 30], ["1", "3", "10", "30"])
    axes.legend()
    return figure
