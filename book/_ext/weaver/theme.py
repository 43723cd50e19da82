"""How the book's figures look: one theme for light pages and one for dark pages.

The colors are those of Okabe and Ito, which color-blind readers can tell apart; the dark theme
lightens those that would drown in a dark page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Theme:
    """What a figure's script may use."""

    dark: bool
    foreground: str
    muted: str
    colors: list[str]
    sequential: str
    diverging: str
    background: str | None = None  # the page shows through

    def masked_image(self, axis: Any, numbers: Any, allowed: Any, **settings: Any) -> Any:
        """A heat map whose forbidden cells are blank and hatched, so that no one reads a zero there.

        `allowed` has the shape of `numbers`: `numpy.tri(size)` for a causal mask.
        """
        import numpy
        from matplotlib.patches import Rectangle

        allowed = numpy.asarray(allowed, dtype=bool)
        image = axis.imshow(numpy.where(allowed, numbers, numpy.nan), **settings)
        for row, cells in enumerate(allowed):
            edges = numpy.flatnonzero(numpy.diff(numpy.concatenate([[True], cells, [True]])))
            for first, last in zip(edges[::2], edges[1::2]):
                corner = (first - 0.5, row - 0.5)
                axis.add_patch(
                    Rectangle(
                        corner,
                        last - first,
                        1,
                        fill=False,
                        hatch="////",
                        linewidth=0,
                        edgecolor=self.muted,
                        alpha=0.6,
                    )
                )
        return image

    def settings(self) -> dict[str, Any]:
        """Matplotlib's settings."""
        from cycler import cycler

        return {
            "figure.figsize": (7, 3.5),
            "figure.facecolor": "none",
            "figure.constrained_layout.use": True,
            "savefig.facecolor": "none",
            "savefig.transparent": True,
            "svg.fonttype": "path",
            "svg.hashsalt": "book",
            "font.family": "sans-serif",
            "font.size": 10.5,
            "font.sans-serif": ["DejaVu Sans"],
            "mathtext.fontset": "dejavusans",
            "text.color": self.foreground,
            "axes.labelcolor": self.foreground,
            "axes.edgecolor": self.muted,
            "axes.facecolor": "none",
            "axes.titlesize": 10.5,
            "axes.titleweight": "regular",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.prop_cycle": cycler(color=self.colors),
            "axes.titlecolor": self.foreground,
            "xtick.color": self.muted,
            "ytick.color": self.muted,
            "xtick.labelcolor": self.foreground,
            "ytick.labelcolor": self.foreground,
            "grid.color": self.muted,
            "grid.alpha": 0.25,
            "grid.linewidth": 0.6,
            "lines.linewidth": 1.8,
            "lines.markersize": 5,
            "legend.frameon": False,
            "legend.labelcolor": self.foreground,
            "image.cmap": self.sequential,
            "patch.edgecolor": self.foreground,
            "hatch.color": self.foreground,
            "figure.edgecolor": self.foreground,
            "boxplot.flierprops.color": self.foreground,
        }


LIGHT = Theme(
    dark=False,
    foreground="#1f2328",
    muted="#6b7280",
    colors=["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"],
    sequential="viridis_r",
    diverging="RdBu_r",
)

DARK = Theme(
    dark=True,
    foreground="#d7dbe0",
    muted="#8b949e",
    colors=["#56b4e9", "#ff8c42", "#2fc99b", "#e39bc4", "#f5bd1f", "#8ecdf2", "#ffffff"],
    sequential="viridis",
    diverging="RdBu_r",
)

THEMES = {"light": LIGHT, "dark": DARK}
