"""Words of three kinds, laid out in the plane by their embeddings: all, and each kind closer."""

from matplotlib import pyplot

KINDS, MARKERS = ["colors", "universities", "storage"], "os^"


def draw(data, theme):
    figure, ((whole, *first), others) = pyplot.subplots(2, 2, figsize=(7, 5.8))
    for kind, axes in enumerate([*first, *others]):
        group = [(x, y, word) for word, k, (x, y) in zip(data["words"], data["kinds"], data["points"])
                 if int(k) == kind]
        color, marker = theme.colors[kind], MARKERS[kind]
        axes.set_title(KINDS[kind], color=color)
        for panel in (whole, axes):
            panel.plot([x for x, _, _ in group], [y for _, y, _ in group], marker, color=color,
                       fillstyle="none", label=KINDS[kind])
            panel.tick_params(labelsize=8)
            panel.grid(True)
        if group:
            label(axes, sorted(group), theme)
    whole.set_title("all words")
    whole.margins(0.08)
    whole.legend(loc="upper left", fontsize=8.5)
    figure.supxlabel("first singular direction", fontsize=10.5)
    figure.supylabel("second singular direction", fontsize=10.5)
    return figure


def label(axes, group, theme):
    """Names the points: the left half in a column on the left, the others on the right."""
    xs, ys, _ = zip(*group)
    low, high = min(xs), max(xs)
    width, height = high - low or 0.1, max(ys) - min(ys) or 0.1
    sides = [(group[: len(group) // 2], low - 0.2 * width, "right"),
             (group[len(group) // 2 :], high + 0.2 * width, "left")]
    for half, column, align in sides:
        place = min(ys) - height
        for x, y, word in sorted(half, key=lambda one: one[1]):
            place = max(y, place + 0.1 * height)
            axes.plot([x, column], [y, place], color=theme.muted, linewidth=0.6, zorder=0)
            axes.annotate(word, (column, place), xytext=(3 if align == "left" else -3, 0),
                          textcoords="offset points", va="center", ha=align, fontsize=9.5)
    axes.set_xlim(low - 0.9 * width, high + 0.9 * width)
    axes.margins(y=0.12)
