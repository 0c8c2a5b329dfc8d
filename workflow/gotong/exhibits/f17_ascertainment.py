"""F17: what confirmed cases and deaths of DKI Jakarta leave out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from gotong import style
from gotong.exhibits import drawing
from gotong.exhibits.making import Choices, Facts, Tables, authors
from gotong.i18n import N_, Language
from gotong.regions import Gazetteer
from gotong.tables import DATE

TITLE = N_(
    "In DKI Jakarta {burials:.1f} people were buried under COVID-19 protocol for each confirmed "
    "death, and {infections:.0f} infected for each confirmed case"
)
CAPTION = N_(
    "a: burials under COVID-19 protocol and confirmed deaths of DKI Jakarta by whole week, drawn "
    "at its middle ({drawn_buried} and {drawn_died} together). From {start} to {end} they were "
    "{buried} against {died}, a ratio of {burials:.2f}. {published_by} ({published_year:year}) "
    "give about {published:.1f} for a time of their own. Protocol burials took in all who were "
    "suspected to have COVID-19, and some had not. b: deaths from all causes by month, from "
    "burials, beside the months of {base_first:year} and {base_last:year}; January 2020 was high "
    "before any case was confirmed. c: how many burials or excess deaths there were for each "
    "confirmed death, and how many infections for each confirmed case; hollow: single months. The "
    "bars are of different kinds: 95% intervals for burials of all days (blocks of {block} weeks "
    "resampled: {burials_low:.2f} to {burials_high:.2f}) and of a month (log-normal, for counts "
    "that vary beyond Poisson's), bounds for excess deaths, and the survey's interval for "
    "infections. Excess deaths of {excess_start:month} to {excess_end:month} per confirmed death: "
    "{excess:.1f} ({excess_low:.1f} to {excess_high:.1f} with either year as base). Antibodies "
    "were found in {share:.1%} ({share_low:.1%} to {share_high:.1%}) of {respondents} residents in "
    "{survey:month} (Ariawan et al. 2022): {infections:.1f} infections ({infections_low:.1f} to "
    "{infections_high:.1f}) for each case confirmed {wait} days before the middle of the survey, "
    "on residents of the census of 2020; waning and vaccination are not corrected for. Tanjung "
    "Priok was surveyed because it was hit hard (Herlinda et al. 2021). d: deaths among confirmed "
    "cases by half-year, deaths counted {delay} days after cases; bars: all delays of {delay_low} "
    "to {delay_high} days or none, each with its 95% interval (Clopper and Pearson 1934). They "
    "fall as testing grows, and say little of how deadly the disease was."
)
ALT = N_(
    "Four charts. Weekly burials peak at {peak_burials} in the week from {peak_week} while "
    "confirmed deaths stay below {peak_deaths}. All deaths reach {top_month_deaths} in "
    "{top_month:month} against at most {base_most} in a month of the years before. Ratios to what "
    "was confirmed run from {least_ratio:.1f} to {most_ratio:.1f}. Deaths among cases fall from "
    "{cfr_first:.1f}% to {cfr_last:.1f}% in {core} between {cfr_start:month} and {cfr_end:month}."
)

PARTS: Final = {
    "weekly": N_("a  Persons per week"),
    "monthly": N_("b  Deaths from all causes per month"),
    "ratio": N_("c  Times the confirmed number (log scale)"),
    "fatality": N_("d  Deaths per 100 cases (log scale)"),
}
SERIES: Final = {
    "burials": N_("burials under protocol"),
    "deaths": N_("confirmed deaths"),
}
RATIOS: Final = {
    "burials_per_death": N_("burials: all days"),
    "burials_month": N_("burials: {start:tick_year}"),
    "excess_per_death": N_("excess deaths: to {end:tick_year}"),
    "infections_per_case": N_("infections: {place}"),
}
YEARS = N_("{first:year} and {last:year}: range")
SURVEY_MARK = N_("survey to {end:tick_year}, n = {respondents}")

EPIDEMIC_YEAR: Final = 2020
WEEK: Final = 7
HALVES: Final = (1, 7)
"""Months in which a half-year begins."""
COLOURS: Final = (style.BLUE, style.VERMILION, style.GREEN)
MARKERS: Final = ("o", "s", "D")
_RATIO_TICKS: Final = (1, 2, 5, 10)
_CFR_TICKS: Final = (0.05, 0.1, 0.2, 0.5, 1, 2, 5)


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the plotted data.

    Returns
    -------
    pandas.DataFrame
        part (a key of `PARTS`, or published: a ratio that others found), series (of the part:
        burials or deaths; a year; a quantity; a province's name), area, start, end (days that
        the row is about), value, low, high, above and below (what was divided by what),
        respondents, share, share_low, share_high (of a survey), delays (days), block_weeks and
        seroconversion_days, as chosen; of a published ratio first_author, year, title and address.
    """
    surveys = tables["epidemic/seroprevalence.csv"].rename(
        columns={"low": "share_low", "high": "share_high"}
    )
    ratios = tables["ascertainment"].rename(columns={"quantity": "series"})
    ratios = ratios[ratios["series"] != "infection_fatality"].assign(part="ratio")
    ratios = ratios.merge(
        surveys[["area", "start_date", "respondents", "share", "share_low", "share_high"]],
        left_on=["area", "start"],
        right_on=["area", "start_date"],
        how="left",
    )
    burials = ratios["series"] == "burials_per_death"
    is_month = burials & (ratios["below"] < ratios.loc[burials, "below"].max())
    ratios["series"] = ratios["series"].mask(is_month, "burials_month")
    rank = ratios["series"].map({name: number for number, name in enumerate(RATIOS)})
    ratios = ratios.assign(rank=rank).sort_values(["rank", "start", "area"])
    data = pd.concat(
        [
            _weekly(tables["epidemic/dki_2020_daily.csv"]),
            _monthly(tables["epidemic/jakarta_deaths_monthly.csv"]),
            ratios,
            _published(choices["published"]),
            _fatality(tables),
        ],
        ignore_index=True,
    )
    words = ["area", "first_author", "title", "address"]
    data[words] = data[words].fillna("").astype("str")
    data["delays"] = " ".join(map(str, sorted(choices["severity"]["delays"])))
    of_ratios = ["block_weeks", "seroconversion_days"]
    data[of_ratios] = [choices["ascertainment"][name] for name in of_ratios]
    names = ["part", "series", "area", "start", "end", "value", "low", "high", "above", "below"]
    of_survey = ["respondents", "share", "share_low", "share_high"]
    chosen = ["delays", *of_ratios]
    return data[[*names, *of_survey, *chosen, "first_author", "year", "title", "address"]]


def _weekly(daily: pd.DataFrame) -> pd.DataFrame:
    """Return burials and confirmed deaths of whole weeks, Monday to Sunday."""
    weeks = daily.set_index("date")[["burials", "deaths"]].astype("float64")
    resampled = weeks.resample("W-SUN")
    whole = resampled.sum()[resampled.size() == WEEK]
    frame = whole.rename_axis("end").reset_index().melt("end", var_name="series")
    frame["end"] = frame["end"].astype(DATE)
    start = (frame["end"] - pd.Timedelta(days=WEEK - 1)).astype(DATE)
    return frame.assign(part="weekly", start=start)


def _monthly(monthly: pd.DataFrame) -> pd.DataFrame:
    """Return deaths from all causes by month, the series being the year."""
    return pd.DataFrame(
        {
            "part": "monthly",
            "series": monthly["start_date"].dt.year.astype("str"),
            "start": monthly["start_date"],
            "end": monthly["end_date"],
            "value": monthly["total_deaths"].astype("float64"),
        }
    )


def _published(published: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return the ratios of others, the series being the quantity, with where they stand."""
    rows = pd.DataFrame({"series": name, **each} for name, each in published.items())
    return rows.assign(part="published", year=rows["year"].astype("Int64"))


def _fatality(tables: Tables) -> pd.DataFrame:
    """Return deaths among confirmed cases by province and half-year."""
    name = Gazetteer(tables["geography/regions.csv"]).name
    rows = tables["severity"]
    return pd.DataFrame(
        {
            "part": "fatality",
            "series": rows["region_code"].map(name),
            "area": rows["region_code"],
            "start": rows["start"],
            "end": rows["end"],
            "value": rows["cfr"],
            "low": rows["low"],
            "high": rows["high"],
            "above": rows["deaths"].astype("float64"),
            "below": rows["cases"].astype("float64"),
        }
    )


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and dates that the texts state."""
    ratios = data[data["part"] == "ratio"]
    published = data[data["part"] == "published"].iloc[0]
    return {
        **_burial_facts(data[data["part"] == "weekly"], ratios),
        **_month_facts(data[data["part"] == "monthly"], ratios),
        **_survey_facts(ratios),
        **_fatality_facts(data[data["part"] == "fatality"]),
        "published": float(published["value"]),
        "published_by": authors(published["first_author"]),
        "published_year": int(published["year"]),
        "block": int(published["block_weeks"]),
        "wait": int(published["seroconversion_days"]),
        "least_ratio": float(ratios["value"].min()),
        "most_ratio": float(ratios["value"].max()),
    }


def _burial_facts(weekly: pd.DataFrame, ratios: pd.DataFrame) -> Facts:
    """Return what the texts say of burials."""
    total = ratios[ratios["series"] == "burials_per_death"].iloc[0]
    burials = weekly[weekly["series"] == "burials"]
    top = burials.iloc[int(burials["value"].to_numpy().argmax())]
    deaths = weekly.loc[weekly["series"] == "deaths", "value"]
    return {
        "start": total["start"],
        "end": total["end"],
        "buried": int(total["above"]),
        "died": int(total["below"]),
        "burials": float(total["value"]),
        "burials_low": float(total["low"]),
        "burials_high": float(total["high"]),
        "drawn_buried": int(burials["value"].sum()),
        "drawn_died": int(deaths.sum()),
        "peak_burials": int(top["value"]),
        "peak_week": top["start"],
        "peak_deaths": int(deaths.max()) + 1,
    }


def _month_facts(monthly: pd.DataFrame, ratios: pd.DataFrame) -> Facts:
    """Return what the texts say of deaths from all causes."""
    excess = ratios[ratios["series"] == "excess_per_death"].iloc[0]
    of_epidemic = monthly["start"].dt.year == EPIDEMIC_YEAR
    own, base = monthly[of_epidemic], monthly[~of_epidemic]
    top = own.iloc[int(own["value"].to_numpy().argmax())]
    return {
        "excess": float(excess["value"]),
        "excess_low": float(excess["low"]),
        "excess_high": float(excess["high"]),
        "excess_start": excess["start"],
        "excess_end": excess["end"],
        "base_first": int(base["start"].dt.year.min()),
        "base_last": int(base["start"].dt.year.max()),
        "base_most": int(base["value"].max()),
        "top_month": top["start"],
        "top_month_deaths": int(top["value"]),
    }


def _survey_facts(ratios: pd.DataFrame) -> Facts:
    """Return what the texts say of the survey of the whole city: that with most respondents."""
    surveys = ratios[ratios["series"] == "infections_per_case"]
    city = surveys.iloc[int(surveys["respondents"].astype("float64").to_numpy().argmax())]
    return {
        "infections": float(city["value"]),
        "infections_low": float(city["low"]),
        "infections_high": float(city["high"]),
        "share": float(city["share"]),
        "share_low": float(city["share_low"]),
        "share_high": float(city["share_high"]),
        "respondents": int(city["respondents"]),
        "survey": city["end"],
    }


def _fatality_facts(fatality: pd.DataFrame) -> Facts:
    """Return what the texts say of deaths among cases, in the first province of the data."""
    core = fatality[fatality["series"] == fatality["series"].iloc[0]]
    delays = [int(days) for days in str(fatality["delays"].iloc[0]).split()]
    return {
        "core": core["series"].iloc[0],
        "cfr_first": float(core["value"].iloc[0]),
        "cfr_last": float(core["value"].iloc[-1]),
        "cfr_start": core["start"].iloc[0],
        "cfr_end": core["end"].iloc[-1],
        "delay": delays[len(delays) // 2],
        "delay_low": delays[0],
        "delay_high": delays[-1],
    }


def draw(data: pd.DataFrame, language: Language, said: Mapping[str, str]) -> Figure:
    """Return the figure: four charts in two rows."""
    figure = style.new_figure(165, said["title"], said["sources"])
    grid = figure.subplots(2, 2)
    drawers = {"weekly": _weeks, "monthly": _months, "ratio": _ratios, "fatality": _halves}
    for axes, (part, title) in zip(grid.flat, PARTS.items(), strict=True):
        axes.set_title(language(title), fontsize=7.5)
        drawers[part](axes, data[data["part"] == part], language)
    rows = data[data["part"] == "ratio"]["series"].tolist()
    for other in data[data["part"] == "published"].to_dict("records"):
        _mark(grid.flat[list(PARTS).index("ratio")], other, rows.index(other["series"]), language)
    return figure


def _weeks(axes: Axes, own: pd.DataFrame, language: Language) -> None:
    """Draw burials and confirmed deaths by week, named where each is highest."""
    drawing.time_axis(axes, own["start"].min(), own["end"].max(), language)
    middle = own["start"].min() + (own["end"].max() - own["start"].min()) / 2
    for number, (series, name) in enumerate(SERIES.items()):
        rows = own[own["series"] == series]
        at = rows["start"] + (rows["end"] - rows["start"]) / 2
        colour = COLOURS[number]
        dashes: Any = "-" if number == 0 else (0, (4, 1.2))
        axes.plot(at, rows["value"], color=colour, linestyle=dashes, label=series)
        near = rows[(at - middle).abs() <= 9 * pd.Timedelta(days=WEEK)]
        axes.annotate(
            language(name),
            (float(mdates.date2num(middle)), float(near["value"].max())),
            xytext=(0, 3),
            textcoords="offset points",
            color=colour,
            size=7,
            ha="center",
            va="bottom",
        )
    axes.set_ylim(0, 1.15 * own["value"].max())
    drawing.number_ticks(axes, language)


def _months(axes: Axes, own: pd.DataFrame, language: Language) -> None:
    """Draw the months of the epidemic's year over the range of the years before."""
    month = own["start"].dt.month
    of_epidemic = own["start"].dt.year == EPIDEMIC_YEAR
    base = own[~of_epidemic].groupby(month[~of_epidemic])["value"].agg(["min", "max"])
    axes.fill_between(
        base.index, base["min"], base["max"], color=style.QUIET, alpha=0.35, linewidth=0
    )
    years = own.loc[~of_epidemic, "start"].dt.year
    named = {"first": int(years.min()), "last": int(years.max())}
    axes.text(
        8,
        base["max"].max() + 60,
        language.fill(YEARS, named),
        size=7,
        color=style.QUIET,
        ha="center",
    )
    rows = own[of_epidemic]
    axes.plot(
        month[of_epidemic], rows["value"], "o-", color=style.BLUE, markersize=3.5, label="2020"
    )
    axes.annotate(
        str(EPIDEMIC_YEAR),
        (int(month[of_epidemic].iloc[-1]), float(rows["value"].iloc[-1])),
        xytext=(6, 0),
        textcoords="offset points",
        size=7,
        color=style.BLUE,
        va="center",
    )
    axes.set_ylim(0, 1.1 * own["value"].max())
    axes.set_xlim(0.6, 12.4)
    axes.xaxis.set_major_locator(FixedLocator([1, 4, 7, 10]))
    axes.xaxis.set_major_formatter(
        FuncFormatter(
            lambda value, _: language.date(pd.Timestamp(EPIDEMIC_YEAR, int(value), 1), "tick")
        )
    )
    drawing.number_ticks(axes, language)


def _ratios(axes: Axes, own: pd.DataFrame, language: Language) -> None:
    """Draw the ratios to what was confirmed, with intervals or bounds."""
    labels = []
    for place, row in enumerate(own.to_dict("records")):
        axes.plot(
            [row["low"], row["high"]],
            [place, place],
            color=style.BLUE,
            linewidth=1.8,
            label="interval",
        )
        is_month = row["series"] == "burials_month"
        axes.plot(
            row["value"],
            place,
            "o",
            color=style.BLUE,
            markerfacecolor="white" if is_month else style.BLUE,
            markersize=4,
            label="value",
        )
        # Not under the name `area`, which is that of the study wherever it stands.
        named = {"start": row["start"], "end": row["end"], "place": row["area"]}
        labels.append(language.fill(RATIOS[str(row["series"])], named))
        if row["series"] == "infections_per_case":
            named["respondents"] = int(row["respondents"])
            words = language.fill(SURVEY_MARK, named)
            _beside(axes, words, (float(row["low"]), place), style.QUIET)
    axes.set_yticks(range(len(labels)), labels, fontsize=6.3)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xscale("log")
    axes.set_xlim(1, 18)
    axes.xaxis.set_major_locator(FixedLocator(_RATIO_TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: language.number(value)))


def _mark(axes: Axes, other: Mapping[Any, Any], place: int, language: Language) -> None:
    """Draw a ratio that others published in the row of ours, with their names."""
    value = float(other["value"])
    axes.plot(value, place, "|", color=style.VERMILION, markersize=9, label="published")
    words = language(authors(other["first_author"]))
    _beside(axes, words, (value, place), style.VERMILION)


def _beside(axes: Axes, words: str, point: tuple[float, float], colour: str) -> None:
    """Write words at the left of a point."""
    axes.annotate(
        words,
        point,
        xytext=(-4, 0),
        textcoords="offset points",
        size=6.3,
        color=colour,
        ha="right",
        va="center",
    )


def _halves(axes: Axes, own: pd.DataFrame, language: Language) -> None:
    """Draw deaths among confirmed cases by half-year, one line per province."""
    names = list(dict.fromkeys(own["series"]))
    first, last = own["start"].min(), own["end"].max()
    room = pd.Timedelta(days=330)
    drawing.time_axis(axes, first, last, language, months=HALVES, room=room)
    for number, name in enumerate(names):
        rows = own[own["series"] == name]
        shift = pd.Timedelta(days=10 * (number - 1))
        middle = rows["start"] + (rows["end"] - rows["start"]) // 2 + shift
        colour = COLOURS[number % len(COLOURS)]
        for day, low, high in zip(middle, rows["low"], rows["high"], strict=True):
            axes.plot([day, day], [low, high], color=colour, linewidth=1.2, label="interval")
        axes.plot(
            middle,
            rows["value"],
            color=colour,
            linewidth=0.7,
            marker=MARKERS[number % len(MARKERS)],
            markersize=3.2,
            label=name,
        )
        place = float(rows["value"].iloc[-1]) * _apart(own, str(name))
        axes.text(
            float(mdates.date2num(last + pd.Timedelta(days=12))),
            place,
            str(name),
            color=colour,
            size=7,
            va="center",
        )
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(FixedLocator(_CFR_TICKS))
    axes.yaxis.set_minor_locator(NullLocator())
    drawing.number_ticks(axes, language)


def _apart(own: pd.DataFrame, name: str) -> float:
    """Return by how much a name is lifted or lowered where two lines end close by."""
    ends = {str(key): float(rows["value"].iloc[-1]) for key, rows in own.groupby("series")}
    near = [other for other in ends if other != name and 0.5 < ends[other] / ends[name] < 2]
    if not near:
        return 1.0
    return 1.25 if all(ends[name] > ends[other] for other in near) else 0.8
