"""F15 draws the incidence of the panels, shaded by the rules that held, and nothing else."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from gotong import style
from gotong.exhibits import f15_curves as f15
from gotong.i18n import Language
from gotong.tables import DATE

NAN = np.nan
CHOICES = {
    "area": {
        "core": "31",
        "units": ["3171", "3276", "3671"],
        "proxies": ["36"],
        "deciders": [
            {"name": "DKI Jakarta", "members": ["31"]},
            {"name": "Bodebek", "members": ["3276"]},
            {"name": "Tangerang Raya", "members": ["3671"]},
        ],
    },
    "figures": {"curves": {"start": "2020-04-02", "end": "2020-04-24"}},
}
SAID = {"title": "a title", "sources": "sources"}
EN, INDONESIAN = Language("en"), Language("id")
DAYS = pd.date_range("2020-04-01", "2020-04-25", unit="s")


def panel(rows):
    """Return panel columns from code -> (incidence by day, regime by day, strictness by day)."""
    parts = []
    for code, (incidence, regime, strictness) in rows.items():
        known = pd.Series(incidence, dtype="float64")
        parts.append(
            pd.DataFrame(
                {
                    "region_code": pd.Series([code] * len(DAYS), dtype="str"),
                    "date": DAYS.astype(DATE),
                    "incidence_7d_per_100k": known,
                    "cases": known.round().astype("Int64"),
                    "cases_flag": "",
                    "regime": pd.Series(regime, dtype="str"),
                    "level": pd.Series(
                        ["2" if name == "PPKM level" else "" for name in regime], dtype="str"
                    ),
                    "strictness": strictness,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


N = len(DAYS)
RULES = ["PSBB"] * 10 + ["PPKM level"] * (N - 10)
STRICT = [4.0] * 10 + [2.0] * (N - 10)
# A hole of ten days in the means: the first file ends on day 5, the next starts on day 9.
LOCAL = [3.0] * 5 + [NAN] * 10 + [6.0, 8.0, 7.0, 5.0, 4.0] + [NAN] * 5
UNITS = panel(
    {
        "3171": ([NAN] * N, RULES, STRICT),
        "3276": (LOCAL, RULES, STRICT),
        "3671": ([NAN] * N, ["PSBB"] * N, [4.0] * 20 + [NAN] * 5),
    }
)
PROVINCES = panel(
    {
        "31": (np.linspace(10, 34, N), RULES, STRICT),
        "36": (np.linspace(9, 1, N), [""] * N, [NAN] * N),
    }
)
REGIONS = pd.DataFrame(
    {
        "region_code": ["31", "3171", "3276", "36", "3671"],
        "kemendagri_code": ["31", "3174", "3276", "36", "3671"],
        "level": ["province", "kota", "kota", "province", "kota"],
        "name": ["DKI Jakarta", "Jakarta Selatan", "Kota Depok", "Banten", "Kota Tangerang"],
        "province_code": ["31", "31", "32", "36", "36"],
    }
).astype("str")


ZONES = {
    "cases/risk_zones_2020.csv": pd.DataFrame(
        {
            "region_code": ["3276", "3671", "3671", "3671"],
            "date": pd.to_datetime(["2020-04-05", "2020-04-05", "2020-04-19", "2020-04-26"]),
            "zone": ["high", "high", "medium", "low"],
        }
    ),
    "cases/risk_zones_2022.csv": pd.DataFrame(
        {"region_code": ["3671"], "date": pd.to_datetime(["2022-04-05"]), "zone": ["low"]}
    ),
}


@pytest.fixture(scope="module")
def data():
    tables = ZONES | {
        "panel_jabodetabek": UNITS,
        "panel_province": PROVINCES,
        "geography/regions.csv": REGIONS,
    }
    return f15.prepare(tables, CHOICES)


def test_the_core_the_units_with_a_series_and_the_proxy_are_shown_in_that_order(data):
    curves = data[data["role"] != f15.ZONE]
    shown = curves[["region", "role", "ruled_by"]].drop_duplicates().to_numpy().tolist()
    assert shown == [
        ["DKI Jakarta", "core", "Jakarta Selatan"],
        ["Kota Depok", "local", "Kota Depok"],
        ["Banten", "proxy", "Kota Tangerang"],
    ]


def test_only_the_days_of_the_configuration_are_shown_with_the_values_of_the_panels(data):
    depok = data[data["region_code"] == "3276"]
    assert depok["date"].iloc[[0, -1]].dt.strftime("%m-%d").tolist() == ["04-02", "04-24"]
    np.testing.assert_array_equal(depok["incidence_7d_per_100k"], LOCAL[1:24])
    assert depok["regime"].iloc[[0, -1]].tolist() == ["PSBB", "PPKM level 2"]


def test_the_proxy_is_shaded_by_a_unit_that_lies_in_it(data):
    banten = data[data["region_code"] == "36"]
    assert set(banten["regime"]) == {"PSBB"}
    np.testing.assert_array_equal(banten["strictness"], [4.0] * 19 + [NAN] * 4)


def test_facts(data):
    found = f15.facts(data)
    assert found["charts"] == 3
    assert found["names"] == "DKI Jakarta, Kota Depok, Banten"
    assert (found["core_peak_region"], found["core_peak_day"]) == (
        "DKI Jakarta",
        pd.Timestamp("2020-04-24"),
    )
    assert found["core_peak"] == pytest.approx(33)
    assert (found["local_peak"], found["local_peak_day"]) == (8, pd.Timestamp("2020-04-17"))
    assert found["proxy_peak"] == pytest.approx(9 - 8 / 24)
    assert found["proxy_rules"] == "Kota Tangerang"
    # Ten days without a mean, of which seven belong to the start of the second file.
    assert found["gap_days"] == 3
    assert found["gap_end"] == pd.Timestamp("2020-04-08")
    assert found["local_end"] == pd.Timestamp("2020-04-20")


def test_the_texts_are_filled_in_both_languages(data):
    for language in (EN, INDONESIAN):
        for message in (f15.TITLE, f15.CAPTION, f15.ALT):
            assert "{" not in language.fill(message, f15.facts(data))


@pytest.fixture
def charts(data):
    with style.settings():
        figure = f15.draw(data, EN, SAID)
    return [axes for axes in figure.axes if axes.get_title(loc="left")]


def test_each_chart_draws_its_curve_and_breaks_it_where_nothing_is_known(charts):
    assert [axes.get_title(loc="left") for axes in charts] == [
        "DKI Jakarta",
        "Kota Depok",
        "Banten (province, in place of Tangerang Raya)",
    ]
    (line,) = charts[1].lines
    np.testing.assert_array_equal(np.asarray(line.get_ydata(), dtype=float), LOCAL[1:24])
    words = [text.get_text() for text in charts[1].texts]
    assert words == ["ends 20 April 2020", "gap"]
    assert not charts[0].texts


def test_shading_follows_strictness_and_is_hatched_where_that_is_not_known(charts):
    colours = [patch.get_facecolor() for patch in charts[0].patches]
    assert colours == [style.STRICTNESS(1.0), style.STRICTNESS(0.5)]
    ground = [patch for patch in charts[2].patches if patch.get_zorder() < 4]
    assert [patch.get_hatch() for patch in ground] == [None, style.UNKNOWN["hatch"]]
    hatched = ground[1]
    assert (hatched.get_x(), hatched.get_width()) == (date2num(pd.Timestamp("2020-04-21")), 4)


def test_the_key_hatches_what_is_hatched_and_breaks_no_name(data):
    long = ["PPKM mikro diperketat", "PPKM Jawa-Bali (PSBB ketat)", "PPKM Jawa-Bali (PSBB lama)"]
    rows = data.head(4).assign(regime=[*long, "PPKM level"], strictness=[3.0, 3.0, 3.0, NAN])
    with style.settings():
        key = Figure().add_subplot()
        f15._key(key, rows, 3.0, EN)
    assert [patch.get_hatch() for patch in key.patches] == [None, style.UNKNOWN["hatch"]]
    lines = "\n".join(text.get_text() for text in key.texts).replace("\N{NO-BREAK SPACE}", " ")
    assert "\n    " in lines
    assert all(name in lines for name in long)


def test_a_gap_is_named_above_the_curve(charts):
    depok = charts[1]
    (gap,) = [text for text in depok.texts if text.get_text() == "gap"]
    assert gap.xy[1] == max(value for value in LOCAL if not np.isnan(value))


def test_few_cases_are_drawn_at_the_edge_and_no_case_not_at_all():
    daily = PROVINCES.set_index("date")["incidence_7d_per_100k"].copy()
    daily["2020-04-10"], daily["2020-04-11"] = 0.0, 0.01
    low = PROVINCES.assign(incidence_7d_per_100k=daily.to_numpy())
    tables = ZONES | {
        "panel_jabodetabek": UNITS,
        "panel_province": low,
        "geography/regions.csv": REGIONS,
    }
    with style.settings():
        made = f15.prepare(tables, CHOICES)
        figure = f15.draw(made, EN, SAID)
    drawn = np.asarray(figure.axes[0].lines[0].get_ydata(), dtype=float)
    assert np.flatnonzero(np.isnan(drawn)).tolist() == [8]
    assert np.flatnonzero(drawn == f15.LOW).tolist() == [9]
    # In both provinces.
    assert (f15.facts(made)["below"], f15.facts(made)["floor"]) == (2, f15.LOW)
    assert "{below}" in f15.CAPTION
    assert "{below}" in f15.ELSEWHERE["caption"]


@pytest.mark.parametrize("days", [[], ["2020-04-05"], ["2020-04-05", "2020-04-06", "2020-04-20"]])
def test_flagged_days_are_marked_with_their_corrections(days):
    meant = (UNITS["region_code"] == "3276") & UNITS["date"].isin(pd.to_datetime(days))
    tables = ZONES | {
        "panel_jabodetabek": UNITS.assign(cases_flag=np.where(meant, "K19", "")),
        "panel_province": PROVINCES,
        "geography/regions.csv": REGIONS,
    }
    made = f15.prepare(tables, CHOICES)
    assert f15.facts(made)["flagged"] == len(days)
    with style.settings():
        core, depok, *_ = f15.draw(made, EN, SAID).axes
    marks = [line for line in depok.lines if line.get_label() == "flag"]
    covered = [int(end - start) for start, end in (mark.get_xdata() for mark in marks)]
    assert sum(covered) == len(days)
    assert [text.get_text() for text in depok.texts].count("K19") == len(marks)
    assert not [line for line in core.lines if line.get_label() == "flag"]


def test_many_charts_have_their_key_in_a_row_of_its_own():
    days = pd.date_range("2020-03-01", periods=60)
    codes = [f"32{number:02d}" for number in range(1, f15.FEW + 2)]
    parts = [
        pd.DataFrame(
            {
                "region_code": code,
                "region": f"Kab. {code}",
                "role": "local",
                "ruled_by": f"Kab. {code}",
                "date": days,
                "incidence_7d_per_100k": 5.0,
                "flag": "",
                "regime": ["PSBB"] * 30 + [""] * 30,
                "strictness": [4.0] * 30 + [float("nan")] * 30,
            }
        )
        for code in codes
    ]
    with style.settings():
        figure = f15.draw(pd.concat(parts, ignore_index=True), EN, SAID)
        figure.draw_without_rendering()
    named = [axes for axes in figure.axes if axes.get_title(loc="left")]
    assert [axes.get_title(loc="left") for axes in named] == [f"Kab. {code}" for code in codes]
    (legend,) = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
    assert [text.get_text() for text in legend.get_texts()] == ["4  PSBB", "regime not coded"]
    box = legend.get_window_extent()
    assert box.x1 < figure.bbox.x1
    assert box.y1 < min(axes.get_window_extent().y0 for axes in named)


def test_zones_stand_for_the_regions_behind_a_proxy_on_the_days_that_are_shown(data):
    zones = data[data["role"] == f15.ZONE]
    # Depok has a series of its own; 26 April and 2022 lie outside.
    assert zones[["region_code", "zone"]].to_numpy().tolist() == [
        ["3671", "high"],
        ["3671", "medium"],
    ]
    found = f15.facts(data)
    assert (found["zoned"], found["zone_days"], found["zone_high"]) == ("Kota Tangerang", 2, 1)
    assert found["zone_end"] == pd.Timestamp("2020-04-05")
    assert found["names"] == "DKI Jakarta, Kota Depok, Banten"


def test_the_strip_of_zones_starts_on_their_days_and_is_darker_where_higher(charts):
    strip = [patch for patch in charts[2].patches if patch.get_zorder() == 5]
    assert [patch.get_x() for patch in strip] == [
        date2num(pd.Timestamp(day)) for day in ("2020-04-05", "2020-04-19")
    ]
    light = [np.dot(patch.get_facecolor()[:3], (0.3, 0.59, 0.11)) for patch in strip]
    assert light[0] < light[1]
    assert "Kota Tangerang" in [text.get_text() for text in charts[2].texts]
    assert not [patch for patch in charts[1].patches if patch.get_zorder() == 5]


def test_shades_of_zones_keep_their_order_in_grey():
    order = ("no_cases", "low", "medium", "high")
    hexes = [f15.ZONES[zone][1].lstrip("#") for zone in order]
    grey = [np.dot([int(h[at : at + 2], 16) for at in (0, 2, 4)], (0.3, 0.59, 0.11)) for h in hexes]
    assert (np.diff(grey) < -40).all()


def test_an_area_without_a_proxy_has_no_zones(data):
    choices = CHOICES | {"area": CHOICES["area"] | {"proxies": []}}
    tables = ZONES | {
        "panel_jabodetabek": UNITS,
        "panel_province": PROVINCES,
        "geography/regions.csv": REGIONS,
    }
    assert f15.ZONE not in set(f15.prepare(tables, choices)["role"])


def test_flagged_days_of_a_chart_with_a_strip_are_marked_below_it():
    meant = (PROVINCES["region_code"] == "36") & (PROVINCES["date"] == pd.Timestamp("2020-04-05"))
    tables = ZONES | {
        "panel_jabodetabek": UNITS,
        "panel_province": PROVINCES.assign(cases_flag=np.where(meant, "K09", "")),
        "geography/regions.csv": REGIONS,
    }
    with style.settings():
        figure = f15.draw(f15.prepare(tables, CHOICES), EN, SAID)
    banten = next(axes for axes in figure.axes if "Banten" in axes.get_title(loc="left"))
    (mark,) = [line for line in banten.lines if line.get_label() == "flag"]
    strip = [patch.get_y() for patch in banten.patches if patch.get_zorder() == 5]
    assert max(mark.get_ydata()) < min(strip)
