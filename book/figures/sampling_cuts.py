"""One row of a trained model, and what each way of sampling makes of it."""

from matplotlib import pyplot


def draw(data, theme):
    figure, grid = pyplot.subplots(3, 2, figsize=(7, 6.5), sharex=True, sharey=True)
    short = {"space": "␣", "newline": "↵"}
    labels = [short.get(label, label) for label in data["labels"]]
    places = list(range(len(labels)))
    for axes, name in zip(grid.flat, data["names"]):
        axes.bar(places, data[name], width=0.7, color=theme.colors[0])
        axes.bar(places, data["believed"], width=0.7, fill=False, edgecolor=theme.colors[1],
                 linewidth=1.2)
        axes.set_title(name, fontsize=10)
        axes.set_xticks(places, labels, fontsize=8)
    for axes in grid[:, 0]:
        axes.set_ylabel("probability")
    for axes in grid[-1]:
        axes.set_xlabel("next character")
    return figure
