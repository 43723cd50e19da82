"""One row of logits as probabilities at three temperatures."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    names = ["temperature 0.5", "temperature 1", "temperature 2"]
    places = range(len(data["labels"]))
    for index, (row, name) in enumerate(zip(data["rows"], names)):
        axes.bar([place + 0.27 * (index - 1) for place in places], row, width=0.25,
                 color=theme.colors[index], label=name)
    axes.set_xticks(list(places), data["labels"])
    axes.set_xlabel("next character")
    axes.set_ylabel("probability")
    axes.legend()
    return figure
