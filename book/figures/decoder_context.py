"""The loss at the same characters, predicted from more and more of the text before them."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    axes.plot(data["lengths"], data["losses"], "o-", markersize=4, color=theme.colors[0])
    axes.set_xscale("log", base=2)
    axes.set_xticks([1, 2, 4, 8, 16, 32, 64], ["1", "2", "4", "8", "16", "32", "64"])
    axes.set_xlabel("characters that the model reads")
    axes.set_ylabel("loss, nats a character")
    return figure
