"""The weights with which each word takes in the word before it."""

from matplotlib import pyplot


def draw(data, theme):
    figure, panels = pyplot.subplots(1, 2, figsize=(8, 4))
    words = data["words"]
    for axis, name in zip(panels, ["rotation", "stamps"]):
        axis.imshow(data[name], vmin=0, vmax=1)
        axis.set(title=f"by {name}", xlabel="the word that is taken in")
        axis.set_xticks(range(len(words)), words, rotation=60)
        axis.set_yticks(range(len(words)), words)
        axis.tick_params(length=0)
        for i, row in enumerate(data[name]):
            for j, weight in enumerate(row):
                if weight >= 0.05:
                    on_dark = (weight < 0.5) == theme.dark
                    axis.text(j, i, f"{weight:.2f}", ha="center", va="center", fontsize=8,
                              color="white" if on_dark else "black")
    panels[0].set_ylabel("the word that asks")
    return figure
