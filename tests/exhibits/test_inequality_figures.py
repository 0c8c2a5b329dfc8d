"""F01, F02, F12 and F13 draw the tables that they are given, and nothing else."""

import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.colors import to_hex
from matplotlib.text import Text

from gotong import style
from gotong.exhibits import f01_map as f01
from gotong.exhibits import f02_lorenz as f02
from gotong.exhibits import f12_pooling as f12
from gotong.exhibits import f13_partners as f13
from gotong.exhibits.catalogue import EXHIBITS
from gotong.i18n import Language

EN, INDONESIAN = Language("en"), Language("id")
SAID = {"title": "a title", "sources": "sources"}


def drawn(module, data, language=EN):
    with style.settings():
        return module.draw(data, language, SAID)


def words(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


# F01

CODES = ["3101", "3171", "3271", "1101", "1102"]
BEDS = [0.5, 5.0, 2.0, 0.0, 3.0]
GRDP = [150_000.0, 90_000.0, 30_000.0, 20_000.0, 70_000.0]


def per_head():
    parts = []
    for indicator, numbers in (("beds", BEDS), ("grdp", GRDP)):
        frame = pd.DataFrame({"region_code": CODES, "value": numbers, "left_out": ""})
        parts.append(frame.assign(indicator=indicator, variant="main"))
    frame = pd.concat(parts, ignore_index=True)
    suspect = (frame["region_code"] == "1102") & (frame["indicator"] == "grdp")
    frame.loc[suspect, "left_out"] = "current_prices"
    return pd.concat([frame, frame.assign(variant="all_rows", value=99.0)], ignore_index=True)


def outlines(places):
    return pd.DataFrame(
        {
            "region_code": list(places),
            "name": [f"Kota {code}" for code in places],
            "geometry": [
                shapely.box(west, south, west + 0.2, south + 0.2) for west, south in places.values()
            ],
        }
    )


NEAR = {"3101": (106.5, -5.7), "3171": (106.7, -6.4), "3271": (106.8, -6.7)}


@pytest.fixture(scope="module")
def map_data():
    far = {code: (100.0 + at, -5.0) for at, code in enumerate(CODES)}
    tables = {
        "inequality_values": per_head(),
        f01.OUTLINES: outlines(NEAR),
        f01.COUNTRY: outlines(far),
    }
    return f01.prepare(tables, {"inequality": {"grdp_year": 2019}})


def test_f01_classes_are_fifths_of_the_country_without_suspect_rows(map_data):
    far = map_data[map_data["map"] == "country"].set_index("region_code")
    assert far["beds_class"].to_dict() == {
        "1101": 1,
        "3101": 2,
        "3271": 3,
        "1102": 4,
        "3171": 5,
    }
    assert np.isnan(far.loc["1102", "grdp_class"])
    assert far.loc["1102", "grdp"] == 70.0
    found = f01.facts(map_data)
    assert (found["left_out"], found["no_beds"], found["units"]) == (1, 1, 3)
    assert (found["top_region"], found["top_beds"]) == ("Kota 3171", 5.0)
    assert found["ratio"] == 5.0


def test_f01_alternative_text_tells_where_the_extremes_and_the_dark_units_are(map_data):
    found = f01.facts(map_data)
    assert (found["beds_dark"], found["beds_pale"]) == (1, 1)
    assert found["country_beds_top_region"] == "Kota 3171"
    # The suspect unit has no class and is not named for its output.
    sure = map_data[(map_data["map"] == "country") & map_data["grdp_class"].notna()]
    assert found["country_grdp_top"] == sure["grdp"].max()
    for language in (EN, INDONESIAN):
        assert "{" not in language.fill(f01.ALT, found)


def test_f01_shades_each_region_by_its_class_and_names_it(map_data):
    figure = drawn(f01, map_data, INDONESIAN)
    beds, _, country = figure.axes[0], figure.axes[1], figure.axes[2]
    shades = [to_hex(colour) for colour in beds.collections[0].get_facecolor()]
    assert shades == [to_hex(f01._shade("beds", number)) for number in (5, 3)]
    # Islands north of the map have a corner of their own, a dot each.
    (corner,) = beds.child_axes
    (dots,) = corner.collections
    assert to_hex(dots.get_facecolor()[0]) == to_hex(f01._shade("beds", 2))
    assert dots.get_sizes().min() >= 4
    assert len(country.collections[0].get_paths()) == len(CODES)
    shown = words(figure)
    assert "Kota\n3101 0,50\n(di utara)" in shown
    assert any(text.startswith("Kota 3271\n2,00") for text in shown)
    # The suspect unit is hatched on the map of output, and named in its key.
    hatched = [part for part in figure.axes[3].collections if part.get_hatch()]
    assert len(hatched) == 1
    assert "meragukan" in shown


@pytest.fixture(scope="module")
def map_made(results):
    entry = EXHIBITS["F01"]
    tables = {name: results[name] for name in (*entry.tables, *entry.raw)}
    return f01.prepare(tables, {"inequality": results.choices["inequality"]})


@pytest.mark.parametrize("language", [EN, INDONESIAN])
def test_f01_names_lie_on_no_other_unit_and_not_on_each_other(map_made, language):
    near = map_made[map_made["map"] == "jabodetabek"]
    units = dict(zip(near["region_code"], shapely.from_wkt(near["outline"]), strict=True))
    names = dict(zip(near["region_code"], near["name"], strict=True))
    around = "3201"  # Kab. Bogor is one even ground on which others' names may stand.
    figure = drawn(f01, map_made, language)
    with style.settings():
        figure.draw_without_rendering()
    for axes in figure.axes[:2]:
        back = axes.transData.inverted()
        boxes = {}
        for text in axes.texts:
            label = " ".join(text.get_text().split("\n")[:-1])
            # The box of an annotation without its line.
            corners = back.transform(Text.get_window_extent(text).get_points()).ravel()
            boxes[label or text.get_text()] = shapely.box(*corners)
        found = {code: boxes.get(f01._short(name, wide=True)) for code, name in names.items()}
        assert sum(box is not None for box in found.values()) == len(units) - 1
        for code, box in found.items():
            for other, unit in units.items():
                if box is not None and other not in (code, around, "3101"):
                    assert unit.intersection(box).area < 0.12 * box.area, (code, other)
        placed = list(boxes.values())
        assert not [
            (first, second)
            for second in range(len(placed))
            for first in range(second)
            if placed[first].intersects(placed[second])
        ]


def test_f01_headings_name_the_year_of_the_data(map_made):
    headings = [axes.get_title(loc="left") for axes in drawn(f01, map_made).axes[:4]]
    assert headings[0].endswith(", 2021")
    assert str(map_made["grdp_year"].iloc[0]) in headings[1]
    assert [heading[0] for heading in headings] == list("abcd")


@pytest.mark.parametrize(("place", "name"), [(4, "beds"), (5, "grdp")])
def test_f01_classes_of_the_key_do_not_overlap(map_made, place, name):
    far = map_made[map_made["map"] == "country"]
    key = drawn(f01, map_made).axes[place]
    counted, *classes = [text.get_text() for text in key.texts]
    assert f"fifth of the {far[f'{name}_class'].notna().sum()} kab/kota" in counted
    *classes, last = [text for text in classes if "–" in text]
    lows = [text.split("–")[0] for text in [*classes, last]]
    assert [text.split("–<")[1] for text in classes] == lows[1:]
    assert "<" not in last


def test_f01_lines_to_names_are_seen_on_dark_and_light_ground(map_made):
    axes = drawn(f01, map_made).axes[0]
    leads = [text.arrow_patch for text in axes.texts if getattr(text, "arrow_patch", None)]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(leads) == len(dots) > 5
    assert all(len(lead.get_path_effects()) == 2 for lead in leads)
    assert {dot.get_markeredgecolor() for dot in dots} == {"white"}


def test_f01_outlines_are_text_that_gives_the_shapes_again(map_data):
    near = map_data[map_data["map"] == "jabodetabek"]
    shapes = shapely.from_wkt(near["outline"].to_numpy())
    assert np.allclose(shapely.area(shapes), 0.04)


# F02


@pytest.fixture(scope="module")
def lorenz_tables():
    people = {"3171": 100, "3276": 100, "1101": 200}
    rows, measured = [], []
    for place, name in enumerate(f02.INDICATORS):
        rows += [
            (code, name, "main", value, people[code], "")
            for code, value in zip(people, (3.0, 1.0, 1.0), strict=True)
        ]
        measured += [
            (
                scope,
                name,
                "main",
                30 + place,
                1,
                2,
                groups,
                0.2 + place / 10,
                0.1,
                0.9,
                *(0.3, 0.2, 0.4),
                *(place / 10, place / 20, 0.5 + place / 20),
            )
            for scope, groups in (("country", 34), ("jabodetabek", 2), ("java", 6))
        ]
    names = ["region_code", "indicator", "variant", "value", "population", "left_out"]
    columns = ["scope", "indicator", "variant", "units", "left_out_units", "zero_units"]
    columns += ["groups", "gini", "gini_low", "gini_high", "theil", "theil_low", "theil_high"]
    columns += ["between_share", "between_share_low", "between_share_high"]
    return {
        "inequality_values": pd.DataFrame(rows, columns=names),
        "inequality": pd.DataFrame(measured, columns=columns),
    }


CHOICES_F02 = {"area": {"id": "jabodetabek", "units": ["3171", "3276"], "deciders": [{}, {}, {}]}}


def test_f02_curves_have_the_corners_worked_out_by_hand(lorenz_tables):
    data = f02.prepare(lorenz_tables, CHOICES_F02)
    part = data[(data["part"] == "curve") & (data["indicator"] == "beds")]
    country = part[part["scope"] == "country"]
    assert country["population_share"].tolist() == pytest.approx([0, 0.25, 0.75, 1])
    assert country["value_share"].tolist() == pytest.approx([0, 1 / 6, 0.5, 1])
    local = part[part["scope"] == "jabodetabek"]
    assert local["value_share"].tolist() == pytest.approx([0, 0.25, 1])
    figure = drawn(f02, data)
    line = next(line for line in figure.axes[0].lines if line.get_label() == "beds")
    assert line.get_ydata() == pytest.approx([0, 1 / 6, 0.5, 1])
    widths = [bar.get_width() for bar in figure.axes[4].patches]
    assert widths[: len(f02.INDICATORS)] == pytest.approx([at / 10 for at in range(7)])
    # Each bar has the range of its share without any one group, and T its interval.
    (strokes,) = figure.axes[4].collections
    ends = [segment[:, 0].tolist() for segment in strokes.get_segments()]
    assert ends == [pytest.approx([at / 20, 0.5 + at / 20]) for at in range(7)]
    assert column(figure.axes[4], f02.BESIDE["interval"][0])[1:] == ["0.200–0.400"] * 7
    found = f02.facts(data)
    assert (found["zeros"], found["referral_zeros"]) == (2, 2)


def test_f02_says_how_many_regions_have_no_referral_bed(results):
    tables = {name: results[name] for name in ("inequality_values", "inequality")}
    found = f02.facts(f02.prepare(tables, {"area": results.choices["area"]}))
    values = tables["inequality_values"].query("variant == 'main' and left_out == ''")
    referral = values[values["indicator"] == "referral_beds"]
    without = int((referral["value"] == 0).sum())
    assert found["referral_zeros"] == without > 0
    assert f"and {without} of those compared" in EN.fill(f02.CAPTION, found)


def column(axes, at):
    """Return what stands in a column of numbers, from the top."""
    found = [text for text in axes.texts if text.get_position()[0] == at]
    return [text.get_text() for text in sorted(found, key=lambda text: -text.get_position()[1])]


@pytest.mark.parametrize(("place", "scope"), [(0, "country"), (1, "jabodetabek")])
def test_f02_says_how_many_regions_and_groups_stand_behind_every_number(results, place, scope):
    tables = {name: results[name] for name in ("inequality_values", "inequality")}
    data = f02.prepare(tables, {"area": results.choices["area"]})
    values = tables["inequality_values"].query("variant == 'main' and left_out == ''")
    if scope != "country":
        values = values[values["region_code"].isin(results.choices["area"]["units"])]
    counted = values.groupby("indicator").size()
    holders = {
        code: group["name"]
        for group in results.choices["area"]["deciders"]
        for code in group["members"]
    }
    if scope == "country":
        holders = {}
    codes = values["region_code"]
    group = codes.map(lambda code: holders.get(code, holders.get(code[:2], code[:2])))
    groups = group.groupby(values["indicator"]).nunique()
    figure = drawn(f02, data)
    _, key, shares = figure.axes[place::2]
    listed = ["n", *(str(counted[name]) for name in f02.INDICATORS)]
    assert column(shares, f02.BESIDE["units"][0]) == listed
    assert column(shares, f02.BESIDE["groups"][0])[1:] == [
        str(groups[name]) for name in f02.INDICATORS
    ]
    bars = tables["inequality"].query("variant == 'main' and scope == @scope")
    order = bars.set_index("indicator").loc[list(f02.CURVES), "gini"].sort_values().index[::-1]
    assert column(key, f02.KEYED["units"][0]) == ["n", *(str(counted[name]) for name in order)]
    assert column(key, f02.KEYED["gini"][0])[0] == "Gini"
    assert column(key, f02.KEYED["interval"][0])[0] == "95% interval"


def test_f02_names_what_is_left_out_of_the_area_too(results):
    tables = {name: results[name] for name in ("inequality_values", "inequality")}
    found = f02.facts(f02.prepare(tables, {"area": results.choices["area"]}))
    # All of Tangerang Raya has incomplete flags: a group fewer is left for referral beds.
    assert (found["flags"], found["area_flags"], found["area_referral_groups"]) == (8, 3, 2)
    assert (found["unlisted"], found["area_unlisted"], found["area_suspect"]) == (2, 1, 0)


@pytest.mark.parametrize("language", [EN, INDONESIAN])
def test_f02_numbers_do_not_touch_each_other(results, language):
    tables = {name: results[name] for name in ("inequality_values", "inequality")}
    data = f02.prepare(tables, {"area": results.choices["area"]})
    figure = drawn(f02, data, language)
    figure.draw_without_rendering()
    for axes in figure.axes[2:]:
        boxes = [text.get_window_extent() for text in axes.texts]
        assert not [
            (axes.texts[first].get_text(), axes.texts[second].get_text())
            for second in range(len(boxes))
            for first in range(second)
            if boxes[first].overlaps(boxes[second])
        ]


def test_f02_curves_differ_in_their_dashes_for_print_in_grey():
    assert len({dashes for _, dashes in f02.CURVES.values()}) == len(f02.CURVES)


# F12

POOLING = {
    "waves": {
        "first": {"start": "2021-01-01", "end": "2021-01-03"},
        "second": {"start": "2021-07-01", "end": "2021-07-03"},
    },
    "hospitalised_share": {"low": 0.1, "mid": 0.2, "high": 0.5},
    "stay_days": 2,
    "capacity_sources": ["reported", "planned"],
    "core_need": "residents",
    "planned_by": {},
    "farthest_km": 60,
    "adjacent_gap": 0.001,
}
UNMET = {"alone": 10.0, "neighbours": 4.0, "pooled": 1.0}


@pytest.fixture(scope="module")
def pooling_data():
    rows = [
        (basis, share, source, core, way, day, unmet * share * 10 + at + extra)
        for basis, start in (("reported", "2021-01-01"), ("allocated", "2021-07-01"))
        for share in (0.1, 0.2, 0.5)
        for source in ("reported", "planned")
        for core, extra in (("residents", 0), ("as_others", 5))
        for way, unmet in UNMET.items()
        for at, day in enumerate(pd.date_range(start, periods=3))
    ]
    names = ["basis", "hospitalised_share", "capacity_source", "core_need", "exchange", "date"]
    day, july = pd.Timestamp("2021-01-02"), pd.Timestamp("2021-07-02")
    modelled = [
        ("reported", 0.2, "reported", "residents", "pooled", "31", day, 0.19),
        ("reported", 0.2, "reported", "as_others", "pooled", "31", day, 0.20),
        ("reported", 0.5, "planned", "residents", "pooled", "31", day, 0.34),
        ("reported", 0.5, "planned", "residents", "neighbours", "31", day, 0.99),
        ("allocated", 0.2, "reported", "residents", "pooled", "31", day, 0.98),
        ("reported", 0.2, "reported", "residents", "pooled", "3276", day, 0.0),
        ("allocated", 0.2, "reported", "residents", "pooled", "3276", july, 0.7),
    ]
    columns = [*names[:5], "region_code", "date", "modelled"]
    tables = {
        "pooling_daily": pd.DataFrame(rows, columns=[*names, "unmet"]),
        "beds_needed": pd.DataFrame(
            {"basis": ["reported", "allocated", "allocated"], "region_code": ["31", "31", "36"]}
        ),
        "non_resident_modelled": pd.DataFrame(modelled, columns=columns),
        "non_resident_observed": pd.DataFrame(
            {
                "region_code": ["31", "3276", "3276"],
                "date": [day, day, july],
                "share": [0.24, 0.40, 0.50],
                "low": [0.22, 0.35, 0.45],
                "high": [0.26, 0.45, 0.55],
                "patients": [900, 500, 600],
            }
        ),
        "geography/regions.csv": REGIONS,
    }
    return f12.prepare(tables, {"pooling": POOLING})


REGIONS = pd.DataFrame(
    {
        "region_code": ["31", "3171", "3276", "3172"],
        "kemendagri_code": ["31", "3174", "3276", "3175"],
        "level": ["province", "kota", "kota", "kota"],
        "name": ["DKI Jakarta", "Jakarta Selatan", "Kota Depok", "Jakarta Timur"],
        "province_code": ["31", "31", "32", "31"],
    }
).astype("str")


def test_f12_lines_are_the_scenario_in_front_and_bands_span_the_grid(pooling_data):
    alone = pooling_data[pooling_data["exchange"] == "alone"].set_index("panel")
    days = alone.loc["A"]
    assert days["value"].tolist() == [20, 21, 22]
    assert days["low"].tolist() == [10, 11, 12]
    assert days["high"].tolist() == [50, 51, 52]
    assert alone.loc["C", "value"].tolist() == [25, 26, 27]
    assert set(alone.loc["C", "core_need"]) == {"as_others"}
    found = f12.facts(pooling_data)
    assert (found["first_regions"], found["second_regions"]) == (1, 2)
    assert found["first_still"] == pytest.approx((2 + 3 + 4) / 63)
    span = (found["first_still_low"], found["first_still_high"])
    # Least: half need a bed, residents. Most: a tenth, by the rule of the others.
    assert span == pytest.approx(((5 + 6 + 7) / 153, (6 + 7 + 8) / 48))
    assert found["first_below"] == pytest.approx((7 + 8 + 9) / 78)
    assert (found["first_below_peak"], found["second_below_pooled"]) == (27, 9)
    figure = drawn(f12, pooling_data)
    line = next(line for line in figure.axes[0].lines if line.get_label() == "alone")
    assert list(line.get_ydata()) == [20, 21, 22]
    assert figure.axes[0].get_ylim()[1] > 52
    assert figure.axes[2].get_ylim()[1] > 57
    assert f12.NEEDS["as_others"] in words(figure)


def test_f12_compares_the_observed_share_with_pooled_beds_on_one_basis(pooling_data):
    row = pooling_data[pooling_data["panel"] == f12.SHARES].iloc[0]
    assert (row["value"], row["low"], row["high"]) == (0.19, 0.19, 0.34)
    figure = drawn(f12, pooling_data, INDONESIAN)
    shares = figure.axes[4]
    labels = [label.get_text() for label in shares.get_yticklabels()]
    assert labels[0] == "DKI Jakarta\n2 Januari 2021, n = 900"
    dots = [line for line in shares.lines if line.get_marker() in ("o", "D")]
    assert [dot.get_xdata()[0] for dot in dots] == [0.19, 0.24, 0.0, 0.40, 0.7, 0.50]
    # The share of nothing lies on the axis.
    assert not dots[2].get_clip_on()
    bars = [line for line in shares.lines if len(line.get_xdata()) == 2]
    assert {line.get_solid_capstyle() for line in bars} == {"butt"}


def test_f12_says_where_the_model_is_far_from_what_was_reported(pooling_data):
    found = f12.facts(pooling_data)
    assert (found["missed_region"], found["missed_most"]) == ("Kota Depok", 0.0)
    assert (found["missed_observed"], found["missed_day"]) == (0.40, pd.Timestamp("2021-01-02"))
    assert (found["later"], found["later_least"], found["later_most"]) == (0.7, 0.50, 0.50)


@pytest.fixture(scope="module")
def pooling_made(results):
    entry = EXHIBITS["F12"]
    tables = {name: results[name] for name in (*entry.tables, *entry.raw)}
    return f12.prepare(tables, {"pooling": results.choices["pooling"]})


def test_f12_caption_is_right_that_the_model_does_not_meet_the_shares_of_kota_bogor(pooling_made):
    rows = pooling_made.query("panel == 'E' and region_code == '3271'")
    assert f12.facts(pooling_made)["missed_region"] == "Kota Bogor"
    assert not rows["value"].between(rows["observed_low"], rows["observed_high"]).any()
    assert rows["high"].iloc[0] < rows["observed_low"].iloc[0]


@pytest.mark.parametrize(("word", "place"), [("first", 0), ("second", -1)])
def test_f12_title_spans_the_scenarios_of_table_t06(results, pooling_made, word, place):
    basis, _ = f12.SHOWN["A" if word == "first" else "B"]
    wave = list(results.choices["pooling"]["waves"])[place]
    table = results["pooling"].set_index(["exchange", "basis", "wave"])
    pooled = table.sort_index().loc[("pooled", basis, wave)]
    left = 1 - pooled["averted_share"].dropna()
    found = f12.facts(pooling_made)
    span = [found[f"{word}_still_{end}"] for end in ("low", "high")]
    assert span == pytest.approx([left.min(), left.max()], abs=1e-6)
    assert span[0] <= found[f"{word}_still"] <= span[1]
    for code in ("en", "id"):
        assert Language(code).number(span[1], ".0%") in Language(code).fill(f12.TITLE, found)


def test_f12_ways_that_coincide_can_be_told_apart_without_colour(pooling_data):
    figure = drawn(f12, pooling_data)
    looks = {
        line.get_label(): (line.get_linestyle(), line.get_linewidth())
        for line in figure.axes[0].lines
        if line.get_label() in f12.WAYS
    }
    assert len(set(looks.values())) == len(f12.WAYS)
    # Dashes on a wider line: both are seen where they coincide.
    assert looks["pooled"][0] == "--"
    assert looks["pooled"][1] < looks["neighbours"][1]


# F13


def pairs():
    names = ["helper_code", "helped_code", "surplus", "need", "can_meet", "distance"]
    rows = [("3171", "3276", 50.0, 80.0, 50.0, 14.0), ("3172", "3276", 30.0, 80.0, 30.0, 20.0)]
    main = pd.DataFrame(rows, columns=names).assign(
        share_of_draws=[0.9, 0.1], share_of_grid=[0.8, 0.2], chosen=[True, False], variant="main"
    )
    other = main.assign(variant="as_printed", chosen=[False, True])
    return pd.concat([main, other], ignore_index=True)


WEIGHTS = {"surplus": 0.2, "need_met": 0.4, "distance": 0.4}


def test_f13_draws_the_matching_as_wide_as_the_beds_met_and_says_how_firm_it_is():
    choices = {"partners": {"weights": WEIGHTS, "draws": 99}}
    data = f13.prepare({"partners": pairs(), "geography/regions.csv": REGIONS}, choices)
    found = f13.facts(data)
    assert (found["pairs"], found["firm"], found["same"]) == (1, 1, 0)
    assert found["met"] == pytest.approx(50 / 80)
    assert found["off_grid"] == pytest.approx(10)
    assert "differ by 10 percentage points at most" in Language("en").fill(f13.CAPTION, found)
    assert (found["widest_helper"], found["widest_beds"]) == ("Jakarta Selatan", 50)
    figure = drawn(f13, data)
    shown = words(figure)
    assert {"50 met, 14 km, 90% of weights", "Jakarta Selatan  +50", "−80  Kota Depok"} <= set(
        shown
    )
    assert "matched, width: beds met (here 50)" in shown
    assert "other pair in at least 10% of drawn weights" in shown


def test_f13_names_the_shares_of_dashed_pairs_below_the_unit_that_they_would_help():
    data = many_pairs()
    shown = [
        text.replace("\N{NO-BREAK SPACE}", " ").replace("\n", " ")
        for text in words(drawn(f13, data))
    ]
    listed = [text for text in shown if text.startswith("or ")]
    assert len(listed) == data["helped_code"].nunique()
    # The helper of the 80 beds is 3171; the others stand there with their shares.
    assert "or 3172 12%, 3173 12%, 3174 12%" in listed
    rare = data.assign(share_of_draws=data["share_of_draws"].where(data["chosen"], 0.09))
    assert not [text for text in words(drawn(f13, rare)) if text.startswith("or ")]


def many_pairs():
    """Return four pairs that meet 90, 45, 9 and no more than half a bed."""
    need = {"3276": 90.0, "3271": 80.0, "3275": 70.0, "3671": 60.0}
    surplus = {"3171": 90.0, "3172": 80.0, "3173": 70.0, "3174": 60.0}
    matched = {"3171": "3271", "3172": "3275", "3173": "3276", "3174": "3671"}
    met = {"3171": 90.0, "3172": 45.0, "3173": 9.0, "3174": 0.5}
    rows = [
        (helper, helped, surplus[helper], need[helped], met[helper], matched[helper] == helped)
        for helper in surplus
        for helped in need
    ]
    names = ["helper_code", "helped_code", "surplus", "need", "can_meet", "chosen"]
    return pd.DataFrame(rows, columns=names).assign(
        helper=lambda data: data["helper_code"],
        helped=lambda data: data["helped_code"],
        distance=12.0,
        # Firmness is not what the eye takes width for.
        share_of_draws=lambda data: data["chosen"].map({True: 0.9, False: 0.12}),
    )


def test_f13_width_is_beds_met_and_no_line_is_too_narrow_to_be_seen():
    axes = drawn(f13, many_pairs()).axes[0]
    solid = [line for line in axes.lines if line.get_linestyle() == "-"]
    *matched, key = solid
    widths = [line.get_linewidth() for line in matched]
    assert widths == pytest.approx([f13.WIDEST, f13.WIDEST / 2, f13.NARROWEST, f13.NARROWEST])
    assert key.get_linewidth() == f13.WIDEST
    others = [line for line in axes.lines if line.get_linestyle() == "--"]
    # The key shows one more.
    assert len(others) == 16 - 4 + 1


@pytest.mark.parametrize("language", [EN, INDONESIAN])
def test_f13_has_room_for_the_lines_of_many_helped_units(language):
    helpers = {"32": "Kab. Tasikmalaya", "33": "Kota Tasikmalaya", "34": "Kab. Bandung Barat"}
    rows = [
        {
            "helper_code": code,
            "helper": name,
            "helped_code": f"{number:02d}",
            "helped": f"Kab. {number:02d}",
            "surplus": 90.0 - place,
            "need": 90.0 - number,
            "can_meet": 9.0,
            "distance": 119.0,
            "chosen": place == 0,
            "share_of_draws": 0.4 - place / 20,
        }
        for number in range(15)
        for place, (code, name) in enumerate(helpers.items())
    ]
    figure = drawn(f13, pd.DataFrame(rows), language)
    with style.settings():
        figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    for place, box in enumerate(boxes):
        assert not [other for other in boxes[:place] if box.overlaps(other)]
        assert box.x1 <= figure.bbox.x1


@pytest.mark.parametrize("language", [EN, INDONESIAN])
def test_f13_words_touch_neither_each_other_nor_a_line(results, language):
    entry = EXHIBITS["F13"]
    tables = {name: results[name] for name in (*entry.tables, *entry.raw)}
    data = f13.prepare(tables, {"partners": results.choices["partners"]})
    figure = drawn(f13, data, language)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    boxes = [text.get_window_extent() for text in axes.texts]
    for place, box in enumerate(boxes):
        assert not [other for other in boxes[:place] if box.overlaps(other)]
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        for line in axes.lines:
            assert not line.get_path().transformed(axes.transData).intersects_bbox(box, False)
