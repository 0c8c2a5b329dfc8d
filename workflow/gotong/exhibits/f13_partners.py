"""F13: units with more hospital beds than the mean matched with those with fewer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gotong import style
from gotong.exhibits import drawing
from gotong.exhibits.making import Choices, Facts, Tables
from gotong.i18n import N_, Language
from gotong.regions import Gazetteer

TITLE = N_(
    "Matched one to one, units with more beds could meet {met:.0%} of the lack of others; pairs "
    "the same in at least {firm_share:.0%} of drawn weights: {firm} of {pairs}"
)
CAPTION = N_(
    "Units of {area} with more hospital beds than the mean rate of all {units} (left, beds above "
    "it) and with fewer (right, beds that are lacking). Solid lines: the matching with the least "
    "total cost, each helper for one unit at most (assignment problem, Kuhn 1955), by weights "
    "{surplus} for what the helper can give, {need} for the lack that it can meet and {distance} "
    "for nearness; as wide as the beds that it can meet, few beds a little wider to be seen. "
    "Below the name of a helped unit: those beds, the distance, and the share of {draws} drawn "
    "mixtures of the three weights that give the same pair. Dashed lines: other pairs in at "
    "least {shown:.0%} of them, whose helpers and shares stand below after “or”. Over all "
    "mixtures in steps of a tenth these shares differ by {off_grid:.0f} percentage points at "
    "most. With other totals of beds for DKI Jakarta or other residents {same} of the {pairs} "
    "pairs stay the same throughout. Distances as the crow flies. All hospital beds, not those "
    "for COVID-19; whether a region would help is not in the data."
)
ELSEWHERE = {
    "caption": N_(
        "Units of {area} with more hospital beds than the mean rate of all {units} (left, beds "
        "above it) and with fewer (right, beds that are lacking). Solid lines: the matching with "
        "the least total cost, each helper for one unit at most (assignment problem, Kuhn 1955), "
        "by weights {surplus} for what the helper can give, {need} for the lack that it can meet "
        "and {distance} for nearness; as wide as the beds that it can meet, few beds a little "
        "wider to be seen. Below the name of a helped unit: those beds, the distance, and the "
        "share of {draws} drawn mixtures of the three weights that give the same pair. Dashed "
        "lines: other pairs in at least {shown:.0%} of them, whose helpers and shares stand below "
        "after “or”. With hospitals where the list printed them or other residents {same} of the "
        "{pairs} pairs stay the same throughout. Distances as the crow flies. All hospital beds, "
        "not those for COVID-19; whether a region would help is not in the data."
    )
}
"""What another area than Greater Jakarta has in the place of these messages."""

ALT = N_(
    "Diagram of {helpers} helping units on the left and {helped} helped units on the right, joined "
    "by {pairs} solid lines. The widest, for {widest_beds:.0f} beds, joins {widest_helper} and "
    "{widest_helped}. The firmest pair is {firmest_helper} and {firmest_helped}, in "
    "{firmest:.0%} of the drawn weights; the largest lack is that of {largest}, {largest_need:.0f} "
    "beds."
)
LEFT = N_("beds above the mean rate")
RIGHT = N_("beds below the mean rate")
GIVES = N_("{name}  +{beds:.0f}")
LACKS = N_("−{beds:.0f}  {name}")
PAIR = N_("{beds:.0f} met, {km:.0f} km, {share:.0%} of weights")
OR_PAIR = N_("or {helpers}")
KEY_MATCHED = N_("matched, width: beds met (here {beds:.0f})")
KEY_OTHER = N_("other pair in at least {share:.0%} of drawn weights")

SHOWN: Final = 0.1
"""Least share of the drawn weights for a pair outside the matching to be drawn."""

TALL, MANY, MORE = 116.0, 9, 5.0
"""Millimetres of the figure, helpers for which there is room in it, and what each more takes."""

AROUND, LINES = 32.0, 12.0
"""Millimetres of all but the helped units, and of one with the lines of words below its name."""

WIDEST, NARROWEST = 8.0, 0.8
"""Points: width of the line for the most beds, and of any line at least, so that it is seen."""

KEY_AT: Final = -0.1
"""Height of the key."""

BESIDE: Final = 125
"""Points that words may take right of the lines."""

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
    widest = taken.iloc[int(taken["can_meet"].argmax())]
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
        "off_grid": 100 * float((data["share_of_grid"] - data["share_of_draws"]).abs().max()),
        "firmest": float(firmest["share_of_draws"]),
        "firmest_helper": firmest["helper"],
        "firmest_helped": firmest["helped"],
        "widest_beds": float(widest["can_meet"]),
        "widest_helper": widest["helper"],
        "widest_helped": widest["helped"],
        "largest": largest["helped"],
        "largest_need": float(largest["need"]),
    }
    return found | {"units": found["helpers"] + found["helped"]}


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: helpers on the left, helped on the right, lines between them."""
    helpers, helped = data["helper_code"].nunique(), data["helped_code"].nunique()
    tall = max(TALL, TALL + MORE * (helpers - MANY), AROUND + LINES * helped)
    figure = style.new_figure(tall, said["title"], said["sources"])
    axes = figure.subplots()
    axes.axis("off")
    axes.set_xlim(-0.42, 1.5)
    axes.set_ylim(KEY_AT - 0.03, 1.08)
    left = _places(data, "helper", "surplus")
    right = _places(data, "helped", "need")
    taken = data[data["chosen"].astype(bool)]
    most = float(taken["can_meet"].max())
    # A narrow line lies on top of the wide ones that it crosses.
    for row in data.sort_values("can_meet", ascending=False, kind="stable").to_dict("records"):
        ends = (left[row["helper_code"]], right[row["helped_code"]])
        if row["chosen"]:
            axes.plot([0, 1], ends, **_solid(row["can_meet"] / most))
        elif row["share_of_draws"] >= SHOWN:
            axes.plot([0, 1], ends, **_DASHED)
    for row in data.drop_duplicates("helper_code").to_dict("records"):
        words = language.fill(GIVES, {"name": row["helper"], "beds": float(row["surplus"])})
        axes.text(-0.015, left[row["helper_code"]], words, size=7, ha="right", va="center")
    matched = taken.set_index("helped_code")
    for row in data.drop_duplicates("helped_code").to_dict("records"):
        code = row["helped_code"]
        words = language.fill(LACKS, {"name": row["helped"], "beds": float(row["need"])})
        paired = code in matched.index
        _beside(axes, right[code], words, 7, 4.5 if paired else 0)
        if paired:
            pair = matched.loc[code]
            met = {"beds": pair["can_meet"], "km": pair["distance"]}
            words = language.fill(PAIR, met | {"share": pair["share_of_draws"]})
            _beside(axes, right[code], words, 6, -4.5)
        if others := _alternatives(data[data["helped_code"] == code], language):
            _beside(axes, right[code], others, 6, -8.5 if paired else -4.5, "top")
    axes.text(-0.015, 1.05, language(LEFT), size=7.5, weight="bold", ha="right")
    axes.text(1.015, 1.05, language(RIGHT), size=7.5, weight="bold", ha="left")
    _key(axes, most, language)
    return figure


_DASHED: Final[dict[str, Any]] = {"color": style.QUIET, "linewidth": 0.7, "linestyle": "--"}


def _solid(part: float) -> dict[str, Any]:
    """Return the look of a matched pair's line, by its part of the most beds met."""
    width = max(NARROWEST, WIDEST * part)
    return {"color": style.BLUE, "linewidth": width, "alpha": 0.85, "solid_capstyle": "butt"}


def _alternatives(pairs: pd.DataFrame, language: Language) -> str:
    """Return the dashed helpers of one helped unit with their shares, the largest first."""
    others = pairs[~pairs["chosen"].astype(bool) & (pairs["share_of_draws"] >= SHOWN)]
    others = others.sort_values("share_of_draws", ascending=False, kind="stable")
    # Hard spaces: a line ends between helpers, not in one.
    named = ", ".join(
        f"{name} {language.number(share, '.0%')}".replace(" ", "\N{NO-BREAK SPACE}")
        for name, share in zip(others["helper"], others["share_of_draws"], strict=True)
    )
    words = language.fill(OR_PAIR, {"helpers": named})
    return drawing.wrapped(words, BESIDE, 6) if named else ""


def _beside(
    axes: Axes, height: float, words: str, size: float, points: float, va: str = "center"
) -> None:
    """Write something right of the lines, some points above the height of its unit."""
    axes.annotate(
        words,
        (1.015, height),
        xytext=(0, points),
        textcoords="offset points",
        size=size,
        va=va,
        linespacing=1.1,
        color=style.INK if points >= 0 else style.QUIET,
    )


def _key(axes: Axes, most: float, language: Language) -> None:
    """Draw what the lines mean."""
    for at, look, words in (
        (-0.32, _solid(1.0), language.fill(KEY_MATCHED, {"beds": most})),
        (0.66, _DASHED, language.fill(KEY_OTHER, {"share": SHOWN})),
    ):
        axes.plot([at, at + 0.06], [KEY_AT, KEY_AT], **look)
        axes.text(at + 0.075, KEY_AT, words, size=6.5, va="center")


def _places(data: pd.DataFrame, side: str, number: str) -> dict[str, float]:
    """Return the height at which each unit of a side stands, the largest number on top."""
    units = data.drop_duplicates(f"{side}_code").sort_values(number, ascending=False)
    heights = np.linspace(0.97, 0.03, len(units))
    return dict(zip(units[f"{side}_code"], heights, strict=True))
