"""The tent, applied once, twice and four times."""

from matplotlib import pyplot


def draw(data, theme):
    figure, panels = pyplot.subplots(1, 3, figsize=(7, 2.5), sharey=True)
    for axes, depth in zip(panels, ["1", "2", "4"]):
        axes.plot(data["x"][0], data[depth][0], color=theme.colors[0], linewidth=1.5)
        axes.set(title=f"{depth} layer{'s' if depth != '1' else ''}", xlabel="x")
        axes.set_xticks([0, 0.5, 1])
        axes.set_yticks([0, 0.5, 1])
        axes.grid(True)
    return figure
