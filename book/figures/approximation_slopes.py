"""The unit by hand: values go forward, slopes come back."""

from matplotlib import patches, pyplot


def box(axes, x, y, text, color, width=0.9):
    axes.add_patch(patches.FancyBboxPatch((x - width / 2, y - 0.24), width, 0.48,
                                          boxstyle="round,pad=0.03", facecolor="none", edgecolor=color,
                                          linewidth=1.3))
    axes.text(x, y, text, ha="center", va="center", color=color, fontsize=11)




def arrow(axes, start, end, color):
    axes.add_patch(patches.FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=12, color=color,
                                           linewidth=1.5, shrinkA=0, shrinkB=0))


def number(value):
    return f"{value:g}".replace("-", "−")


def draw(data, theme):
    figure, axes = pyplot.subplots(figsize=(8, 3.4))
    forward, back = theme.colors[0], theme.colors[1]
    step = 1.75
    names = ["$x$", "$z = wx + b$", "$h = \\mathrm{relu}(z)$", "$\\hat{y} = ah + c$",
             "$L = (\\hat{y} - y)^2$"]
    widths = [0.5, 1.2, 1.2, 1.2, 1.2]
    for index, name in enumerate(names):
        box(axes, index * step, 0, name, theme.foreground, widths[index])
        axes.text(index * step, 0.42, number(data["values"][index]), ha="center", color=forward,
                  fontsize=13)
    for index in range(len(names) - 1):
        left = index * step + widths[index] / 2 + 0.06
        right = (index + 1) * step - widths[index + 1] / 2 - 0.06
        arrow(axes, (left, 0.12), (right, 0.12), forward)
        if index:
            arrow(axes, (right, -0.12), (left, -0.12), back)
            axes.text((left + right) / 2, -0.42, number(data["slopes"][index - 1]), ha="center",
                      color=back, fontsize=13)
    parameters = list(zip("wbac", data["parameters"], data["parameter_slopes"]))
    for index, (name, value, slope) in enumerate(parameters):
        x = (1 if index < 2 else 3) * step + (-0.38 if index % 2 == 0 else 0.38)
        axes.text(x, -1.62, f"${name} = {number(value)}$", ha="center", va="center", color=forward,
                  fontsize=11)
        arrow(axes, (x - 0.07, -1.42), (x - 0.07, -0.31), forward)
        arrow(axes, (x + 0.07, -0.31), (x + 0.07, -1.42), back)
        axes.text(x + 0.14, -0.88, number(slope), ha="left", va="center", color=back, fontsize=13)
    axes.text(-0.3, 0.95, "values, forward →", color=forward)
    axes.text((len(names) - 1) * step + 0.62, 0.95, "← slopes of the loss, back", ha="right",
              color=back)
    axes.set_xlim(-0.4, (len(names) - 1) * step + 0.75)
    axes.set_ylim(-1.85, 1.15)
    axes.axis("off")
    return figure
