"""What a linear layer answers for the position of a word, trained on positions 0 to 63."""

import matplotlib.pyplot as plt


def draw(data, theme):
    figure, axes = plt.subplots(figsize=(7, 3.6))
    axes.plot([0, 127], [0, 127], color=theme.muted, linewidth=1)
    axes.axvline(63.5, color=theme.muted, linewidth=1, linestyle=":")
    axes.annotate("end of the training texts", (64.5, 118), color=theme.muted, fontsize="small")
    series = [("none", ".", 4, "no stamp"), ("sinusoids", "o", 6, "sinusoids"), ("learned", ".", 3, "learned table")]
    for (column, marker, size, label), color in zip(series, theme.colors):
        answers = data[column][0]
        axes.plot(range(len(answers)), answers, marker, color=color, markersize=size, label=label,
                  fillstyle="none" if column == "sinusoids" else "full")
    axes.set_xlabel("position of the word")
    axes.set_ylabel("position that the layer says")
    axes.set_xlim(-1, 128)
    axes.legend(frameon=False, loc="upper left", fontsize="small")
    return figure
