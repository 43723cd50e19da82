"""The training loss of a small GPT under five optimizers."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.4))
    for level, name in zip(data["levels"], ["letter frequencies", "the character before"]):
        axes.axhline(level, color=theme.muted, linestyle=":", linewidth=1)
        axes.text(304, level, name, ha="left", va="bottom", color=theme.muted, fontsize=9)
    curves = [("descent", "gradient descent", "-"), ("momentum", "momentum", "--"),
              ("adam", "Adam, constant rate", ":"),
              ("adamw_constant", "AdamW, constant rate", "-."),
              ("adamw", "AdamW, warm-up and cosine", "-")]
    for (column, label, style), color in zip(curves, theme.colors):
        steps = [10 * i + 5 for i in range(len(data[column]))]
        axes.plot(steps, data[column], style, color=color, label=label)
    axes.set_xlim(0, 400)
    axes.set_xticks([0, 100, 200, 300])
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss, nats a character")
    axes.legend()
    return figure
