"""The training loss of a small GPT under five optimizers."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3.4))
    curves = [("descent", "gradient descent", "-"), ("momentum", "momentum", "--"),
              ("adam", "Adam, constant rate", ":"),
              ("adamw_constant", "AdamW, constant rate", "-."),
              ("adamw", "AdamW, warm-up and cosine", "-")]
    for (column, label, style), color in zip(curves, theme.colors):
        steps = [10 * i + 5 for i in range(len(data[column]))]
        axes.plot(steps, data[column], style, color=color, label=label)
    axes.grid(True)
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss, nats a character")
    axes.legend()
    return figure
