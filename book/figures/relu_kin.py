"""ReLU, GELU and SiLU, and their slopes."""

from matplotlib import pyplot


def draw(data, theme):
    figure, panels = pyplot.subplots(1, 2, figsize=(7, 3.2))
    x = data["x"][0]
    for axes, key, title in zip(panels, ["values", "slopes"], ["value", "slope"]):
        for i, (name, style) in enumerate(zip(["ReLU", "GELU", "SiLU"], ["-", "--", "-."])):
            axes.plot(x, data[key][i], style, color=theme.colors[i], label=name)
        axes.set(title=title, xlabel="x", xlim=(-5, 5))
        axes.grid(True)
    panels[0].set_ylim(-0.6, 5)
    panels[0].legend()
    return figure
