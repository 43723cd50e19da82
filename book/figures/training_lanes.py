"""One step of training in four lanes: forward, what is kept, backward, and the gradients."""

from matplotlib import patches, pyplot


def box(axes, x, y, text, color, width=1.28):
    axes.add_patch(patches.FancyBboxPatch((x - width / 2, y - 0.25), width, 0.5,
                                          boxstyle="round,pad=0.03", facecolor="none", edgecolor=color,
                                          linewidth=1.2))
    axes.text(x, y, text, ha="center", va="center", color=color, fontsize=7.5)


def arrow(axes, start, end, color, line="-"):
    axes.add_patch(patches.FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9, color=color,
                                           linewidth=1.1, linestyle=line, shrinkA=0, shrinkB=0))


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(9, 4.4))
    names = data["names"]
    forward, back, adds = theme.colors[0], theme.colors[1], theme.colors[2]
    step, lanes = 1.62, {"forward": 3.6, "kept": 2.4, "backward": 1.2, "gradients": 0.0}
    for name, y in lanes.items():
        axes.text(-0.95, y, name, ha="right", va="center", color=theme.foreground, fontsize=9)
    for index, name in enumerate(names):
        x = index * step
        box(axes, x, lanes["forward"], name, forward)
        box(axes, x, lanes["backward"], name, back)
        kept, parameters = data["kept"][index], data["parameters"][index]
        if index + 1 < len(names):
            left, right = x + 0.68, x + step - 0.68
            arrow(axes, (left, lanes["forward"]), (right, lanes["forward"]), forward)
            arrow(axes, (right, lanes["backward"]), (left, lanes["backward"]), back)
        if kept:
            box(axes, x, lanes["kept"], f"{kept / 1024:.0f} KiB", theme.foreground, 1.0)
            arrow(axes, (x, lanes["forward"] - 0.3), (x, lanes["kept"] + 0.3), theme.foreground)
            arrow(axes, (x, lanes["kept"] - 0.3), (x, lanes["backward"] + 0.3), theme.foreground)
        if parameters:
            box(axes, x, lanes["gradients"], f"{parameters:,.0f}", adds, 1.0)
            arrow(axes, (x, lanes["backward"] - 0.3), (x, lanes["gradients"] + 0.3), adds)
    end = (len(names) - 1) * step + 0.95
    axes.plot([end - 0.27, end, end], [lanes["forward"], lanes["forward"], lanes["backward"]],
              color=back, linewidth=1.1)
    arrow(axes, (end, lanes["backward"]), (end - 0.27, lanes["backward"]), back)
    axes.set_xlim(-2.1, end + 0.1)
    axes.set_ylim(-0.4, 4.0)
    axes.axis("off")
    return figure
