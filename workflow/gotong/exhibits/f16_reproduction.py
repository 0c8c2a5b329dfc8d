"""F16: reproduction number of the provinces beside the values that others published."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.markers import CARETDOWNBASE
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from gotong import style
from gotong.errors import ConfigError
from gotong.exhibits import drawing
from gotong.exhibits.making import Choices, Facts, Tables, authors
from gotong.i18n import N_, Language, with_facts
from gotong.regions import DKI, Gazetteer
from gotong.tables import DATE

TITLE = N_(
    "Median Rₜ was above 1 on {above:.0%} of the days in {core}; of {compared} published "
    "values that can be held against ours, {inside} lie in the Poisson band and {inside_wide} in "
    "the wider one"
)
CAPTION = N_(
    "Lines: median of Rₜ, the number of persons that one case infects, by the method of Cori et "
    "al. (2013) from reported cases, in windows of {window} days dated on their last day; serial "
    "interval with a mean of {si_mean} and a standard deviation of {si_sd} days. Marks: {drawn} "
    "values that others published, as read in the press{bounds}; {left_out} more, for "
    "{left_out_regions}, have no estimate to stand beside and are not drawn. Ours go by the date "
    "of report, those published for DKI Jakarta by the onset of symptoms, so that ours trail "
    "theirs by the delay between the two. The {compared} values published for {core} that meet "
    "an estimate{aside} differ from our median of the same day by {difference:.2f} (median), and "
    "{opposite} of them lie on the other side of 1. Dark band: the Poisson posterior alone, too "
    "narrow here, for a few cases infect most of the others (dispersion k = {dispersion} "
    "published for Jakarta and Depok, {dispersion_by} {dispersion_year:year}) and cases are "
    "entered in bulk. Light band: widened by as much as weekly counts vary beyond Poisson's, "
    "{fano_low:.0f} to {fano_high:.0f} times by quarter (quasi-Poisson; McCullagh and Nelder "
    "1989); it holds {inside_wide} of the {compared} values. On {turn_day} our median for DKI "
    "Jakarta is {turn:.2f} (dark {turn_low:.2f} to {turn_high:.2f}, light {turn_wide_low:.2f} to "
    "{turn_wide_high:.2f}) by its province series and {turn_second:.2f} (light "
    "{turn_second_low:.2f} to {turn_second_high:.2f}) by its own site, drawn dashed: the two "
    "date the same cases differently, and neither tells that day on which side of 1 Rₜ was. The "
    "medians lie on different sides of 1 on {flips} of {both_days} days. With the serial "
    "interval's mean uncertain as published, bounds of the dark band move by {serial_moves:.3f} "
    "(median). {of_doubtful}{of_bulk} On {beyond} of {days} days of all provinces together the "
    "median lies beyond the axis (lowest {lowest:.2f}, highest {highest:.1f})."
)
ALT = N_(
    "Line charts, one above another, of Rₜ in {regions} from {start} to {end}, on one "
    "logarithmic scale with a line at 1; each line has a narrow and a wide 95% band, and {drawn} "
    "published values are marked; DKI Jakarta has a second, dashed line, of its own-site series. "
    "{core} first falls below 1 on {first_below} and is above 1 on {above:.0%} of its days (all: "
    "{least:.0%} to {most:.0%}). {inside} of {compared} published values for {core} lie inside "
    "its narrow band and {inside_wide} inside its wide one."
)

AXIS = N_("Rₜ: persons infected by one case (log scale)")
PANEL = N_("{region}: above 1 on {above:.0%} of {days} days")
BULK_LABEL = N_("bulk entry")
DOUBTFUL_LABEL = N_("not this quantity: cases were falling steeply")
KEY_OURS = N_("our median and 95% band: Poisson (dark), over-dispersed (light)")
KEY_SECOND = N_("our median from DKI Jakarta's own-site series")
KEY_OTHERS = N_("Rₜ as published by others")
KEY_KINDS = {
    "at": N_("exact value"),
    "about": N_("approximate value"),
    "below": N_("upper bound: the value was lower"),
    "period": N_("of a week or month, not of one day"),
}
DRAWN = N_("it is drawn in grey and left out of these comparisons")
NOT_DRAWN = N_("it is not drawn")
NOT_ESTIMATED = N_("not estimated")
ASIDE = N_(", that of {day} left out,")
BOUND = N_(" (that of {day} only an upper bound, held against nothing)")
BOUNDS = N_(" ({count} of them only upper bounds, held against nothing)")
OF_DOUBTFUL = N_(
    "The {value:.1f} published for {day} cannot be this quantity, as cases were falling steeply "
    "(ours: {ours:.2f}); {fate}. "
)
OF_BULK = N_(
    "Bulk entries make a false peak, and a false trough when they leave the window; those that "
    "corrections flag ({days} days) are named, once for days within one window, at the last."
)
NO_BULK = N_("No correction flags a bulk entry, which would make a false peak, on these days.")
NO_DAY = N_("no day")
NO_REGION = N_("no region")


PUBLISHED: Final = "epidemic/published_rt.csv"

LOW, HIGH = 0.4, 5.0
TICKS = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0)
TALL: Final = 2.5
"""A peak above this is named at its side, a lower one above it, where there is room."""

WIDE: Final[dict[str, Any]] = {"color": style.BLUE, "alpha": 0.13}
SECOND: Final[dict[str, Any]] = {
    "color": style.GREEN,
    "linewidth": 1.5,
    "linestyle": (0, (3, 1.2)),
}
BAND: Final[dict[str, Any]] = {"color": style.BLUE, "alpha": 0.3}
MEDIAN: Final[dict[str, Any]] = {"color": style.BLUE, "linewidth": 0.9}
PERIOD: Final[dict[str, Any]] = {
    "color": style.VERMILION,
    "linewidth": 1.0,
    "marker": "|",
    "markersize": 4.5,
    "zorder": 4,
}
_MARK: Final[dict[str, Any]] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 3.4,
    "markeredgewidth": 0.7,
    # In grey the dots would be lost among the lines of our medians.
    "markeredgecolor": style.INK,
    "color": style.VERMILION,
}
MARKS: Final[dict[str, dict[str, Any]]] = {
    # The flat side of the triangle lies on the value: it hangs below.
    "below": _MARK | {"marker": CARETDOWNBASE, "markersize": 4.5},
    "about": _MARK | {"markerfacecolor": "white"},
    "at": _MARK,
}
"""How a published value is drawn, by what was said of it; later ones lie on top."""

GREYED: Final = {"color": style.QUIET}
"""How the value looks that is held against nothing."""

_BANDS: Final = {
    "overdispersed": {"q025": "wide_low", "q975": "wide_high", "dispersion": "fano"},
    "serial_interval": {"q025": "serial_low", "q975": "serial_high"},
}
"""What the other bands of an estimate are called here, by the variant that they are of."""

_WORDS = ("statement", "precision", "author", "reported_by", "note")


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data: estimates by region and day, then published values.

    Returns
    -------
    pandas.DataFrame
        role (estimate; second: of the own-site series of DKI; published; left_out: published,
        but for a region without an estimate or outside the span, and so not drawn; dispersion:
        the published k, of no region or day; enlarged: the days of DKI, first to last, that are
        drawn once more, and as date the one that the caption tells of), region_code, region,
        date, first_day and last_day (the days that the number is about); q025, median and q975
        of an estimate and, the same in all its rows, serial_mean and serial_sd (days); value,
        statement, precision, author and reported_by of a published number, and year and address
        of k; note (bulk_entry of an estimate, doubtful of a published value that corrections
        flag, or blank); of an estimate wide_low and wide_high (over-dispersed band), serial_low
        and serial_high (the serial interval uncertain) and fano (the factor of the wide band).
        The band of a second series is the wide one.

    Raises
    ------
    ConfigError
        A chosen region has no estimate in the chosen span.
    """
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    regions, span = choices["rt"]["regions"], choices["figures"]["rt"]
    start, end = pd.Timestamp(span["start"]), pd.Timestamp(span["end"])
    bulk = _bulk_days(tables["panel_province"])
    estimates = _estimates(tables["rt"], tables["rt_sensitivity"], bulk, choices["rt"])
    estimates = estimates[estimates["date"].between(start, end)]
    second = _second(tables["rt_sensitivity"], regions)
    second = second[second["date"].between(start, end)]
    known = set(estimates.loc[estimates["median"].notna(), "region_code"])
    if absent := [code for code in regions if code not in known]:
        raise ConfigError(
            "config.yaml",
            "figures.rt",
            "days on which R_t of every region of rt.regions is estimated",
            f"{span['start']} to {span['end']}, without an estimate of {', '.join(absent)}",
        )
    published = _published(tables[PUBLISHED], tables["corrections"])
    meets = (published["first_day"] <= end) & (published["last_day"] >= start)
    drawn = meets & published["region_code"].isin(regions)
    published["role"] = drawn.map({True: "published", False: "left_out"})
    data = pd.concat(
        [_ordered(estimates, regions), second, _ordered(published, regions)], ignore_index=True
    )
    data["region"] = data["region_code"].map(gazetteer.name)
    apart = [_dispersion(choices["published"]["dispersion"]), _enlarged_days(span)]
    data = pd.concat([data, *apart], ignore_index=True)
    words = ["region_code", "region", "address", *_WORDS]
    data[words] = data[words].fillna("")
    return data[
        [
            *("role", "region_code", "region", "date", "first_day", "last_day"),
            *("q025", "median", "q975", "serial_mean", "serial_sd", "value", *_WORDS),
            *("wide_low", "wide_high", "serial_low", "serial_high", "fano", "year", "address"),
        ]
    ]


def _bulk_days(panel: pd.DataFrame) -> set[tuple[str, pd.Timestamp]]:
    """Return regions and days that a correction flags and that exceed the mean of their week."""
    bulk = (panel["cases_flag"] != "") & (panel["cases"] > panel["cases_mean_7d"])
    return set(panel.loc[bulk, ["region_code", "date"]].itertuples(index=False, name=None))


def _dispersion(published: Mapping[str, Any]) -> pd.DataFrame:
    """Return the published dispersion k as a row, with where it stands."""
    row = {
        "role": "dispersion",
        "value": published["value"],
        "author": published["first_author"],
        "reported_by": published["title"],
        "year": published["year"],
        "address": published["address"],
    }
    return pd.DataFrame([row]).astype({"year": "Int64"})


def _enlarged_days(span: Mapping[str, Any]) -> pd.DataFrame:
    """Return the days of DKI that are drawn larger, and the one that is told of, as a row."""
    ends = span["enlarged"]
    days = {"date": span["told"], "first_day": ends["start"], "last_day": ends["end"]}
    days = {name: pd.to_datetime(pd.Series([day])).astype(DATE) for name, day in days.items()}
    return pd.DataFrame({"role": "enlarged", "region_code": DKI, **days})


def _estimates(
    rt: pd.DataFrame,
    sensitivity: pd.DataFrame,
    bulk: set[tuple[str, pd.Timestamp]],
    choices: Mapping[str, Any],
) -> pd.DataFrame:
    """Return the estimates of the chosen regions with their windows and other bands."""
    chosen = rt[rt["region_code"].isin(choices["regions"])]
    for variant, names in _BANDS.items():
        other = sensitivity[sensitivity["variant"] == variant].rename(columns=names)
        chosen = chosen.merge(
            other[["region_code", "date", *names.values()]],
            on=["region_code", "date"],
            how="left",
            validate="one_to_one",
        )
    keys = zip(chosen["region_code"], chosen["date"], strict=True)
    window = pd.Timedelta(days=choices["window_days"] - 1)
    others = [name for names in _BANDS.values() for name in names.values()]
    return chosen[["region_code", "date", "q025", "median", "q975", *others]].assign(
        role="estimate",
        first_day=(chosen["date"] - window).astype(DATE),
        last_day=chosen["date"],
        serial_mean=float(choices["serial_interval"]["mean"]),
        serial_sd=float(choices["serial_interval"]["sd"]),
        note=["bulk_entry" if key in bulk else "" for key in keys],
    )


def _second(sensitivity: pd.DataFrame, regions: Sequence[str]) -> pd.DataFrame:
    """Return the estimates from the own-site series of DKI, where DKI is drawn at all."""
    own = sensitivity[sensitivity["variant"] == "own_site"]
    own = own[own["region_code"].isin(list(regions))]
    return own[["region_code", "date", "q025", "median", "q975"]].assign(
        role="second", first_day=own["date"], last_day=own["date"]
    )


def _published(published: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    """Return the published values with the days of their periods; doubtful are those flagged."""
    date, precision = published["date"], published["precision"]
    half = pd.to_timedelta(precision.map({"day": 0, "week": 3, "month": 0}), unit="D")
    month = date.dt.to_period("M")
    is_month = precision == "month"
    flagged = corrections[corrections["table"] == PUBLISHED]
    doubtful = set(flagged[["region_code", "date"]].itertuples(index=False, name=None))
    keys = zip(published["region_code"], date, strict=True)
    return published.assign(
        first_day=(date - half).where(~is_month, month.dt.start_time).astype(DATE),
        last_day=(date + half).where(~is_month, month.dt.end_time.dt.normalize()).astype(DATE),
        note=["doubtful" if key in doubtful else "" for key in keys],
    )


def _ordered(rows: pd.DataFrame, regions: list[str]) -> pd.DataFrame:
    """Return rows by region, in the order of the configuration, and day."""
    rank = rows["region_code"].map({code: number for number, code in enumerate(regions)})
    return (
        rows.assign(rank=rank.fillna(len(regions)))
        .sort_values(["rank", "region_code", "date"], kind="stable")
        .drop(columns="rank")
    )


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and dates that the texts name.

    A day or value that the configured span or regions leave out is given as a word.
    """
    rows = data[data["role"] == "estimate"]
    estimates = rows.dropna(subset="median")
    drawn, left_out = data[data["role"] == "published"], data[data["role"] == "left_out"]
    dispersion = data[data["role"] == "dispersion"].iloc[0]
    core = rows["region"].iloc[0]
    shares = (estimates["median"] > 1).groupby(estimates["region"]).mean()
    below = estimates[(estimates["region"] == core) & (estimates["median"] < 1)]
    window = rows["last_day"].iloc[0] - rows["first_day"].iloc[0]
    return {
        "core": core,
        "regions": ", ".join(rows["region"].unique()),
        "start": rows["date"].min(),
        "end": rows["date"].max(),
        "window": window.days + 1,
        "si_mean": float(rows["serial_mean"].iloc[0]),
        "si_sd": float(rows["serial_sd"].iloc[0]),
        "above": float(shares[core]),
        "least": float(shares.min()),
        "most": float(shares.max()),
        "first_below": NO_DAY if below.empty else below["date"].min(),
        "days": len(estimates),
        "beyond": int((~estimates["median"].between(LOW, HIGH)).sum()),
        "lowest": float(estimates["median"].min()),
        "highest": float(estimates["median"].max()),
        "drawn": len(drawn),
        "left_out": len(left_out),
        "left_out_regions": ", ".join(left_out["region"].unique()) or NO_REGION,
        "dispersion": float(dispersion["value"]),
        "dispersion_by": authors(dispersion["author"]),
        "dispersion_year": int(dispersion["year"]),
        "of_bulk": _of_bulk(int((rows["note"] == "bulk_entry").sum())),
        **_of_bounds(drawn),
        **_agreement(estimates, drawn[drawn["region"] == core]),
        **_on_turn(estimates, _day_told(data)),
        **_of_second(estimates, data[data["role"] == "second"], _day_told(data)),
        **_of_bands(estimates),
        **_on_doubtful(estimates, data[data["note"] == "doubtful"]),
    }


def _agreement(estimates: pd.DataFrame, published: pd.DataFrame) -> Facts:
    """Return how published values lie beside the estimates of the same days.

    Left out are those of which only a bound is known, and the one that cannot be R_t.
    """
    is_value = (published["statement"] != "below") & (published["note"] != "doubtful")
    said = published.loc[is_value, ["region_code", "date", "value"]]
    pairs = said.merge(
        estimates[["region_code", "date", "q025", "median", "q975", "wide_low", "wide_high"]],
        on=["region_code", "date"],
    )
    apart = (pairs["median"] - pairs["value"]).abs()
    return {
        "compared": len(pairs),
        "inside": int(pairs["value"].between(pairs["q025"], pairs["q975"]).sum()),
        "inside_wide": int(pairs["value"].between(pairs["wide_low"], pairs["wide_high"]).sum()),
        "difference": NOT_ESTIMATED if pairs.empty else float(apart.median()),
        "opposite": int(((pairs["median"] - 1) * (pairs["value"] - 1) < 0).sum()),
    }


def _on_day(estimates: pd.DataFrame, region_code: str, day: pd.Timestamp) -> pd.DataFrame:
    """Return the estimate of a region and day: one row, or none."""
    return estimates[(estimates["region_code"] == region_code) & (estimates["date"] == day)]


def _day_told(data: pd.DataFrame) -> pd.Timestamp:
    """Return the day of DKI that the caption tells of."""
    day: pd.Timestamp = data.loc[data["role"] == "enlarged", "date"].iloc[0]
    return day


def _on_turn(estimates: pd.DataFrame, day: pd.Timestamp) -> Facts:
    """Return DKI's estimate on the day on which its two series disagree."""
    names = {"turn": "median", "turn_low": "q025", "turn_high": "q975"}
    names |= {"turn_wide_low": "wide_low", "turn_wide_high": "wide_high"}
    ours = _on_day(estimates, DKI, day)
    return {"turn_day": day} | {
        name: NOT_ESTIMATED if ours.empty else float(ours[column].iloc[0])
        for name, column in names.items()
    }


def _of_second(estimates: pd.DataFrame, second: pd.DataFrame, day: pd.Timestamp) -> Facts:
    """Return how the two series of DKI differ, over all days and on one."""
    names = {"turn_second": "median", "turn_second_low": "q025", "turn_second_high": "q975"}
    own = _on_day(second, DKI, day)
    pairs = estimates.merge(second, on=["region_code", "date"], suffixes=("", "_second"))
    apart = (pairs["median"] - 1) * (pairs["median_second"] - 1) < 0
    return {"both_days": len(pairs), "flips": int(apart.sum())} | {
        name: NOT_ESTIMATED if own.empty else float(own[column].iloc[0])
        for name, column in names.items()
    }


def _of_bands(estimates: pd.DataFrame) -> Facts:
    """Return how much wider the other bands are."""
    low = (estimates["serial_low"] - estimates["q025"]).abs()
    high = (estimates["serial_high"] - estimates["q975"]).abs()
    return {
        "serial_moves": float(low.where(low > high, high).median()),
        "fano_low": float(estimates["fano"].min()),
        "fano_high": float(estimates["fano"].max()),
    }


def _on_doubtful(estimates: pd.DataFrame, published: pd.DataFrame) -> Facts:
    """Return the published value that cannot be R_t, ours of its day, and what became of it."""
    if published.empty:
        return {"aside": "", "of_doubtful": ""}
    first = published.iloc[0]
    ours = _on_day(estimates, first["region_code"], first["date"])
    is_drawn = (published["role"] == "published").any()
    said = {
        "value": float(first["value"]),
        "day": first["date"],
        "ours": NOT_ESTIMATED if ours.empty else round(float(ours["median"].iloc[0]), 2),
        "fate": DRAWN if is_drawn else NOT_DRAWN,
    }
    return {
        "aside": with_facts(ASIDE, day=first["date"]),
        "of_doubtful": with_facts(OF_DOUBTFUL, **said),
    }


def _of_bounds(published: pd.DataFrame) -> Facts:
    """Return what to say of drawn values of which only an upper bound is known."""
    days = published.loc[published["statement"] == "below", "date"]
    if days.empty:
        return {"bounds": ""}
    one = len(days) == 1
    said = with_facts(BOUND, day=days.iloc[0]) if one else with_facts(BOUNDS, count=len(days))
    return {"bounds": said}


def _of_bulk(days: int) -> str:
    """Return what to say of the days that corrections flag, if there are any."""
    return with_facts(OF_BULK, days=days) if days else NO_BULK


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: one chart per region, one above another, and a key in the first."""
    figure = style.new_figure(190, said["title"], said["sources"])
    shown = data[~data["role"].isin(["left_out", "dispersion", "enlarged"])]
    closer = data[data["role"] == "enlarged"].iloc[0]
    published = shown[shown["role"] == "published"]
    regions = list(data.loc[data["role"] == "estimate", "region_code"].unique())
    grid = figure.subplots(len(regions), 1, sharex=True, sharey=True, squeeze=False)
    # A published month may begin before the first estimate; it is not cut.
    start = pd.concat([shown["date"], published["first_day"]]).min()
    end = pd.concat([shown["date"], published["last_day"]]).max()
    for axes, region in zip(grid.flat, regions, strict=True):
        part = shown[shown["region_code"] == region]
        drawing.time_axis(axes, start, end, language)
        _scale(axes, LOW, HIGH, TICKS, language)
        _head(axes, part[part["role"] == "estimate"], language)
        _values(axes, part)
        _notes(axes, part, language)
        if region == DKI and start <= closer["first_day"] and closer["last_day"] <= end:
            _enlarged(axes, part, closer, language)
    _key(grid.flat[0], language)
    figure.supylabel(language(AXIS), size=7.5)
    return figure


def _scale(
    axes: Axes, low: float, high: float, ticks: tuple[float, ...], language: Language
) -> None:
    """Set a logarithmic axis with the ticks that are given and no others."""
    axes.set_yscale("log", base=2)
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_minor_locator(NullLocator())
    drawing.number_ticks(axes, language)


def _head(axes: Axes, estimates: pd.DataFrame, language: Language) -> None:
    """Name the region, with the share of its days above 1."""
    median = estimates["median"].dropna()
    named = {
        "region": estimates["region"].iloc[0],
        "above": float((median > 1).mean()),
        "days": len(median),
    }
    axes.set_title(language.fill(PANEL, named))


def _values(axes: Axes, part: pd.DataFrame) -> None:
    """Draw the line at 1, the band and median of one region, and the published values."""
    ours, others = part[part["role"] == "estimate"], part[part["role"] == "published"]
    second = part[part["role"] == "second"]
    axes.axhline(1, color=style.INK, linewidth=0.8, zorder=1)
    axes.fill_between(ours["date"], ours["q025"], ours["q975"], **BAND, linewidth=0, zorder=2)
    axes.fill_between(
        ours["date"], ours["wide_low"], ours["wide_high"], **WIDE, linewidth=0, zorder=1.5
    )
    axes.plot(ours["date"], ours["median"], **MEDIAN, zorder=3, label="median")
    if len(second):
        # Below the other, which it would hide where the two agree.
        axes.plot(second["date"], second["median"], **SECOND, zorder=2.8, label="second")
    is_doubtful = others["note"] == "doubtful"
    periods = others[others["first_day"] < others["last_day"]]
    ends = periods[["first_day", "last_day"]].to_numpy()
    for days, value, note in zip(ends, periods["value"], periods["note"], strict=True):
        look = PERIOD | (GREYED if note == "doubtful" else {})
        axes.plot(days, [value, value], **look, label="period")
    for number, (statement, mark) in enumerate(MARKS.items()):
        kind = others[(others["statement"] == statement) & ~is_doubtful]
        axes.plot(kind["date"], kind["value"], **mark, zorder=5 + number, label=statement)
    doubtful = others[is_doubtful]
    axes.plot(doubtful["date"], doubtful["value"], **_MARK | GREYED, zorder=5, label="doubtful")


def _notes(axes: Axes, part: pd.DataFrame, language: Language) -> None:
    """Write what must be known of single days: bulk entries, and the point that is none."""
    bulk = _peaks(part[(part["note"] == "bulk_entry") & part["median"].notna()])
    for day, median in zip(bulk["date"], bulk["median"], strict=True):
        is_tall = median > TALL
        axes.annotate(
            f"{language(BULK_LABEL)}\n{language.date(day, 'short')}",
            (day, min(median, HIGH)),
            xytext=(5, 0) if is_tall else (0, 3),
            textcoords="offset points",
            size=6.3,
            color=style.QUIET,
            ha="left" if is_tall else "center",
            va="top" if is_tall else "bottom",
        )
    doubtful = part[part["note"] == "doubtful"]
    for day, value in zip(doubtful["date"], doubtful["value"], strict=True):
        axes.annotate(
            textwrap.fill(language(DOUBTFUL_LABEL), 18),
            (day, value),
            xytext=(0, 34),
            textcoords="offset points",
            size=6.3,
            color=style.QUIET,
            ha="center",
            arrowprops={"arrowstyle": "-", "color": style.QUIET, "linewidth": 0.5},
        )


def _peaks(bulk: pd.DataFrame) -> pd.DataFrame:
    """Return the last day of each run of bulk entries that one window holds: they are one peak."""
    following = bulk["first_day"].shift(-1)
    return bulk[following.isna() | (following > bulk["last_day"])]


def _enlarged(axes: Axes, part: pd.DataFrame, closer: pd.Series, language: Language) -> None:
    """Draw the days on which points lie on one another once more, larger."""
    inset = axes.inset_axes((0.15, 0.58, 0.24, 0.41))
    _scale(inset, 0.8, 1.25, (0.8, 1.0, 1.2), language)
    _values(inset, part)
    inset.set_xlim(mdates.date2num(closer["first_day"]), mdates.date2num(closer["last_day"]))
    inset.xaxis.set_major_locator(mdates.MonthLocator(bymonthday=(1, 15)))
    inset.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: language.date(mdates.num2date(value), "short"))
    )
    inset.tick_params(labelsize=6, length=2, pad=1.5)
    axes.indicate_inset_zoom(inset, edgecolor=style.QUIET, linewidth=0.5, alpha=0.8)


def _key(axes: Axes, language: Language) -> None:
    """Draw the key in the space above the line of the first region."""
    left, top, step, half = 0.46, 0.96, 0.068, 0.011
    rows = {"ours": KEY_OURS, "second": KEY_SECOND, "others": KEY_OTHERS, **KEY_KINDS}
    for number, (name, message) in enumerate(rows.items()):
        height = top - number * step
        ends = ([left - half, left + half], [height, height])
        place: dict[str, Any] = {"transform": axes.transAxes, "label": "_key"}
        if name == "ours":
            axes.plot(*ends, **WIDE, linewidth=8, solid_capstyle="butt", **place)
            axes.plot(*ends, **BAND, linewidth=4, solid_capstyle="butt", **place)
            axes.plot(*ends, **MEDIAN, **place)
        elif name == "second":
            axes.plot(*ends, **SECOND, **place)
        elif name == "period":
            axes.plot(*ends, **PERIOD, **place)
        elif name in MARKS:
            # A mark that hangs is lifted to the middle of its words.
            lift = 0.015 if name == "below" else 0
            axes.plot(left, height + lift, **MARKS[name], **place)
        axes.text(
            left + (-half if name == "others" else 2 * half),
            height,
            language(message),
            size=6.5,
            va="center",
            color=style.VERMILION if name == "others" else style.INK,
            transform=axes.transAxes,
        )
