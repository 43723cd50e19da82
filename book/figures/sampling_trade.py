"""The judge's surprise at texts of each setting, over the share of different pairs of words."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for index, family in enumerate(["temperature", "top-k", "top-p", "min-p"]):
        x = [100 * share for share in data[f"{family} distinct"]]
        y = data[f"{family} judged"]
        axes.plot(x, y, "o-", color=theme.colors[index], label=family, markersize=4)
        for number, place in zip(data[family], zip(x, y)):
            axes.annotate(f"{number:g}", place, textcoords="offset points", xytext=(4, 4),
                          fontsize=7, color=theme.colors[index])
    judged, distinct = data["people"]
    axes.plot([100 * distinct], [judged], "*", markersize=12, color=theme.colors[4], label="people")
    axes.set_xlabel("different pairs of words, %")
    axes.set_ylabel("surprise of the judge, bits a character")
    axes.legend()
    return figure
