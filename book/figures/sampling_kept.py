"""How many characters each cut keeps, over the entropy of the row."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.5))
    names = [name for name in data if name != "entropy"]
    for index, name in enumerate(names):
        axes.plot(data["entropy"], data[name], ".", color=theme.colors[index], markersize=3,
                  alpha=0.5, label=name)
    axes.set_xlabel("entropy of the row, nats")
    axes.set_ylabel("characters kept")
    axes.set_yscale("log")
    axes.legend(markerscale=4)
    return figure
