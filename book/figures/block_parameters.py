"""Where the parameters of the four GPT-2 models are."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 2.8))
    left = [0.0] * len(data["names"])
    for index, group in enumerate(data["groups"]):
        shares = [100 * row[index] for row in data["shares"]]
        axes.barh(data["names"], shares, left=left, color=theme.colors[index], label=group, height=0.6)
        left = [a + b for a, b in zip(left, shares)]
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("share of the parameters, %")
    axes.legend(ncols=5, loc="lower center", bbox_to_anchor=(0.45, 1), fontsize=8, frameon=False)
    return figure
