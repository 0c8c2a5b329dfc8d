"""How much of the epidemic of DKI Jakarta was counted: burials, all deaths, antibodies.

Confirmed cases and deaths are what was tested. Burials under COVID-19 protocol took in all who
were suspected to have it; some of them had not. Both are counted by their own days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from gotong.config import Ascertainment
from gotong.growth import weekly_dispersion
from gotong.intervals import percentile_interval
from gotong.provenance import seed_of
from gotong.regions import DKI
from gotong.severity import ascertainment, count_ratio
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]

CITY = "DKI Jakarta"
BURIALS, EXCESS, INFECTIONS, FATALITY = (
    "burials_per_death",
    "excess_per_death",
    "infections_per_case",
    "infection_fatality",
)
WEEK: Final = 7

_PER_CENT = 100
_UNITS = {
    BURIALS: "burials per confirmed death",
    EXCESS: "excess deaths per confirmed death",
    INFECTIONS: "infections per confirmed case",
    FATALITY: "per cent of infections",
}


@dataclass(frozen=True)
class _Number:
    """One number of under-ascertainment, before it is put into the table.

    Attributes
    ----------
    quantity, area : str
        What is compared, and where.
    span : tuple of pandas.Timestamp
        First and last day.
    bounds : array_like
        Value, low and high.
    parts : tuple of float
        What was divided, and by what.
    """

    quantity: str
    area: str
    span: tuple[pd.Timestamp, pd.Timestamp]
    bounds: ArrayLike
    parts: tuple[float, float]

    def row(self) -> dict[str, Any]:
        """Return the row of the table."""
        value, low, high = (float(number) for number in np.asarray(self.bounds))
        return {
            "quantity": self.quantity,
            "area": self.area,
            "start": self.span[0],
            "end": self.span[1],
            "value": value,
            "low": low,
            "high": high,
            "above": float(self.parts[0]),
            "below": float(self.parts[1]),
        }


def make(tables: Tables, choices: Mapping[str, Any]) -> pd.DataFrame:
    """Return what was not counted, as ratios.

    Returns
    -------
    pandas.DataFrame
        quantity, area, start, end (days that it is about), value, low, high (95 %, or bounds),
        above and below (what was divided by what), unit; sorted by its key.

    Notes
    -----
    Ratio of burials: intervals from blocks of weeks, resampled (Kuensch 1989,
    10.1214/aos/1176347265); of a month log-normal, widened by the dispersion of weekly counts
    (`severity.count_ratio`). Excess: deaths of a month less the mean of the same month of the
    years before; bounds from the least and the most of them. Infections: the interval of the
    survey; cases are those reported as long before its middle as antibodies take to show.
    """
    chosen = Ascertainment.model_validate(choices["ascertainment"])
    numbers = [
        *_burials(tables["epidemic/dki_2020_daily.csv"], chosen),
        *_excess(
            tables["epidemic/jakarta_deaths_monthly.csv"],
            tables["cases/dki_site_daily.csv"],
            chosen.base_years,
        ),
        *_infections(
            tables["epidemic/seroprevalence.csv"],
            tables["cases/dki_site_daily.csv"],
            _residents(tables["context/population_sp2020.csv"]),
            chosen.seroconversion_days,
        ),
    ]
    found = pd.DataFrame([number.row() for number in numbers])
    found["unit"] = found["quantity"].map(_UNITS)
    types: dict[str, Any] = dict.fromkeys(("quantity", "area", "unit"), "str")
    types |= {"start": DATE, "end": DATE}
    return found.astype(types).sort_values(["quantity", "area", "start", "end"], ignore_index=True)


def _residents(population: pd.DataFrame) -> int:
    """Return the residents of DKI Jakarta, census of 2020."""
    return int(population.loc[population["region_code"].str.startswith(DKI), "total"].sum())


def _burials(daily: pd.DataFrame, chosen: Ascertainment) -> Iterator[_Number]:
    """Yield burials under protocol per confirmed death: of all days, and of whole months."""
    days = daily.sort_values("date", ignore_index=True)
    counts = days[["burials", "deaths"]].to_numpy(dtype="float64")
    weeks = counts[: len(days) // WEEK * WEEK].reshape(-1, WEEK, 2).sum(axis=1)
    above, below = counts.sum(axis=0)
    interval = percentile_interval(float(above / below), _ratio(_resampled(weeks, chosen)))
    span = (days["date"].iloc[0], days["date"].iloc[-1])
    bounds = (interval.estimate, interval.low, interval.high)
    yield _Number(BURIALS, CITY, span, bounds, (above, below))
    # Weekly counts vary more than Poisson's; the more variable of the two stands for both.
    dispersion = max(1.0, float(weekly_dispersion(weeks.T).max()))
    for month, part in days.groupby(days["date"].dt.to_period("M")):
        if len(part) == month.days_in_month:
            parts = (float(part["burials"].sum()), float(part["deaths"].sum()))
            ratio = count_ratio(*parts, dispersion=dispersion)
            span = (part["date"].iloc[0], part["date"].iloc[-1])
            yield _Number(BURIALS, CITY, span, (ratio.value, ratio.low, ratio.high), parts)


def _resampled(weeks: np.ndarray, chosen: Ascertainment) -> np.ndarray:
    """Return sums of burials and deaths over resampled blocks of weeks, shape (draws, 2)."""
    rng = np.random.default_rng(seed_of("ascertainment"))
    length, draws = chosen.block_weeks, chosen.draws
    blocks = -(-len(weeks) // length)
    starts = rng.integers(0, len(weeks) - length + 1, (draws, blocks))
    places = (starts[:, :, np.newaxis] + np.arange(length)).reshape(draws, -1)[:, : len(weeks)]
    return np.asarray(weeks[places].sum(axis=1))


def _ratio(sums: np.ndarray) -> np.ndarray:
    """Return burials over deaths of each draw; NaN where nobody died."""
    above, below = sums.T
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _excess(
    monthly: pd.DataFrame, site: pd.DataFrame, base_years: Iterable[int]
) -> Iterator[_Number]:
    """Yield excess over confirmed deaths of the months from the first confirmed death on."""
    first = site.loc[site["deaths"] > 0, "date"].min().to_period("M").start_time
    epidemic = monthly[monthly["start_date"] >= first]
    base = monthly[monthly["start_date"].dt.year.isin(list(base_years))]
    same = base[base["start_date"].dt.month.isin(epidemic["start_date"].dt.month)]
    by_year = same.groupby(same["start_date"].dt.year)["total_deaths"].sum().to_numpy(float)
    span = (epidemic["start_date"].min(), epidemic["end_date"].max())
    confirmed = float(site.loc[site["date"].between(*span), "deaths"].sum())
    excess = float(epidemic["total_deaths"].sum()) - by_year
    bounds = (excess.mean() / confirmed, excess.min() / confirmed, excess.max() / confirmed)
    yield _Number(EXCESS, CITY, span, bounds, (excess.mean(), confirmed))


def _infections(
    surveys: pd.DataFrame, site: pd.DataFrame, residents: int, seroconversion_days: int
) -> Iterator[_Number]:
    """Yield infections per confirmed case, and confirmed deaths among infections."""
    totals = site.set_index("date")[["cases", "deaths"]].cumsum().astype("float64")
    for survey in surveys.to_dict("records"):
        area, span = str(survey["area"]), (survey["start_date"], survey["end_date"])
        shares = np.array([survey["share"], survey["low"], survey["high"]])
        reported = float(survey["reported_share"])
        if not np.isnan(reported):
            yield _Number(INFECTIONS, area, span, shares / reported, (shares[0], reported))
            continue
        infected = shares * residents
        middle = span[0] + (span[1] - span[0]) // 2
        cases = totals.loc[middle.normalize() - pd.Timedelta(days=seroconversion_days), "cases"]
        counted = ascertainment(cases, shares[0], shares[1], shares[2], residents)
        per_case = [1 / float(each) for each in (counted.value, counted.high, counted.low)]
        yield _Number(INFECTIONS, area, span, per_case, (infected[0], cases))
        deaths = totals.loc[span[1], "deaths"]
        fatality = _PER_CENT * deaths / infected[[0, 2, 1]]
        yield _Number(FATALITY, area, span, fatality, (deaths, infected[0]))
