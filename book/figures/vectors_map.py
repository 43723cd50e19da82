"""Words of three kinds, laid out in the plane by their embeddings."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 4.4))
    points, markers = data["points"], "os^D"
    span = max(y for _, y in points) - min(y for _, y in points)
    middle = (max(x for x, _ in points) + min(x for x, _ in points)) / 2
    for kind in sorted(set(int(kind) for kind in data["kinds"])):
        group = sorted((y, x, word) for word, k, (x, y) in zip(data["words"], data["kinds"], points)
                       if int(k) == kind)
        xs = [x for _, x, _ in group]
        left = sum(xs) / len(xs) > middle + 0.1
        column = min(xs) - 0.08 if left else max(xs) + 0.08
        height, color = -10.0, theme.colors[kind]
        for y, x, word in group:
            height = max(y, height + 0.055 * span)
            axes.plot([x, column], [y, height], color=theme.muted, linewidth=0.6, alpha=0.7)
            axes.plot(x, y, markers[kind], color=color)
            axes.text(column + (-0.01 if left else 0.01), height, word, color=color, va="center",
                      ha="right" if left else "left")
    axes.margins(x=0.08, y=0.1)
    axes.set(xlabel="first singular direction", ylabel="second singular direction")
    return figure
