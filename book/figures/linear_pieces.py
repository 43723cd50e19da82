"""The pieces of a product, to scale, and one step of a tile."""

from matplotlib import pyplot
from matplotlib.patches import Rectangle


def area(axes, x, y, width, height, color, fill=0.0, line=1.0):
    """A rectangle with its upper left corner at (x, y)."""
    if fill:
        axes.add_patch(Rectangle((x, y), width, height, facecolor=color, edgecolor="none", alpha=fill))
    axes.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=color, linewidth=line))


def to_scale(axes, data, theme):
    rows, depth = data["rows"]
    columns = data["columns"][1]
    tile_rows, tile_columns = data["tile"]
    block_depth, block_columns = data["block"]
    gap, row, column = 40, 7 * tile_rows, 9 * tile_columns
    left, top = depth + gap, depth + gap
    if column + tile_columns > min(block_columns, columns):
        column = 0
    for x, y, width, height, name in [(left, 0, columns, depth, "B"), (0, top, depth, rows, "A"),
                                      (left, top, columns, rows, "C")]:
        area(axes, x, y, width, height, theme.muted)
        place = (x - 10, y + height / 2, "right") if name != "C" else (x + width + 10, y + height / 2, "left")
        axes.text(place[0], place[1], f"${name}$", ha=place[2], va="center", fontsize=12)
    panel = 0
    while panel < min(block_columns, columns):
        axes.plot([left + panel] * 2, [0, block_depth], color=theme.muted, linewidth=0.5)
        panel += tile_columns
    area(axes, left, 0, block_columns, block_depth, theme.foreground, line=1.8)
    area(axes, left + column, 0, tile_columns, block_depth, theme.colors[1], 0.7)
    area(axes, 0, top + row, block_depth, tile_rows, theme.colors[0], 0.8)
    area(axes, left + column, top + row, tile_columns, tile_rows, theme.colors[2], 0.9)
    axes.text(left + block_columns + 8, block_depth / 2, f"block\n{block_depth:.0f} × {block_columns:.0f}",
              va="center")
    axes.annotate(f"panel {block_depth:.0f} × {tile_columns:.0f}",
                  (left + column + tile_columns / 2, block_depth), (left + column + 30, block_depth + 60),
                  color=theme.colors[1], arrowprops={"arrowstyle": "-", "color": theme.colors[1]})
    axes.annotate(f"tile {tile_rows:.0f} × {tile_columns:.0f}",
                  (left + column + tile_columns, top + row + tile_rows / 2),
                  (left + column + 70, top + row - 12), va="center", color=theme.colors[2],
                  arrowprops={"arrowstyle": "-", "color": theme.colors[2]})
    axes.text(block_depth / 2, top + row - 8, f"{tile_rows:.0f} rows of $A$", ha="center", va="bottom",
              color=theme.colors[0])
    axes.set(xlim=(-40, left + columns + 60), ylim=(top + rows + 8, -8), aspect="equal")


def one_step(axes, data, theme):
    rows, columns = (int(size) for size in data["tile"])
    half, x, y = columns // 2, 4, 3
    for row in range(rows):
        area(axes, 0, y + row, 1, 1, theme.colors[0], 0.45, 0.8)
    for column in range(columns):
        area(axes, x + column + (column >= half), 0, 1, 1, theme.colors[1], 0.45, 0.8)
        for row in range(rows):
            area(axes, x + column + (column >= half), y + row, 1, 1, theme.muted, 0, 0.4)
    for register in range(2):
        for row in range(rows):
            area(axes, x + register * (half + 1), y + row, half, 1, theme.colors[2], 0.3, 1.3)
    axes.text(0.5, y - 0.4, "$A_{ik}$", ha="center", color=theme.colors[0], fontsize=11)
    axes.text(x - 0.4, 0.5, "row $k$ of the panel", ha="right", va="center", color=theme.colors[1])
    axes.text((1 + x) / 2, y + rows / 2, "×", ha="center", va="center", fontsize=13)
    axes.text(x + half + 0.5, 1.95, "two registers, each times every number of $A$", ha="center",
              va="center", color=theme.foreground)
    axes.text(x + columns + 1.5, y + rows / 2, f"{2 * rows} sums in\n{2 * rows} registers", va="center",
              color=theme.colors[2])
    axes.set(xlim=(-5.5, x + columns + 7), ylim=(y + rows + 0.2, -0.2), aspect="equal")


def draw(data, theme):
    figure, panels = pyplot.subplots(2, 1, figsize=(7.2, 7), height_ratios=[1.65, 1])
    to_scale(panels[0], data, theme)
    one_step(panels[1], data, theme)
    for axes in panels:
        axes.axis("off")
    return figure
