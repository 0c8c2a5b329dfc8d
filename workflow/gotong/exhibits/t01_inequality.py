"""T01: the units of the area by indicator, and measures of inequality between regions."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import pandas as pd

from gotong.exhibits.making import Choices, Facts, Tables
from gotong.html import Column
from gotong.i18n import N_
from gotong.regions import Gazetteer

TITLE = N_(
    "{first} stands first of {units} units on the average of {ranked} indicators, {last} last; "
    "hospital beds differ {ratio:.0f}-fold"
)
CAPTION = N_(
    "Above: {units} units of {area} in the order of their mean rank on beds, GRDP, "
    "expenditure, HDI and poverty (1 is furthest ahead; fewer poor is ahead). Below: measures over "
    "them and over Indonesia's {country} kabupaten and kota, weighted by the census of 2020; "
    "intervals are 95% jackknife over regions; those over resampled units may lie low, for "
    "resamples repeat some units. Blank: not listed, or left out (suspect GRDP, incomplete "
    "referral flags of Banten, and no Puskesmas listed). Other choices: hospitals where the list "
    "printed them ({zeros_printed} units without a bed instead of {zeros}), totals of "
    "{dki_low:.2f} to {dki_high:.2f} beds per 1,000 for the mean of Greater Jakarta by three "
    "sources for DKI Jakarta, the civil registry's residents of 2024, and the list of 2020, in "
    "which DKI Jakarta is one unit (to be compared with the main list cut in the same way)."
)
ALT = N_(
    "Table of {units} units by seven indicators and mean rank, followed by Gini coefficients, "
    "Theil's T and its share between groups."
)

ELSEWHERE: Final = {
    "caption": N_(
        "Above: {units} units of {area} in the order of their mean rank on beds, GRDP, "
        "expenditure, HDI and poverty (1 is furthest ahead; fewer poor is ahead). Below: measures "
        "over them and over Indonesia's {country} kabupaten and kota, weighted by the census of "
        "2020; intervals are 95% jackknife over regions; those over resampled units may lie low, "
        "for resamples repeat some units. Blank: not listed, or left out (suspect GRDP, incomplete "
        "referral flags of Banten, and no Puskesmas listed). Other choices: hospitals where the "
        "list printed them ({zeros_printed} units without a bed instead of {zeros}), and the "
        "civil registry's residents of 2024."
    )
}
"""What another area than Greater Jakarta has in the place of these messages."""

MEASURES: Final = {
    "gini_jabodetabek": N_("Gini, {area}"),
    "gini_low_jabodetabek": N_("lower end, Gini, {area}"),
    "gini_high_jabodetabek": N_("upper end, Gini, {area}"),
    "gini_resampled_low_jabodetabek": N_("lower end over resampled units, Gini, {area}"),
    "gini_resampled_high_jabodetabek": N_("upper end over resampled units, Gini, {area}"),
    "theil_jabodetabek": N_("Theil T, {area}"),
    "between_share_jabodetabek": N_("share between deciding groups, {area}"),
    "ratio_jabodetabek": N_("highest to lowest, {area}"),
    "gini_java": N_("Gini, Java"),
    "theil_java": N_("Theil T, Java"),
    "between_share_java": N_("share between provinces, Java"),
    "gini_country": N_("Gini, Indonesia"),
    "gini_low_country": N_("lower end, Gini, Indonesia"),
    "gini_high_country": N_("upper end, Gini, Indonesia"),
    "theil_country": N_("Theil T, Indonesia"),
    "between_share_country": N_("share between provinces, Indonesia"),
}
"""Measures in the order of their rows: column of the made table and scope."""

OTHERS: Final = {
    "as_printed": N_("Gini, Indonesia, hospitals as printed"),
    "theil_as_printed": N_("Theil T, Indonesia, hospitals as printed"),
    "dukcapil_2024": N_("Gini, Indonesia, residents of 2024"),
    "all_rows": N_("Gini, Indonesia, nothing left out"),
    "dki_sirs_2020": N_("Gini, Greater Jakarta, DKI beds of SIRS 2020"),
    "dki_register_2021": N_("Gini, Greater Jakarta, DKI beds of the register 2021"),
    "dki_as_one": N_("Gini, Java, DKI as one unit"),
    "sirs_2020": N_("Gini, Java, DKI as one unit, list of 2020"),
}
"""Rows of other choices; those of two other scopes are on the beds of DKI Jakarta."""

_OTHER_SCOPE: Final = {
    "dki_sirs_2020": "jabodetabek",
    "dki_register_2021": "jabodetabek",
    "dki_as_one": "java",
    "sirs_2020": "java",
}
HOME: Final = "jabodetabek"
LOCAL: Final = {name.replace(HOME, "area"): words for name, words in MEASURES.items()}
"""The measures of another area: its id is no part of their names."""
BETWEEN: Final = "between_share_area"
"""That which says nothing where there is one group."""

INDICATORS: Final = ("beds", "referral_beds", "puskesmas", "grdp", "expenditure", "hdi", "poverty")
RANKED: Final = ("beds", "grdp", "expenditure", "hdi", "poverty")

ROWS: Final = MEASURES | LOCAL | OTHERS
"""Words for the rows that are no units."""

FORMS: Final = {name: ".1f" if name.startswith("ratio_") else ".3f" for name in ROWS}
"""Coefficients and shares are written alike in every column, whatever its own unit is."""

_Indicator = partial(Column, kind="number", form_by="row", forms=FORMS)

COLUMNS = (
    Column("row", N_("Unit or measure"), "term", ROWS),
    _Indicator("beds", N_("Hospital beds per 1,000"), form=".2f"),
    _Indicator("referral_beds", N_("Referral beds per 1,000"), form=".2f"),
    _Indicator("puskesmas", N_("Puskesmas per 100,000"), form=".2f"),
    _Indicator("grdp", N_("GRDP per head, thousand rupiah"), form=".0f"),
    _Indicator("expenditure", N_("Expenditure per head, thousand rupiah a year"), form=".0f"),
    _Indicator("hdi", N_("HDI"), form=".2f"),
    _Indicator("poverty", N_("Poverty, per cent"), form=".2f"),
    Column("mean_rank", N_("Mean rank"), "number", form=".1f"),
)


def prepare(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the units in the order of their mean rank, then the measures.

    Returns
    -------
    pandas.DataFrame
        part (unit, measure, other), row, the indicators, mean_rank; and zero_units (of beds, of
        measures only) and mean (of beds).
    """
    area = choices["area"]
    is_home = area["id"] == HOME
    units = _units(tables, area["units"])
    # The scope of the area is its id, and the names of its measures are those of `LOCAL`.
    scopes = tables["inequality"]["scope"].replace({} if is_home else {area["id"]: "area"})
    found = {
        key: part.set_index("indicator")
        for key, part in tables["inequality"].assign(scope=scopes).groupby(["scope", "variant"])
    }
    parts = [units.assign(part="unit")]
    one_group = len(area["deciders"]) == 1
    for name in MEASURES if is_home else LOCAL:
        if one_group and name == BETWEEN:
            continue
        measure, scope = name.rsplit("_", 1)
        parts.append(_row(name, found[scope, "main"], measure).assign(part="measure"))
    for name in (name for name in OTHERS if is_home or name not in _OTHER_SCOPE):
        variant = name.removeprefix("theil_")
        measure = "theil" if name.startswith("theil_") else "gini"
        scope = _OTHER_SCOPE.get(variant, "country")
        parts.append(_row(name, found[scope, variant], measure).assign(part="other"))
    columns = ["part", "row", *INDICATORS, "mean_rank", "beds_zero_units", "beds_mean", "units"]
    return pd.concat(parts, ignore_index=True).reindex(columns=columns)


def _units(tables: Tables, units: list[str]) -> pd.DataFrame:
    """Return the indicators of the units and their mean rank, furthest ahead first."""
    gazetteer = Gazetteer(tables["geography/regions.csv"])
    values = tables["inequality_values"]
    main = values[(values["variant"] == "main") & values["region_code"].isin(units)]
    main = main[main["left_out"] == ""]
    wide = main.pivot(index="region_code", columns="indicator", values="value")
    ranks = wide[list(RANKED)].rank(ascending=False)
    ranks["poverty"] = wide["poverty"].rank()
    wide["mean_rank"] = ranks.mean(axis="columns")
    wide = wide.reset_index().sort_values(["mean_rank", "region_code"], ignore_index=True)
    return wide.assign(row=wide["region_code"].map(gazetteer.name))


def _row(name: str, measured: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return one measure of all indicators as one row."""
    row: dict[Any, Any] = {"row": name} | measured[measure].to_dict()
    if "beds" in measured.index:
        row |= {f"beds_{part}": measured[part]["beds"] for part in ("zero_units", "mean")}
        row["units"] = measured["units"]["beds"]
    return pd.DataFrame([row])


def facts(data: pd.DataFrame) -> Facts:
    """Return the numbers and names that the texts name."""
    units = data[data["part"] == "unit"]
    measures = data.set_index("row")
    means = measures["beds_mean"]
    sources = ("gini_jabodetabek", "dki_sirs_2020", "dki_register_2021")
    totals = [means[name] for name in sources if name in means]
    return {
        "first": units["row"].iloc[0],
        "last": units["row"].iloc[-1],
        "units": len(units),
        "ranked": len(RANKED),
        "ratio": float(units["beds"].max() / units["beds"].min()),
        "country": int(measures["units"]["gini_country"]),
        "zeros": int(measures["beds_zero_units"]["gini_country"]),
        "zeros_printed": int(measures["beds_zero_units"]["as_printed"]),
    } | ({"dki_low": float(min(totals)), "dki_high": float(max(totals))} if totals else {})
