"""F13: units with more hospital beds than the mean matched with those with fewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from gotong import style
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import Gazetteer

TITLE = N_(
    "Matched one to one, units with more beds could meet {met:.0%} of the lack of others; pairs "
    "the same in at least {firm_share:.0%} of drawn weights: {firm} of {pairs}"
)
CAPTION = N_(
    "Units of {area} with more hospital beds than the mean rate of all {units} (left, "
    "beds above it) and with fewer (right, beds that are lacking). Thick lines: the matching "
    "with the least total cost, each helper for one unit at most (assignment problem, Kuhn "
    "1955), by weights {surplus} for what the helper can give, {need} for the lack that it can "
    "meet and {distance} for nearness. Percentages: share of {draws} drawn mixtures of the "
    "three that give the same pair; thin lines: other pairs in at least {shown:.0%} of them. "
    "Over all mixtures in steps of a tenth these shares differ by {off_grid:.0%} at most. "
    "With other totals of beds for DKI Jakarta or other residents {same} of the {pairs} pairs "
    "stay the same throughout. Distances as the crow flies. All hospital beds, not those for "
    "COVID-19; whether a region would help is not in the data."
)
ELSEWHERE = {
    "caption": N_(
        "Units of {area} with more hospital beds than the mean rate of all {units} (left, beds "
        "above it) and with fewer (right, beds that are lacking). Thick lines: the matching with "
        "the least total cost, each helper for one unit at most (assignment problem, Kuhn 1955), "
        "by weights {surplus} for what the helper can give, {need} for the lack that it can meet "
        "and {distance} for nearness. Percentages: share of {draws} drawn mixtures of the three "
        "that give the same pair; thin lines: other pairs in at least {shown:.0%} of them. With "
        "hospitals where the list printed them or other residents {same} of the {pairs} pairs stay "
        "the same throughout. Distances as the crow flies. All hospital beds, not those for "
        "COVID-19; whether a region would help is not in the data."
    )
}
"""What another area than Greater Jakarta has in the place of these messages."""

ALT = N_(
    "Diagram of {helpers} helping units on the left and {helped} helped units on the right, joined "
    "by {pairs} thick lines. The firmest pair is {firmest_helper} and {firmest_helped}, in "
    "{firmest:.0%} of the drawn weights; the largest lack is that of {largest}, {largest_need:.0f} "
    "beds."
)
LEFT = N_("beds above the mean rate")
RIGHT = N_("beds below the mean rate")
GIVES = N_("{name}  +{beds:.0f}")
LACKS = N_("−{beds:.0f}  {name}")
PAIR = N_("{share:.0%}, {km:.0f} km")

SHOWN: Final = 0.1
"""Least share of the drawn weights for a pair outside the matching to be drawn."""

MANY, MORE = 9, 5.0
"""Units of a side for which there is room, and millimetres for each that is more."""

ALONG: Final = 0.17
"""How far along a line its label stands if nothing is in the way there."""

PLACES: Final = np.linspace(0.05, 0.95, 91)
"""Where along a line a label may stand."""

CLEAR: Final = 3.0
"""Points between a label and what it must not touch: half of the thickest line."""

FIRM: Final = 0.8
"""Share of the drawn weights from which a pair is called firm."""


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: every pair of the main beds, largest surplus and need first.

    Returns
    -------
    pandas.DataFrame
        helper_code, helper, helped_code, helped, surplus, need, can_meet, distance,
        share_of_draws, share_of_grid, chosen, always (whether every variant of the beds has the
        pair), and the weights and draws that the texts name.
    """
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    pairs = tables["partners"]
    taken = pairs[pairs["chosen"].astype(bool)]
    times = taken.groupby(["helper_code", "helped_code"]).size()
    main = pairs[pairs["variant"] == "main"].set_index(["helper_code", "helped_code"])
    main["always"] = times.reindex(main.index).eq(pairs["variant"].nunique()).fillna(value=False)
    data = main.reset_index()
    for side in ("helper", "helped"):
        data[side] = data[f"{side}_code"].map(gazetteer.name)
    chosen = choices["partners"]
    weights = {f"weight_{name}": value for name, value in chosen["weights"].items()}
    data = data.assign(**weights, draws=chosen["draws"])
    columns = ["helper_code", "helper", "helped_code", "helped", "surplus", "need", "can_meet"]
    columns += ["distance", "share_of_draws", "share_of_grid", "chosen", "always"]
    columns += [*weights, "draws"]
    return data[columns].sort_values(
        ["surplus", "need"], ascending=False, kind="stable", ignore_index=True
    )


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and names that the texts name."""
    taken = data[data["chosen"].astype(bool)].reset_index(drop=True)
    lacking = data.drop_duplicates("helped_code")
    first = data.iloc[0]
    firmest = taken.iloc[int(taken["share_of_draws"].argmax())]
    largest = lacking.iloc[int(lacking["need"].argmax())]
    found: dict[str, Any] = {
        "met": float(taken["can_meet"].sum() / lacking["need"].sum()),
        "pairs": len(taken),
        "firm": int((taken["share_of_draws"] >= FIRM).sum()),
        "firm_share": FIRM,
        "same": int(taken["always"].astype(bool).sum()),
        "helpers": data["helper_code"].nunique(),
        "helped": len(lacking),
        "surplus": float(first["weight_surplus"]),
        "need": float(first["weight_need_met"]),
        "distance": float(first["weight_distance"]),
        "draws": int(first["draws"]),
        "shown": SHOWN,
        "off_grid": float((data["share_of_grid"] - data["share_of_draws"]).abs().max()),
        "firmest": float(firmest["share_of_draws"]),
        "firmest_helper": firmest["helper"],
        "firmest_helped": firmest["helped"],
        "largest": largest["helped"],
        "largest_need": float(largest["need"]),
    }
    return found | {"units": found["helpers"] + found["helped"]}


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: helpers on the left, helped on the right, lines between them."""
    rows = max(data["helper_code"].nunique(), data["helped_code"].nunique())
    figure = style.new_figure(110 + MORE * max(0, rows - MANY), said["title"], said["sources"])
    axes = figure.subplots()
    axes.axis("off")
    axes.set_xlim(-0.45, 1.45)
    axes.set_ylim(-0.03, 1.08)
    left = _places(data, "helper", "surplus")
    right = _places(data, "helped", "need")
    thick: list[tuple[float, float, str]] = []
    thin: list[tuple[float, float]] = []
    # The firmest line lies on top.
    for row in data.sort_values("share_of_draws", kind="stable").to_dict("records"):
        ends = (left[row["helper_code"]], right[row["helped_code"]])
        if row["chosen"]:
            axes.plot(
                [0, 1], ends, color=style.BLUE, linewidth=1 + 5 * row["share_of_draws"], alpha=0.85
            )
            words = language.fill(PAIR, {"share": row["share_of_draws"], "km": row["distance"]})
            thick.append((*ends, words))
        elif row["share_of_draws"] >= SHOWN:
            axes.plot([0, 1], ends, color=style.QUIET, linewidth=0.6, linestyle="--")
            thin.append(ends)
    for side, places, at, message, aligned in (
        ("helper", left, -0.015, GIVES, "right"),
        ("helped", right, 1.015, LACKS, "left"),
    ):
        number = "surplus" if side == "helper" else "need"
        for row in data.drop_duplicates(f"{side}_code").to_dict("records"):
            words = language.fill(message, {"name": row[side], "beds": float(row[number])})
            height = places[row[f"{side}_code"]]
            axes.text(at, height, words, size=7, ha=aligned, va="center")
    axes.text(-0.015, 1.05, language(LEFT), size=7.5, weight="bold", ha="right")
    axes.text(1.015, 1.05, language(RIGHT), size=7.5, weight="bold", ha="left")
    _labels(figure, axes, thick, thin)
    return figure


def _places(data: pd.DataFrame, side: str, number: str) -> dict[str, float]:
    """Return the height at which each unit of a side stands, the largest number on top."""
    units = data.drop_duplicates(f"{side}_code").sort_values(number, ascending=False)
    heights = np.linspace(0.97, 0.03, len(units))
    return dict(zip(units[f"{side}_code"], heights, strict=True))


def _labels(
    figure: Figure,
    axes: Axes,
    thick: Sequence[tuple[float, float, str]],
    thin: Sequence[tuple[float, float]],
) -> None:
    """Write onto each thick line its share of draws and its distance, clear of other lines."""
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
    labels = [
        axes.text(ALONG, start, words, size=6.5, ha="center", va="center", bbox=ground)
        for start, _, words in thick
    ]
    # How much room words take is known once the figure is laid out.
    figure.draw_without_rendering()
    lines = np.array([(start, end) for start, end, _ in thick])
    others = np.array(thin).reshape(-1, 2)
    boxes = np.empty((0, 4))
    for place, label in enumerate(labels):
        box = free_place(
            lines[place],
            np.delete(lines, place, axis=0),
            others,
            boxes,
            _half_size(axes, label, figure.dpi),
        )
        boxes = np.vstack([boxes, box])
        label.set_position((box[0], box[1]))


def _half_size(axes: Axes, label: Text, dpi: float) -> tuple[float, float]:
    """Return half the width and height of a label and what keeps it clear, in data units.

    Rounded, for the last digits of a layout differ from run to run.
    """
    box = label.get_window_extent().padded(CLEAR * dpi / 72)
    width, height = np.ptp(axes.transData.inverted().transform(box.get_points()), axis=0)
    return round(float(width) / 2, 4), round(float(height) / 2, 4)


def free_place(
    line: np.ndarray,
    thick: np.ndarray,
    thin: np.ndarray,
    boxes: np.ndarray,
    half: tuple[float, float],
) -> np.ndarray:
    """Return where a label stands on its line: clear of labels, then thick lines, then thin.

    It ends with its line, beside which the names stand. Where no place is clear, the one that
    covers least; of equal places that nearest to `ALONG`.

    Parameters
    ----------
    line : array of shape (2,)
        Heights of the label's own line at its ends, at 0 and at 1.
    thick, thin : arrays of shape (lines, 2)
        Heights of other lines.
    boxes : array of shape (labels, 4)
        Middles and half sizes of the labels that stand already: x, y, width, height.
    half : pair of float
        Half the width and the height of the label.

    Returns
    -------
    array of shape (4,)
        Middle and half size of the label.
    """
    heights = line[0] + PLACES * (line[1] - line[0])
    apart_x = np.abs(PLACES[:, None] - boxes[:, 0]) - (half[0] + boxes[:, 2])
    apart_y = np.abs(heights[:, None] - boxes[:, 1]) - (half[1] + boxes[:, 3])
    order = np.lexsort(
        (
            np.abs(PLACES - ALONG),
            _covered(thin, heights, half),
            _covered(thick, heights, half),
            np.count_nonzero((apart_x < 0) & (apart_y < 0), axis=1),
            (half[0] > PLACES) | (half[0] > 1 - PLACES),
        )
    )
    return np.array([PLACES[order[0]], heights[order[0]], *half])


def _covered(lines: np.ndarray, heights: np.ndarray, half: tuple[float, float]) -> np.ndarray:
    """Return how many lines a label covers at each of the places on its own line."""
    sides = PLACES[:, None] + np.array([-half[0], half[0]])
    at = lines[:, None, None, 0] + sides * (lines[:, 1] - lines[:, 0])[:, None, None]
    low, high = heights - half[1], heights + half[1]
    return np.count_nonzero((at.min(axis=2) < high) & (at.max(axis=2) > low), axis=0)
