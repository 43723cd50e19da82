"""What the verb listens to, head by head."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axis = pyplot.subplots(figsize=(6, 2.6))
    axis.imshow(data["weights"], vmin=0, vmax=1, aspect="auto")
    axis.set_xticks(range(len(data["words"])), data["words"], style="italic")
    axis.set_yticks(range(len(data["names"])), data["names"])
    axis.tick_params(length=0)
    axis.axhline(0.5, color=theme.foreground, linewidth=1)
    for i, row in enumerate(data["weights"]):
        for j, weight in enumerate(row):
            on_dark = (weight < 0.5) == theme.dark
            axis.text(j, i, f"{weight:.2f}", ha="center", va="center", fontsize=9,
                      color="white" if on_dark else "black")
    return figure
