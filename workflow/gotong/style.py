"""The look of every figure: size, fonts, colours, source line, and saving byte for byte.

Colours are told apart by lightness as well as by hue, so that they survive colour-blindness
and grey print; lines that cross carry a name at their end rather than a legend.
"""

from __future__ import annotations

import io
import textwrap
from typing import Any

import matplotlib as mpl
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke
from matplotlib.transforms import Bbox

INK = "#1a1a1a"
QUIET = "#5f6368"
GRID = "#d9dce0"
BLUE = "#0b4f8a"
VERMILION = "#c8500b"
GREEN = "#2a9d70"
PURPLE = "#7a4b94"

STRICTNESS = LinearSegmentedColormap.from_list(
    "strictness", ["#f4f1ea", "#fbdcae", "#f6b26b", "#e07b39", "#b64a1f", "#7a2410"]
)
"""From no restriction (light) to the strictest (dark); lightness falls all the way."""

UNKNOWN: dict[str, Any] = {"facecolor": "white", "edgecolor": QUIET, "hatch": "////////"}
"""Where a strictness is not known: hatched, for white is nearly the colour of no restriction."""

DECIDERS = (BLUE, VERMILION, GREEN)
"""Colours of the groups that decide together, in the order of the configuration."""

HALO = (Stroke(linewidth=2.6, foreground="white", alpha=0.75), Normal())
"""Drawn around what crosses a shaded ground, so that it stands out on every shade."""

WIDTH = 180 / 25.4
"""Width of every figure in inches: two columns of a journal page (180 mm)."""

SETTINGS = {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same glyphs on every machine
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "text.color": INK,
    "lines.linewidth": 1.2,
    "lines.solid_capstyle": "butt",  # a bar of an interval ends where the interval does
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",  # the same letters where the font is not installed
    "svg.hashsalt": "gotong-royong",  # ids in the SVG do not change from run to run
    "text.parse_math": False,  # a dollar in a text is a dollar
    "text.hinting": "none",  # widths of words do not depend on the resolution
    "path.simplify": True,
}


def new_figure(height_mm: float, title: str, sources: str) -> Figure:
    """Return an empty figure with its title above and its source line below.

    Parameters
    ----------
    height_mm : float
        Height in millimetres; the width is that of a journal page.
    title : str
        What is seen, as a sentence.
    sources : str
        Who published the data and what was corrected.

    Returns
    -------
    matplotlib.figure.Figure
        With constrained layout between title and source line.
    """
    with mpl.rc_context(SETTINGS):
        height = height_mm / 25.4
        figure = Figure(figsize=(WIDTH, height))
        heading = textwrap.fill(title, 84)
        footing = _filled(sources, 150)
        above = 0.10 + 0.16 * (heading.count("\n") + 1)
        below = 0.08 + 0.115 * (footing.count("\n") + 1)
        figure.text(
            0.008, 1 - 0.06 / height, heading, size=9.5, weight="bold", va="top", linespacing=1.25
        )
        figure.text(
            0.008, 0.05 / height, footing, size=6, color=QUIET, va="bottom", linespacing=1.3
        )
        figure.set_layout_engine(
            "constrained",
            rect=(0.004, below / height, 0.992, 1 - (above + below) / height),
            h_pad=0.03,
            w_pad=0.03,
        )
    return figure


def _filled(text: str, width: int) -> str:
    """Return a text in as few lines as its width allows, none of a word or two at the end."""
    fewest = textwrap.wrap(text, width)
    least = width // 6
    for narrower in range(width, width // 2, -1):
        lines = textwrap.wrap(text, narrower)
        if len(lines) == len(fewest) and (len(lines) < 2 or len(lines[-1]) >= least):
            return "\n".join(lines)
    return "\n".join(fewest)


def settings() -> Any:
    """Return a context in which the figures' settings hold, for the drawing itself."""
    return mpl.rc_context(SETTINGS)


def save(figure: Figure, form: str, dpi: int) -> bytes:
    """Return a figure as PNG, SVG or PDF, the same bytes for the same data every time.

    What a writer would add of its own (date, version) is left out. The layout is fixed to six
    decimals first: with several columns the last digits of the solver's result differ from
    run to run, and with them the ids in the SVG.
    """
    empty: dict[str, dict[str, Any]] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
    }
    sink = io.BytesIO()
    with mpl.rc_context(SETTINGS):
        if figure.get_layout_engine() is not None:
            figure.draw_without_rendering()
            figure.set_layout_engine("none")
            for axes in figure.axes:
                bounds = [round(edge, 6) for edge in axes.get_position().bounds]
                axes.set_position(Bbox.from_bounds(*bounds))
        figure.savefig(sink, format=form, dpi=dpi, metadata=empty[form])
    return sink.getvalue()
