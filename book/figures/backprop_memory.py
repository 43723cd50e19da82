"""Memory held and time of a step when only the input of every k-th layer is kept."""

from matplotlib import pyplot


def draw(data, theme):
    figure, (memory, time) = pyplot.subplots(1, 2, figsize=(7, 3))
    groups = data["groups"]
    mebibytes = data["held"][0] / 64
    sizes = [size for size in groups if size < 32]
    memory.plot(sizes, [(32 / size + 2 * size) * mebibytes for size in sizes], "-", color=theme.muted,
                label="$32/k + 2k$ matrices")
    memory.plot(groups[1:], data["held"][1:], "o", color=theme.colors[0], label="held")
    memory.plot(groups[:1], data["held"][:1], "s", color=theme.colors[1], label="all kept")
    memory.set_ylabel("activations, MiB")
    memory.set_ylim(0, 18)
    memory.legend(loc="upper left", fontsize=9)
    relative = [second / data["times"][0] for second in data["times"]]
    time.axhline(4 / 3, color=theme.muted, linewidth=1.2)
    time.text(32, 4 / 3 + 0.02, "4/3", ha="center", color=theme.muted)
    time.plot(groups[1:], relative[1:], "o", color=theme.colors[0])
    time.plot(groups[:1], relative[:1], "s", color=theme.colors[1])
    time.set_ylabel("time, all kept = 1")
    time.set_ylim(0, max(2, 1.1 * max(relative)))
    for axis in (memory, time):
        axis.set_xscale("log", base=2)
        axis.set_xticks(groups, [f"{int(group)}" for group in groups])
        axis.set_xlabel("layers in a group $k$")
    return figure
