"""What the network answers to held-out words, and how it learned to."""

from matplotlib import pyplot


def draw(data, theme):
    figure, (table, curve) = pyplot.subplots(1, 2, figsize=(8, 3.4), width_ratios=[1, 1.25])
    endings = ["-" + ending for ending in data["endings"]]
    table.imshow(data["percent"], vmin=0, vmax=100)
    table.set_xticks(range(len(endings)), endings)
    table.set_yticks(range(len(endings)), endings)
    table.set(xlabel="what the network answers", ylabel="how the word ends")
    table.tick_params(length=0)
    for i, row in enumerate(data["percent"]):
        for j, percent in enumerate(row):
            on_dark = (percent < 50) == theme.dark
            table.text(j, i, f"{percent:.0f} %", ha="center", va="center",
                       color="white" if on_dark else "black")
    for name, label, color in [("training", "words to learn from", 0), ("test", "held-out words", 1)]:
        curve.plot(data["steps"], data[name], "o-", color=theme.colors[color], label=label)
    curve.set(xlabel="step", ylabel="right answers (%)", ylim=(0, 100))
    curve.legend(loc="lower right")
    return figure
