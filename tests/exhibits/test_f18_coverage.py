"""F18 draws each stretch of known days once, under the names of those who published them."""

from string import Formatter

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from gotong import style
from gotong.exhibits import f18_coverage as f18
from gotong.exhibits import registers
from gotong.i18n import Language
from gotong.sources.registry import read_registry
from gotong.tables import DATE

EN, INDONESIAN = Language("en"), Language("id")
SAID = {"title": "a title", "sources": "sources"}
REGIONS = pd.DataFrame(
    {
        "region_code": ["31", "3171", "3276", "3603"],
        "kemendagri_code": ["31", "3174", "3276", "3603"],
        "level": ["province", "kota", "kota", "kabupaten"],
        "name": ["DKI Jakarta", "Jakarta Selatan", "Kota Depok", "Kab. Tangerang"],
        "province_code": ["31", "31", "32", "36"],
    }
).astype("str")
STRETCHES = [
    # indicator, region, first day, last day (of January 2021), state
    ("cases_daily", "31", 1, 20, "observed"),
    ("cases_daily", "3171", 1, 20, "weekly_only"),
    ("cases_daily", "3276", 1, 9, "observed"),
    ("cases_daily", "3276", 10, 12, "flagged"),
    ("cases_daily", "3276", 13, 20, "after_last_report"),
    ("cases_daily", "3603", 1, 20, "no_public_series"),
    ("cases_weekly", "3171", 1, 4, "before_first_report"),
    ("cases_weekly", "3171", 5, 11, "end_points"),
    ("cases_weekly", "3171", 12, 18, "scaled"),
    ("cases_weekly", "3171", 19, 20, "absent"),
    ("cases_weekly", "3276", 1, 20, "total_fell"),
    ("cases_weekly", "3603", 1, 20, "no_public_series"),
    ("regime", "3171", 1, 20, "observed"),
    ("regime", "3276", 1, 14, "observed"),
    ("regime", "3276", 15, 20, "name_only"),
    ("regime", "3603", 1, 10, "absent"),
    ("regime", "3603", 11, 20, "observed"),
]
SHORTS = {
    "policy/regimes.csv": "this project (regimes)",
    "cases/westjava_daily.csv": "Pikobar",
    "kelurahan/units_daily.csv": "Pemprov DKI",
    "cases/risk_zones_2020.csv, cases/risk_zones_2022.csv": "Satgas COVID-19 (zones)",
    "cases/province_daily.csv": "Satgas COVID-19",
    "mobility/google_daily.csv": "Google mobility",
    "mobility/apple_jakarta_daily.csv": "Apple mobility",
    "facilities/dki_covid_patients_daily.csv": "Pemprov DKI",
    "epidemic/dki_2020_daily.csv": "Pemprov DKI",
}


def tables():
    columns = ["indicator", "region_code", "start", "end", "state"]
    coverage = pd.DataFrame(STRETCHES, columns=columns).astype({"region_code": "str"})
    coverage["days"] = (coverage["end"] - coverage["start"] + 1).astype("Int64")
    for name in ("start", "end"):
        days = [f"2021-01-{number:02d}" for number in coverage[name]]
        coverage[name] = pd.to_datetime(days).astype(DATE)
    sources = pd.DataFrame({"tables": list(SHORTS), "short": list(SHORTS.values())})
    return {"coverage": coverage, "geography/regions.csv": REGIONS, "sources": sources}


@pytest.fixture(scope="module")
def data():
    return f18.prepare(tables(), {})


def test_every_stretch_is_kept_with_what_it_is_drawn_as(data):
    assert len(data) == len(STRETCHES)
    assert data["indicator"].unique().tolist() == ["regime", "cases_daily", "cases_weekly"]
    shown = data.drop_duplicates("state").set_index("state")["shown"].to_dict()
    assert shown == {
        "observed": "observed",
        "flagged": "flagged",
        "end_points": "partly",
        "scaled": "partly",
        "name_only": "partly",
        **dict.fromkeys(("absent", "weekly_only", "after_last_report", "no_public_series"), ""),
        **dict.fromkeys(("before_first_report", "total_fell"), ""),
    }


def test_the_publishers_of_provinces_are_others_than_those_of_units(data):
    named = data.drop_duplicates(["indicator", "publishers"])
    assert named[["indicator", "region_code", "publishers"]].to_numpy().tolist() == [
        ["regime", "3171", "this project (regimes)"],
        ["cases_daily", "31", "Satgas COVID-19"],
        ["cases_daily", "3171", "Pikobar"],
        ["cases_weekly", "3171", "Pikobar; Pemprov DKI"],
    ]


def test_every_publisher_of_a_table_is_named():
    given = tables()
    more = pd.DataFrame({"tables": ["cases/westjava_daily.csv"], "short": ["Dinkes"]})
    given["sources"] = pd.concat([more, given["sources"]], ignore_index=True)
    found = f18.prepare(given, {})
    daily = found[(found["indicator"] == "cases_daily") & (found["region_code"] == "3276")]
    assert set(daily["publishers"]) == {"Dinkes; Pikobar"}


def test_facts_by_hand(data):
    assert f18.facts(data) == {
        "start": pd.Timestamp("2021-01-01"),
        "end": pd.Timestamp("2021-01-20"),
        "rows": 10,
        "units": 3,
        # Depok has 12 of 20 days; Jakarta Selatan has weekly cases only.
        "complete": 1,
        "without": 1,
        "names": "Kab. Tangerang",
        "longest": 12,
        "weekly_end": pd.Timestamp("2021-01-18"),
        # Depok's last six days are known by name alone, ten of Kab. Tangerang not at all.
        "regime_share": 44 / 60,
        "name_only": 6,
        "least": f18.LEAST,
    }


@pytest.mark.parametrize("language", [EN, INDONESIAN])
def test_the_texts_are_filled_in_both_languages(data, language):
    facts = f18.facts(data)
    for message in (f18.TITLE, f18.CAPTION, f18.ALT):
        assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(facts)
        assert "{" not in language.fill(message, facts)
    assert INDONESIAN(f18.TITLE) != f18.TITLE


def draw(data, language=EN):
    with style.settings():
        return f18.draw(data, language, SAID)


def bars(axes):
    """Return what is drawn: row, first day, days, colour."""
    found = []
    for collection in axes.collections:
        for path in collection.get_paths():
            box = path.get_extents()
            first = mdates.num2date(box.x0).strftime("%d")
            row = round((box.y0 + box.y1) / 2)
            colour = tuple(collection.get_facecolor()[0])
            found.append((-row, int(first), round(box.width), colour))
    return sorted(found)


def lightness(colour):
    red, green, blue, _ = to_rgba(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_flagged_days_are_told_in_grey_print(data):
    shades = [lightness(colour) for _, colour in f18.STATES.values()]
    assert np.diff(sorted([*shades, 1.0])).min() > 0.1
    daily = draw(data).axes[1]
    boxes = [c.get_paths()[0].get_extents() for c in daily.collections]
    known, flagged = sorted(boxes, key=lambda box: box.height)
    assert flagged.height > 1.2 * known.height
    # A single day is as wide as its edge needs to be seen.
    one = data.assign(days=data["days"].where(data["shown"] != "flagged", 1))
    wide = [c.get_paths()[0].get_extents().width for c in draw(one).axes[1].collections]
    assert min(wide) >= f18.LEAST


def test_each_chart_draws_its_known_stretches_and_nothing_else(data):
    regime, daily, weekly, province = draw(data).axes
    known, partly, flagged = (to_rgba(colour) for _, colour in f18.STATES.values())
    # Three days that are flagged, drawn wider on either side alike.
    assert bars(daily) == [(1, 1, 9, known), (1, 8, f18.LEAST, flagged)]
    assert bars(weekly) == [(0, 5, 7, partly), (0, 12, 7, partly)]
    assert bars(regime) == [
        (0, 1, 20, known),
        (1, 1, 14, known),
        (1, 15, 6, partly),
        (2, 11, 10, known),
    ]
    assert bars(province) == [(0, 1, 20, known)]
    rows = [text.get_text() for text in daily.get_yticklabels()]
    assert rows == ["Jakarta Selatan", "Kota Depok", "Kab. Tangerang"]
    assert [text.get_text() for text in province.get_yticklabels()] == ["DKI Jakarta: Cases, daily"]


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        (
            EN,
            [
                "Regime – this project (regimes)",
                "Cases, daily – Pikobar",
                "Cases, weekly – Pikobar; Pemprov DKI",
                "By province",
            ],
        ),
        (
            INDONESIAN,
            [
                "Rezim – proyek ini (rezim)",
                "Kasus, per hari – Pikobar",
                "Kasus, per pekan – Pikobar; Pemprov DKI",
                "Menurut provinsi",
            ],
        ),
    ],
)
def test_charts_are_named_in_both_languages(data, language, titles):
    figure = draw(data, language)
    assert [axes.get_title(loc="left") for axes in figure.axes] == titles
    legend = figure.axes[1].get_legend()
    words = [text.get_text() for text in legend.get_texts()]
    assert words == [language(message) for message, _ in f18.STATES.values()]


def test_known_stretches_are_told_apart_in_grey():
    greys = []
    for _, colour in f18.STATES.values():
        red, green, blue, _ = to_rgba(colour)
        greys.append(0.299 * red + 0.587 * green + 0.114 * blue)
    greys.sort()
    assert greys[1] - greys[0] > 0.1
    assert greys[2] - greys[1] > 0.1


def test_the_snapshot_is_drawn_as_it_stands(results, project):
    register = read_registry((project / "data/raw/sources.yaml").read_bytes())
    given = {
        "coverage": results["coverage"],
        "geography/regions.csv": results["geography/regions.csv"],
        **registers.as_tables(register, results.corrections),
    }
    data = f18.prepare(given, {})
    facts = f18.facts(data)
    assert len(data) == len(results["coverage"])
    assert (data["publishers"] != "").all()
    assert set(data["indicator"]) == set(f18.INDICATORS)
    # The five units of Bodebek have days, the six of DKI weeks, Tangerang Raya nothing.
    assert (facts["units"], facts["complete"], facts["without"]) == (14, 5, 3)
    assert facts["names"] == "Kab. Tangerang, Kota Tangerang, Kota Tangerang Selatan"
    assert facts["weekly_end"] == pd.Timestamp(results.choices["panels"]["java"]["end"])
    panel = results["panel_jabodetabek"]
    counted = panel[panel["cases"].notna()].groupby("region_code").size()
    assert facts["longest"] == counted.max()
    # Figure F03 hatches the same days of the same regions.
    unknown = panel["strictness"].isna() & (panel["regime_missing"] == "")
    assert facts["name_only"] == unknown.sum() > 0
    assert facts["regime_share"] == panel["strictness"].notna().mean() < 1
    partly = data[(data["indicator"] == "regime") & (data["shown"] == "partly")]
    assert set(panel.loc[unknown, "region_code"]) <= set(partly["region_code"])
    drawn = sum(len(axes.collections) for axes in draw(data).axes)
    assert drawn == (data["shown"] != "").sum()


def stretch(shown, end, start="2020-03-01"):
    days = {"start": pd.Timestamp(start), "end": pd.Timestamp(end)}
    return pd.DataFrame([{**days, "shown": shown}])


def test_the_key_stands_where_a_chart_ends_early_else_below_all():
    whole = stretch("observed", "2021-03-01")
    early = stretch("observed", "2020-07-01")
    blank = stretch("", "2021-03-01")
    assert f18._place_of_key([whole, early, whole]) == 1
    assert f18._place_of_key([whole, whole, blank]) == 2
    # Ends after nine of twelve months: not room enough.
    late = stretch("observed", "2020-12-01")
    assert f18._place_of_key([whole, late]) == 2
