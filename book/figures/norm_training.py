"""Pre-norm and post-norm: the first gradient in each layer, and the loss while training."""

import numpy
from matplotlib import pyplot, ticker


def smooth(losses, width=10):
    return numpy.convolve(losses, numpy.ones(width) / width, mode="valid")


def draw(data, theme):
    figure, (gradient, loss) = pyplot.subplots(1, 2, figsize=(7, 3.1))
    layers = range(len(data["post_gradient"]))
    gradient.semilogy(layers, data["post_gradient"], "s--", markersize=4, color=theme.colors[1], label="post-norm")
    gradient.semilogy(layers, data["pre_gradient"], "o-", markersize=4, color=theme.colors[0], label="pre-norm")
    gradient.xaxis.set_major_locator(ticker.MaxNLocator(integer=True))
    gradient.set_xlabel("layer")
    gradient.set_ylabel("size of the first gradient of $B$")
    versions = [("post", "--", theme.colors[1], "post-norm"), ("warm", ":", theme.colors[2], "post-norm, warm-up"),
                ("pre", "-", theme.colors[0], "pre-norm")]
    for name, style, color, label in versions:
        loss.plot(smooth(data[name]), style, color=color, label=label)
    loss.set_xlabel("step")
    loss.set_ylabel("loss, nats a character")
    for axis in (gradient, loss):
        axis.grid(True)
        axis.legend()
    return figure
