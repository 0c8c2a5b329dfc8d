"""T01 and T06 list units, measures and scenarios in their order."""

import numpy as np
import pandas as pd
import pytest

from gotong.exhibits import t01_inequality as t01
from gotong.exhibits import t06_pooling as t06
from gotong.html import rows
from gotong.i18n import Language

EN = Language("en")
REGIONS = pd.DataFrame(
    {
        "region_code": ["3171", "3276"],
        "kemendagri_code": ["3174", "3276"],
        "level": ["kota", "kota"],
        "name": ["Jakarta Selatan", "Kota Depok"],
        "province_code": ["31", "32"],
    }
).astype("str")


def values():
    # Depok has less of everything, poverty included, and no flag of referral.
    parts = []
    for place, name in enumerate(t01.INDICATORS):
        frame = pd.DataFrame({"region_code": ["3276", "3171"], "value": [1.0 + place, 8.0 + place]})
        left_out = ["flags_incomplete", ""] if name == "referral_beds" else ["", ""]
        parts.append(frame.assign(indicator=name, variant="main", left_out=left_out))
    return pd.concat(parts, ignore_index=True)


def inequality():
    names = ["scope", "variant", "indicator"]
    keys = [
        (scope, variant, indicator)
        for scope in ("country", "java", "jabodetabek")
        for variant in ("main", *t01.OTHERS)
        for indicator in (t01.INDICATORS if variant == "main" else ("beds",))
    ]
    frame = pd.DataFrame(keys, columns=names)
    ends = [f"gini_{end}" for end in ("low", "high", "resampled_low", "resampled_high")]
    for name in ("gini", *ends, "theil", "between_share", "ratio", "mean"):
        frame[name] = np.arange(len(frame)) / 100
    return frame.assign(zero_units=3, units=9)


CHOICES_T01 = {"area": {"id": "jabodetabek", "units": ["3171", "3276"], "deciders": [{}, {}]}}


@pytest.fixture(scope="module")
def table():
    tables = {
        "geography/regions.csv": REGIONS,
        "inequality_values": values(),
        "inequality": inequality(),
    }
    return t01.prepare(tables, CHOICES_T01)


def test_units_stand_in_the_order_of_their_mean_rank_with_poverty_turned_round(table):
    units = table[table["part"] == "unit"]
    assert units["row"].tolist() == ["Jakarta Selatan", "Kota Depok"]
    # First on four indicators of five, second on poverty.
    assert units["mean_rank"].tolist() == pytest.approx([6 / 5, 9 / 5])
    assert np.isnan(units["referral_beds"].iloc[1])


def test_measures_are_those_of_their_scope_and_variant(table):
    measured = inequality().set_index(["scope", "variant", "indicator"])
    found = table.set_index("row")
    wanted = measured.loc[("country", "main", "hdi"), "gini"]
    assert found.loc["gini_country", "hdi"] == wanted
    wanted = measured.loc[("java", "sirs_2020", "beds"), "gini"]
    assert found.loc["sirs_2020", "beds"] == wanted
    assert np.isnan(found.loc["sirs_2020", "hdi"])
    shown = rows(table, t01.COLUMNS, EN)
    assert len(shown) == 2 + len(t01.MEASURES) + len(t01.OTHERS)
    assert shown[2][0] == "Gini, Greater Jakarta"
    assert t01.facts(table)["ratio"] == 8.0


POOLING = {
    "waves": {
        "late": {"start": "2021-06-01", "end": "2021-07-31"},
        "early": {"start": "2020-12-01", "end": "2021-02-28"},
    },
    "hospitalised_share": {"low": 0.16, "mid": 0.28, "high": 0.4},
    "capacity_sources": ["reported", "planned"],
    "core_need": "as_others",
    "stay_days": 10,
    "planned_by": {},
    "adjacent_gap": 0.002,
    "farthest_km": 60.0,
}


def scenarios():
    rows_of = [
        (wave, "reported", share, source, core, way, 100.0, unmet)
        for wave in ("late", "early")
        for share in (0.16, 0.28, 0.4)
        for source in ("planned", "reported")
        for core in ("residents", "as_others")
        for way, unmet in (("pooled", 2.0), ("alone", 20.0), ("neighbours", 5.0))
    ]
    names = ["wave", "basis", "hospitalised_share", "capacity_source", "core_need", "exchange"]
    frame = pd.DataFrame(rows_of, columns=[*names, "needed", "unmet"])
    averted = (1 - frame["unmet"] / 20.0).where(frame["hospitalised_share"] > 0.16)
    return frame.assign(
        unmet_share=frame["unmet"] / 100,
        averted_share=averted,
        days_unmet=1,
        treated_elsewhere=frame["exchange"].map({"pooled": 0.1}),
        to_better_supplied=frame["exchange"].map({"pooled": 0.6, "neighbours": 0.7}),
        km_per_patient=12.0,
    )


def test_a_scenario_is_a_row_and_that_in_front_comes_first_in_each_wave():
    found = t06.prepare({"pooling": scenarios()}, {"pooling": POOLING})
    first = found.iloc[0]
    assert (first["wave"], first["hospitalised_share"]) == ("early", 0.28)
    assert (first["capacity_source"], first["core_need"]) == ("reported", "as_others")
    assert found["core_need"].tolist()[:2] == ["as_others", "residents"]
    assert found["hospitalised_share"].tolist()[:12:4] == [0.28, 0.16, 0.4]
    assert len(found) == len(scenarios()) / 3
    # 20 of 100 are unmet alone; 5 with neighbours, 2 with all; journeys are those of all.
    shares = first[["unmet_share", "averted_neighbours", "averted_pooled"]]
    assert list(shares) == pytest.approx([0.2, 0.75, 0.9])
    assert list(first[["treated_elsewhere", "to_better_supplied"]]) == [0.1, 0.6]
    facts = t06.facts(found)
    assert (facts["scenarios"], facts["some"]) == (24, 24)
    assert (facts["least"], facts["most"]) == (0.9, 0.9)
    shown = rows(found, t06.COLUMNS, EN)
    assert shown[0][0] == "1 December 2020"
    assert shown[0][4] == "dated reports, else plan"


@pytest.mark.parametrize(("code", "point"), [("id", ","), ("en", ".")])
def test_the_numbers_of_an_indicator_have_as_many_decimals_in_all_units(table, code, point):
    written = pd.DataFrame(rows(table, t01.COLUMNS, Language(code)))
    parts = {"unit": [2, 2, 2, 0, 0, 2, 2, 1], "measure": [3] * 7, "other": [3] * 7}
    is_ratio = table["row"].str.startswith("ratio_")
    for part, wanted in parts.items():
        cells = written[(table["part"] == part) & ~is_ratio]
        for column, decimals in enumerate(wanted, start=1):
            shown = [cell for cell in cells[column] if cell]
            assert {len(cell.partition(point)[2]) for cell in shown} <= {decimals}
            assert shown or part == "other"
    assert {len(cell.partition(point)[2]) for cell in written[is_ratio][1]} == {1}


def test_another_area_has_its_own_measures_and_none_on_the_beds_of_dki():
    found = inequality().replace({"scope": {"jabodetabek": "bandung_raya"}})
    area = CHOICES_T01["area"] | {"id": "bandung_raya", "deciders": [{}]}
    tables = {
        "geography/regions.csv": REGIONS,
        "inequality_values": values(),
        "inequality": found,
    }
    table = t01.prepare(tables, {"area": area})
    rows = set(table["row"])
    assert {"gini_area", "ratio_area", "gini_country", "as_printed", "dukcapil_2024"} <= rows
    # With one group there is nothing between groups.
    assert not {name for name in rows if "dki" in name or "jabodetabek" in name}
    assert "between_share_area" not in rows
    own = found.set_index(["scope", "variant", "indicator"])["gini"]
    shown = table.set_index("row")["hdi"]["gini_area"]
    assert shown == own["bandung_raya", "main", "hdi"]
    assert "dki_low" not in t01.facts(table)
