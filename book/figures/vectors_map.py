"""Words of four kinds, laid out in the plane by their embeddings."""

from matplotlib import pyplot


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(7, 4.4))
    markers = ["o", "s", "^", "D"]
    labels = []
    for word, kind, (x, y) in zip(data["words"], data["kinds"], data["points"]):
        kind = int(kind)
        axes.plot(x, y, markers[kind], color=theme.colors[kind])
        labels.append((x, y, word, theme.colors[kind]))
    span = max(p[1] for p in data["points"]) - min(p[1] for p in data["points"])
    placed = []
    for x, y, word, color in sorted(labels, key=lambda label: label[1]):
        height = y
        while any(abs(height - other) < 0.045 * span and abs(x - where) < 0.14 for where, other in placed):
            height += 0.01 * span
        placed.append((x, height))
        axes.text(x + 0.014, height, word, color=color, va="center")
    axes.margins(x=0.1, y=0.08)
    axes.set(xlabel="first singular direction", ylabel="second singular direction")
    return figure
