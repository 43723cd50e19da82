"""What the silence of each part of a trained model costs."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 3))
    colors = [theme.colors[1] if "attention" in name else
              theme.colors[2] if "feed-forward" in name else theme.colors[0] for name in data["names"]]
    axes.barh(data["names"], data["costs"], color=colors, height=0.6)
    axes.invert_yaxis()
    axes.set_xlabel("rise of the loss, nats a character")
    return figure
