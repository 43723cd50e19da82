"""Bytes a token over the size of the vocabulary, on three texts."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.2))
    for number, (name, label, marker) in enumerate((
            ("training", "the text that it was trained on", "o-"),
            ("validation", "more of the same", "s--"),
            ("prose", "this book", "^:"))):
        axes.plot(data["sizes"], data[name], marker, color=theme.colors[number], label=label)
    axes.set_xscale("log", base=2)
    axes.set_xticks(data["sizes"], [f"{size:,.0f}" for size in data["sizes"]])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel("tokens in the vocabulary")
    axes.set_ylabel("bytes a token")
    axes.legend()
    return figure
