"""The sinusoidal encodings as a heat map."""

import matplotlib.pyplot as plt


def draw(data, theme):
    figure, axes = plt.subplots(figsize=(7, 4.2))
    image = axes.imshow(
        data["encodings"], aspect="auto", cmap=theme.diverging, vmin=-1, vmax=1, interpolation="nearest"
    )
    axes.set_xlabel("feature (sine and cosine of each hand, fast to slow)")
    axes.set_ylabel("position $t$")
    figure.colorbar(image, ax=axes, ticks=[-1, 0, 1], label="value")
    return figure
