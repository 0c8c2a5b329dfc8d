"""A generated country of any number of regions: what a panel of all its villages would join.

Each region is drawn from a generator of its own, so that a region's data do not depend on how
many others there are or on the blocks in which they are made. The country's cases are the same
however finely it is divided: smaller regions have fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from gotong.contracts import DYADS
from gotong.tables import DATE
from gotong.validation.epidemics import WEEKDAY_SHARES, autoregressive

FIRST_DAY: Final = "2020-03-02"

FIRST_PROVINCE, PROVINCES = 11, 34
CASES: Final = 6_000_000
"""Confirmed cases of the country over all days, about those of Indonesia to September 2022."""

RESIDENTS: Final = 270_000_000

WAVE_SD, WAVE_MEMORY = 0.12, 0.95
"""Growth per week of the country's epidemic: its standard deviation and memory by week."""

REGION_SPREAD: Final = 0.8
"""Standard deviation of the log of the cases per resident over regions."""

DAY_SIZE: Final = 5.0
"""Size of the negative binomial of daily counts: variance ``mean + mean ** 2 / size``."""

FIRST_REGIME, SHORTEST, LONGEST = 31, 14, 98
"""Day of the first restriction, and days that a regime lasts, from and to."""

REGIMES: Final = ("PSBB", "PSBB transisi", "PPKM mikro", "PPKM darurat", "PPKM level")
LEVELS: Final = ("1", "2", "3", "4")

MEASURES: Final = 2
"""Measures of cooperation that start in a region."""

_CASES, _REGIMES, _MEASURES, _WAVE = range(4)
"""What a stream of chance is for."""


@dataclass(frozen=True)
class Nation:
    """The country.

    Parameters
    ----------
    regions : int
        How many regions it is divided into.
    days : int
        Days from `FIRST_DAY` on.
    seed : int
        Seed of all chance.
    """

    regions: int
    days: int
    seed: int = 1

    @property
    def codes(self) -> list[str]:
        """Codes of the regions, sorted: the province's two digits and a number."""
        return self._named(range(self.regions))

    @property
    def dates(self) -> pd.DatetimeIndex:
        """All days."""
        return pd.date_range(FIRST_DAY, periods=self.days, freq="D", unit="s")

    @property
    def residents(self) -> int:
        """Residents of each region."""
        return RESIDENTS // self.regions

    def _rng(self, purpose: int, number: int = 0) -> np.random.Generator:
        return np.random.default_rng([self.seed, purpose, number])

    def wave(self) -> np.ndarray:
        """Return the expected cases of an average region by day, shape (days,)."""
        weeks = self.days // len(WEEKDAY_SHARES) + 1
        growth = autoregressive(self._rng(_WAVE), (1, weeks), WAVE_SD, WAVE_MEMORY)[0]
        day = np.arange(self.days)
        level = np.exp(np.interp(day / len(WEEKDAY_SHARES), np.arange(weeks), growth.cumsum()))
        level *= WEEKDAY_SHARES[day % len(WEEKDAY_SHARES)]
        return level / level.sum() * CASES / self.regions

    def counts(self, numbers: Sequence[int]) -> np.ndarray:
        """Return cases by region and day.

        Parameters
        ----------
        numbers : sequence of int
            Positions of the regions, from 0.

        Returns
        -------
        numpy.ndarray of int, shape (len(numbers), days)
        """
        wave = self.wave()
        found = np.empty((len(numbers), self.days), dtype="int64")
        for row, number in enumerate(numbers):
            rng = self._rng(_CASES, number)
            share = np.exp(rng.normal(-(REGION_SPREAD**2) / 2, REGION_SPREAD))
            found[row] = rng.poisson(share * wave * rng.gamma(DAY_SIZE, 1 / DAY_SIZE, self.days))
        return found

    def cases(self, numbers: Sequence[int]) -> pd.DataFrame:
        """Return cases as ``cases/province_daily.csv`` holds them.

        Parameters
        ----------
        numbers : sequence of int
            See `counts`.
        """
        counts = self.counts(numbers).ravel()
        codes = self._named(numbers)
        return pd.DataFrame(
            {
                "region_code": pd.Series(np.repeat(codes, self.days), dtype="str"),
                "date": np.tile(self.dates.to_numpy(), len(numbers)),
                "cases": pd.Series(counts, dtype="Int64"),
                "deaths": pd.Series(counts // 40, dtype="Int64"),
                "recovered": pd.Series(counts - counts // 40, dtype="Int64"),
            }
        )

    def regimes(self, numbers: Sequence[int]) -> pd.DataFrame:
        """Return the regimes of regions as ``policy/regimes.csv`` holds them.

        Each region decides for itself, which is the most that there can be to join.

        Parameters
        ----------
        numbers : sequence of int
            See `counts`.
        """
        rows = []
        for number, code in zip(numbers, self._named(numbers), strict=True):
            rng = self._rng(_REGIMES, number)
            start = FIRST_REGIME
            while start < self.days:
                end = start + int(rng.integers(SHORTEST, LONGEST, endpoint=True))
                regime = REGIMES[rng.integers(len(REGIMES))]
                level = LEVELS[rng.integers(len(LEVELS))] if regime == REGIMES[-1] else ""
                rows.append((code, start, end - 1, regime, level))
                start = end
        codes, starts, ends, regimes, levels = zip(*rows, strict=True)
        return pd.DataFrame(
            {
                "region_code": pd.Series(codes, dtype="str"),
                "layer": pd.Series(["primary"] * len(rows), dtype="str"),
                "start_date": self._day(starts),
                "end_date": self._day(ends),
                "regime": pd.Series(regimes, dtype="str"),
                "level": pd.Series(levels, dtype="str"),
            }
        )

    def measures(self, numbers: Sequence[int]) -> pd.DataFrame:
        """Return measures of regions as ``cooperation/measures.csv`` holds them.

        Parameters
        ----------
        numbers : sequence of int
            See `counts`.
        """
        draws = [
            self._rng(_MEASURES, number).integers(
                [len(DYADS), self.days, LONGEST], size=(MEASURES, 3)
            )
            for number in numbers
        ]
        dyad, start, length = np.concatenate(draws).T
        codes = np.repeat(self._named(numbers), MEASURES)
        names = [f"{code}-{place % MEASURES}" for place, code in enumerate(codes)]
        return pd.DataFrame(
            {
                "measure_id": pd.Series(names, dtype="str"),
                "dyad": pd.Series(np.array(DYADS)[dyad], dtype="str"),
                "region_codes": pd.Series(codes, dtype="str"),
                "start_date": self._day(start),
                "end_date": self._day(start + length),
            }
        )

    def partners(self, numbers: Sequence[int]) -> np.ndarray:
        """Return the regions that border on each, on a square map read row by row, and the core.

        Parameters
        ----------
        numbers : sequence of int
            See `counts`.

        Returns
        -------
        numpy.ndarray of int, shape (len(numbers), 9)
            Positions of the eight neighbours, then of the core, region 0, or of region 1 for it.
        """
        side = int(np.sqrt(self.regions))
        steps = np.array([-side - 1, -side, -side + 1, -1, 1, side - 1, side, side + 1])
        here = np.asarray(numbers)[:, np.newaxis]
        core = np.where(here == 0, 1, 0)
        return np.concatenate([(here + steps) % self.regions, core], axis=1)

    def _named(self, numbers: Sequence[int]) -> list[str]:
        width = len(str(self.regions))
        return [
            f"{FIRST_PROVINCE + number * PROVINCES // self.regions}{number:0{width}d}"
            for number in numbers
        ]

    def _day(self, number: Sequence[int] | np.ndarray) -> pd.Series:
        """Return days, counted from the first, as dates."""
        first = np.datetime64(FIRST_DAY, "D")
        return pd.Series(first + np.asarray(number, dtype="timedelta64[D]")).astype(DATE)
