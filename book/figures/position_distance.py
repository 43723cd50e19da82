"""The cosine similarity of two encodings against their distance, for several numbers of hands."""

import matplotlib.pyplot as plt


def draw(data, theme):
    figure, axes = plt.subplots(figsize=(7, 3.2))
    widths = {"1 hands": (1, "1 hand"), "8 hands": (1.6, "8 hands"), "128 hands": (2.4, "128 hands")}
    for (column, (width, label)), color in zip(widths.items(), theme.colors):
        axes.plot(data["distance"], data[column][0], color=color, linewidth=width, label=label)
    axes.set_xlim(-100, 100)
    axes.set_ylim(-1.05, 1.05)
    axes.set_xlabel("distance $t - u$ in positions")
    axes.set_ylabel("cosine similarity")
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, fontsize="small")
    return figure
