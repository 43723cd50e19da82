"""What variety costs: the judge's surprise and the share of words, over that of different pairs."""

from matplotlib import pyplot


def draw(data, theme):
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(7, 4))
    people = dict(zip(["judged", "distinct", "known"], data["people"]))
    for axes, measure, factor in [(left, "judged", 1), (right, "known", 100)]:
        for index, family in enumerate(["temperature", "top-k", "top-p", "min-p"]):
            x = [100 * share for share in data[f"{family} distinct"]]
            y = [factor * number for number in data[f"{family} {measure}"]]
            axes.plot(x, y, "o-", color=theme.colors[index], label=family, markersize=4)
        axes.plot([100 * people["distinct"]], [factor * people[measure]], "*", markersize=13,
                  color=theme.colors[4], label="people")
        axes.set_xlim(60, 101)
        axes.set_xlabel("different pairs of words, %")
    left.set_ylim(1.2, 3.4)
    left.set_ylabel("surprise of the judge, bits a character")
    right.set_ylabel("words that are words, %")
    left.legend()
    return figure
