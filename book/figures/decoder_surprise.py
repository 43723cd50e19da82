"""A model's mean surprise at the texts that it wrote itself, over the temperature."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    axes.axhline(data["real"][0], color=theme.colors[1], linestyle="--", label="a real text")
    axes.plot(data["temperatures"], data["surprises"], "o-", color=theme.colors[0], label="its own texts")
    axes.set_xlabel("temperature (0 is greedy)")
    axes.set_ylabel("mean surprise, nats")
    axes.set_ylim(0, None)
    axes.legend()
    return figure
