"""The training loss of a small GPT under AdamW, and under Muon with AdamW."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    curves = [("adamw_alone", "AdamW", "--", theme.colors[1]), ("muon", "Muon and AdamW", "-", theme.colors[0])]
    for column, label, style, color in curves:
        steps = [10 * i + 5 for i in range(len(data[column]))]
        axes.plot(steps, data[column], style, color=color, label=label)
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss, nats a character")
    axes.grid(True)
    axes.legend()
    return figure
