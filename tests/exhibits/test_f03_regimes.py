"""F03: bars and lines carry the regimes and the alignment, and the texts what they show."""

from string import Formatter

import numpy as np
import pandas as pd
import pytest
from drawn_words import assert_words_fit
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.dates import date2num
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from gotong import config, contracts, cooperation, style
from gotong.analyses import following
from gotong.exhibits import f03_regimes as f03
from gotong.i18n import Language
from gotong.tables import DATE, to_csv

EN = Language("en")
SAID = {"title": "Title", "sources": "Sources"}

CHOICES = {
    "area": {
        "core": "31",
        "layers": ["primary"],
        "deciders": [
            {"name": "DKI Jakarta", "members": ["31"]},
            {"name": "Bodebek", "members": ["3276", "3271"]},
        ],
    },
    "strictness": {
        "regimes": {"belum PSBB": 0, "PSBB": 4, "PPKM level": None},
        "levels": {"1": 1, "2": 2, "3": 3, "4": 4},
        "alternatives": {"mild": {"PSBB": 3}},
    },
}
REGIONS = pd.DataFrame(
    {
        "region_code": ["31", "3271", "3276"],
        "kemendagri_code": ["31", "3271", "3276"],
        "level": ["province", "kota", "kota"],
        "name": ["DKI Jakarta", "Kota Bogor", "Kota Depok"],
        "province_code": ["31", "32", "32"],
    }
)
PERIODS = [
    # layer, region, first day, last day, regime, level
    ("primary", "31", "2020-09-01", "2020-09-04", "PSBB", ""),
    ("primary", "31", "2020-09-05", "2020-09-20", "PSBB", ""),  # an extension: no change
    ("primary", "31", "2020-09-21", "2020-09-30", "PPKM level", "3"),
    ("primary", "3271", "2020-09-11", "2020-09-20", "PSBB", ""),
    ("primary", "3271", "2020-09-21", "2020-09-25", "PPKM level", "2"),
    ("primary", "3271", "2020-09-26", "2020-09-30", "PPKM level", ""),
    ("primary", "3276", "2020-09-11", "2020-09-20", "PSBB", ""),
    ("primary", "3276", "2020-09-21", "2020-09-30", "PPKM level", "3"),
    ("overlay", "31", "2020-09-02", "2020-09-08", "PPKM level", "1"),
]
DAYS = pd.Series(pd.date_range("2020-09-01", "2020-09-30")).astype(DATE)


def regimes():
    names = ["layer", "region_code", "start_date", "end_date", "regime", "level"]
    frame = pd.DataFrame(PERIODS, columns=names)
    for name in ("start_date", "end_date"):
        frame[name] = pd.to_datetime(frame[name]).astype(DATE)
    return frame


def stepwise(variant, region, *steps):
    """Return a series that takes each value from its day of September 2020 on."""
    values = pd.Series(np.nan, index=range(1, 31))
    for day, value in steps:
        values.loc[day:] = value
    return pd.DataFrame(
        {"variant": variant, "region_code": region, "date": DAYS, "alignment": values.to_numpy()}
    )


ALIGNED = pd.concat(
    [
        # An alternative sorts before main in the table, and after it in the figure.
        stepwise("mild", "31", (1, 0.25), (11, 1.0), (21, 0.75)),
        stepwise("main", "31", (1, 0.0), (11, 1.0), (21, 0.875)),
        stepwise("main", "3271", (1, 0.5), (11, 1.0), (21, 0.75), (26, np.nan)),
        stepwise("main", "3276", (1, 0.25), (11, 1.0), (21, 0.875 + 1e-12)),
        stepwise("same_label", "31", (1, 0.0), (11, 1.0), (21, 0.5)),
    ],
    ignore_index=True,
)


CHANCE = pd.DataFrame(
    {
        "period": ["before_ppkm", "ruled_before_ppkm", "ruled_before_ppkm"],
        "variant": ["main", "main", "mild"],
        "start": pd.to_datetime(["2020-08-01", "2020-09-01", "2020-09-01"]).astype(DATE),
        "end": pd.to_datetime(["2020-09-20"] * 3).astype(DATE),
        "alignment": [0.1, 0.6, 0.2],
        "chance": [0.1, 0.5, 0.2],
        "chance_low": [0.1, 0.4, 0.2],
        "chance_high": [0.1, 0.55, 0.2],
    }
)


def tables():
    # A day before the first period stands in the table of alignment, and not in the figure.
    before = ALIGNED.iloc[:1].assign(date=pd.Timestamp("2020-08-31"), alignment=0.9)
    return {
        "geography/regions.csv": REGIONS,
        "policy/regimes.csv": regimes(),
        "alignment": pd.concat([before.astype({"date": DATE}), ALIGNED], ignore_index=True),
        "alignment_chance": CHANCE,
    }


@pytest.fixture(scope="module")
def data():
    return f03.prepare(tables(), CHOICES)


@pytest.fixture(scope="module")
def figure(data):
    with style.settings():
        return f03.draw(data, EN, SAID)


def shown(frame):
    """Return rows as plain tuples, days of September as numbers."""
    return [
        (row.series, row.name, row.group, row.start_date.day, row.end_date.day, row.value)
        for row in frame.itertuples(index=False)
    ]


def test_bars_are_the_regimes_without_a_break_at_an_extension(data):
    bars = data[data["part"] == "regime"]
    dki, depok, bogor = (
        ("31", "DKI Jakarta", "DKI Jakarta"),
        ("3276", "Kota Depok", "Bodebek"),
        ("3271", "Kota Bogor", "Bodebek"),
    )
    expected = [
        (*dki, 1, 20, 4.0),
        (*dki, 21, 30, 3.0),
        (*depok, 1, 10, 0.0),
        (*depok, 11, 20, 4.0),
        (*depok, 21, 30, 3.0),
        (*bogor, 1, 10, 0.0),
        (*bogor, 11, 20, 4.0),
        (*bogor, 21, 25, 2.0),
    ]
    assert shown(bars)[:-1] == expected
    last = bars.iloc[-1]
    assert (last["start_date"].day, last["end_date"].day, last["level"]) == (26, 30, "")
    assert np.isnan(last["value"])
    assert bars["regime"].tolist()[:3] == ["PSBB", "PPKM level", "belum PSBB"]


def test_lines_are_means_of_groups_and_variants_of_the_core(data):
    groups = data[data["part"] == "group"]
    assert shown(groups) == [
        ("DKI Jakarta", "DKI Jakarta", "DKI Jakarta", 1, 10, 0.0),
        ("DKI Jakarta", "DKI Jakarta", "DKI Jakarta", 11, 20, 1.0),
        ("DKI Jakarta", "DKI Jakarta", "DKI Jakarta", 21, 30, 0.875),
        ("Bodebek", "Bodebek", "Bodebek", 1, 10, 0.375),
        ("Bodebek", "Bodebek", "Bodebek", 11, 20, 1.0),
        ("Bodebek", "Bodebek", "Bodebek", 21, 25, 0.8125),
        ("Bodebek", "Bodebek", "Bodebek", 26, 30, 0.875),  # of the one that is known
    ]
    variants = data[data["part"] == "variant"]
    assert variants["series"].drop_duplicates().tolist() == ["main", "mild", "same_label"]
    assert set(variants["name"]) == {"DKI Jakarta"}
    values = variants.groupby("series")["value"].agg(list)
    assert values["mild"] == [0.25, 1.0, 0.75]
    assert values["main"] == [0.0, 1.0, 0.875]
    assert values["same_label"] == [0.0, 1.0, 0.5]


def test_means_by_chance_stand_in_the_data_and_as_a_band_on_their_days(data, figure):
    rows = data[data["part"] == "chance"]
    values = dict(zip(rows["series"], rows["value"], strict=True))
    assert values == {"seen": 0.6, "median": 0.5, "low": 0.4, "high": 0.55}
    assert rows[["name", "group", "regime", "level"]].eq("").all(axis=None)
    (band,) = (
        each for each in figure.axes[2].collections if isinstance(each, FillBetweenPolyCollection)
    )
    corners = band.get_paths()[0].vertices
    days = [date2num(pd.Timestamp(2020, 9, day)) for day in (1, 21)]
    assert [corners[:, 0].min(), corners[:, 0].max()] == days
    assert [corners[:, 1].min(), corners[:, 1].max()] == [0.4, 0.55]
    words = [text.get_text() for text in figure.axes[2].texts]
    assert "mean 1 Sept to PPKM 0.600;\nby chance 0.400 to 0.550" in words


def test_an_area_without_means_by_chance_has_no_band_and_the_same_lines(data):
    less = {name: table for name, table in tables().items() if name != "alignment_chance"}
    plain = f03.prepare(less, CHOICES)
    pd.testing.assert_frame_equal(plain, data[data["part"] != "chance"])
    assert "chance" not in f03.facts(plain)
    with style.settings():
        drawn = f03.draw(plain, EN, SAID)
    assert not drawn.axes[2].collections


def test_prepared_data_are_written_as_one_plain_table(data):
    header, first, *_ = to_csv(data).decode().splitlines()
    assert header == "part,series,name,group,start_date,end_date,regime,level,value"
    assert first == "regime,31,DKI Jakarta,DKI Jakarta,2020-09-01,2020-09-20,PSBB,,4.0"


def test_facts(data):
    found = f03.facts(data)
    # 30 days: differ on 1-10 and 21-30 (on 26-30 Bogor is unknown, and Jakarta as Depok).
    assert found["same"] == 10 / 25
    assert found["same_before"] == 10 / 20
    assert found["same_after"] == 0
    assert found["same_name"] == 10 / 25
    assert found["unknown"] == 5
    assert (found["low"], found["low_day"]) == (0.0, pd.Timestamp("2020-09-01"))
    assert found["waiting"] == 2
    assert found["all_day"] == pd.Timestamp("2020-09-11")
    assert (found["later"], found["later_day"]) == (0.875, pd.Timestamp("2020-09-21"))
    assert found["national_day"] == pd.Timestamp("2020-09-21")
    assert (found["peak"], found["peak_day"]) == (4.0, pd.Timestamp("2020-09-11"))
    assert found["mean"] == pytest.approx((0 + 1 + 0.875) / 3)
    assert found["mean_least"] == found["mean_most"] == pytest.approx((0.25 + 1 + 0.75) / 3)
    assert found["mean_nominal"] == pytest.approx(0.5)
    assert found["none_alike"] == pytest.approx(1 / 3)
    assert (found["regions"], found["deciders"], found["days"]) == (3, 2, 30)


@pytest.mark.parametrize("message", [f03.TITLE, f03.CAPTION, f03.ALT])
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_field_of_the_texts_is_a_fact(data, message, language):
    found = f03.facts(data)
    assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(found)
    assert "{" not in Language(language).fill(message, found)


def stretches(figure):
    """Return the boxes of the bars in the order in which they were drawn."""
    return [box for box in figure.axes[0].patches if isinstance(box, Rectangle)]


def test_stretches_are_drawn_where_and_as_strict_as_they_are(figure, data):
    rows = data[data["part"] == "regime"]
    for box, row in zip(stretches(figure), rows.itertuples(), strict=True):
        assert box.get_x() == date2num(row.start_date)
        assert box.get_x() + box.get_width() == date2num(row.end_date) + 1
        if np.isnan(row.value):
            assert box.get_hatch()
            assert box.get_facecolor() == (1, 1, 1, 1)
        else:
            assert not box.get_hatch()
            assert box.get_facecolor() == style.STRICTNESS(row.value / 4)


def test_each_bar_stands_beside_its_name_below_that_of_its_group(figure, data):
    axes = figure.axes[0]
    named = {
        label.get_text(): place
        for label, place in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)
    }
    rows = data[data["part"] == "regime"]
    for box, row in zip(stretches(figure), rows.itertuples(), strict=True):
        assert box.get_y() + box.get_height() / 2 == pytest.approx(named[row.name])
    # The axis points downwards. A group of one, named as its region, needs no heading.
    assert list(named) == ["DKI Jakarta", "Bodebek", "Kota Depok", "Kota Bogor"]
    assert sorted(named.values()) == list(named.values())
    assert axes.yaxis_inverted()


def test_names_stand_in_their_stretch_and_those_that_do_not_fit_are_left_out(figure, data):
    texts = [text for text in figure.axes[0].texts if text.get_size() == f03.SMALL]
    boxes = stretches(figure)
    rows = list(data[data["part"] == "regime"].itertuples())
    shown_in = {}
    for text in texts:
        x, y = text.get_position()
        inside = [
            number
            for number, box in enumerate(boxes)
            if box.get_x() < x < box.get_x() + box.get_width()
            and box.get_y() < y < box.get_y() + box.get_height()
        ]
        assert len(inside) == 1
        number = inside[0]
        assert text.get_window_extent().width <= boxes[number].get_window_extent().width
        shown_in[number] = text.get_text()
    expected = {
        number: "L" + row.level if row.regime == "PPKM level" else row.regime
        for number, row in enumerate(rows)
        if not np.isnan(row.value)
    }
    assert shown_in == expected


def test_a_name_wider_than_its_stretch_is_left_out():
    rows = regimes()
    rows.loc[0, ["end_date", "regime"]] = [pd.Timestamp("2020-09-01"), "PSBB"]
    rows.loc[1, ["start_date", "regime"]] = [pd.Timestamp("2020-09-02"), "belum PSBB"]
    short = f03.prepare(tables() | {"policy/regimes.csv": rows}, CHOICES)
    with style.settings():
        drawn = f03.draw(short, EN, SAID)
    first, second = (box.get_x() + box.get_width() / 2 for box in stretches(drawn)[:2])
    middles = [text.get_position()[0] for text in drawn.axes[0].texts]
    assert first not in middles
    assert second in middles


def line_of(axes, series):
    return next(line for line in axes.lines if line.get_label() == series)


def test_lines_step_on_the_days_of_change(figure):
    groups, variants = figure.axes[2:]
    depok = line_of(groups, "Bodebek")
    september = [date2num(pd.Timestamp(2020, 9, day)) for day in (1, 11, 21, 26)]
    assert list(depok.get_xdata(orig=False)) == [*september, date2num(pd.Timestamp("2020-10-01"))]
    assert list(depok.get_ydata()) == [0.375, 1.0, 0.8125, 0.875, 0.875]
    assert depok.get_drawstyle() == "steps-post"
    assert list(line_of(variants, "mild").get_ydata()) == [0.25, 1.0, 0.75, 0.75]
    widths = {line.get_label(): line.get_linewidth() for line in variants.lines}
    assert widths["main"] > 2 * max(widths["mild"], widths["same_label"])


def test_a_group_without_a_known_region_is_a_gap_not_zero():
    aligned = ALIGNED.copy()
    depok = (aligned["region_code"] == "3276") & (aligned["date"] >= "2020-09-26")
    aligned.loc[depok, "alignment"] = np.nan
    short = f03.prepare(tables() | {"alignment": aligned}, CHOICES)
    with style.settings():
        drawn = f03.draw(short, EN, SAID)
    values = line_of(drawn.axes[2], "Bodebek").get_ydata()
    assert list(values[:3]) == [0.375, 1.0, 0.8125]
    assert np.isnan(values[3:]).all()


def test_every_line_has_its_name_in_its_colour(figure):
    for axes, names in (
        (figure.axes[2], {"DKI Jakarta": "DKI Jakarta", "Bodebek": "Bodebek"}),
        (figure.axes[3], {"main": "main scale", "mild": "mild", "same_label": None}),
    ):
        for series, name in names.items():
            name = name or f03.VARIANT_NAMES[series]
            text = next(text for text in axes.texts if text.get_text().split() == name.split())
            assert text.get_color() == line_of(axes, series).get_color()


def test_brake_and_national_rules_are_marked_on_their_days(figure):
    marked = {date2num(f03.BRAKE), date2num(pd.Timestamp("2020-09-21"))}
    for axes in (figure.axes[0], *figure.axes[2:]):
        upright = {
            line.get_xdata(orig=False)[0] for line in axes.lines if len(line.get_xdata()) == 2
        }
        assert upright == marked
    words = {text.get_text() for text in figure.axes[0].texts}
    assert "DKI's brake, 14 September 2020" in words
    assert "PPKM, by national instruction, from 21 September 2020" in words


def test_a_mark_outside_the_days_shown_is_not_drawn():
    rows = regimes()
    late = tables() | {"policy/regimes.csv": rows[rows["start_date"] >= "2020-09-21"]}
    with style.settings():
        drawn = f03.draw(f03.prepare(late, CHOICES), EN, SAID)
    assert not [text for text in drawn.axes[0].texts if "brake" in text.get_text()]


def test_the_key_names_every_regime_once_with_its_step(figure):
    lines = [text.get_text().replace("\N{NO-BREAK SPACE}", " ") for text in figure.axes[1].texts]
    assert lines == [
        "0  belum PSBB",
        "2  PPKM level 2",
        "3  PPKM level 3",
        "4  PSBB",
        "PPKM level not known",
    ]


@pytest.fixture(scope="module")
def real(project):
    """Return the choices and tables of the project itself."""
    choices = config.read_config(project / "config.yaml")
    raw = {
        name: contracts.read_any(str(project / "data/raw" / name))
        for name in (
            "policy/regimes.csv",
            "geography/regions.csv",
            "mobility/movement_java.csv",
        )
    }
    aligned = cooperation.alignment_table(
        raw["policy/regimes.csv"],
        raw["mobility/movement_java.csv"],
        choices.area.policy_regions,
        choices.panels.jabodetabek,
        choices.strictness,
    )
    plain = choices.model_dump(mode="json")
    plain["following"]["shifts"] = 99
    chance = following.alignment_chance(raw, plain)
    return plain, raw | {"alignment": aligned, "alignment_chance": chance}


def test_shares_of_the_project_agree_with_a_count_by_hand(real):
    choices, raw = real
    found = f03.facts(f03.prepare(raw, choices))
    scale, levels = choices["strictness"]["regimes"], choices["strictness"]["levels"]
    primary = raw["policy/regimes.csv"].query("layer == 'primary'")
    held = {}
    for row in primary.itertuples():
        step = scale[row.regime]
        step = levels.get(row.level) if step is None else step
        for day in pd.date_range(row.start_date, row.end_date):
            held.setdefault(day, {})[row.region_code] = step
    alike = {"before": [], "after": []}
    for day, steps in held.items():
        every = [*steps.values(), *[scale["belum PSBB"]] * (9 - len(steps))]
        known = {step for step in every if step is not None}
        if len(known) > 1 or None not in every:
            alike["before" if day < pd.Timestamp("2021-01-11") else "after"].append(len(known) == 1)
    assert found["same_before"] == np.mean(alike["before"])
    assert found["same_after"] == np.mean(alike["after"])
    assert found["same"] == np.mean(alike["before"] + alike["after"])


def test_days_on_which_the_project_finds_jakarta_most_apart(real):
    choices, raw = real
    found = f03.facts(f03.prepare(raw, choices))
    # Alone under PSBB, 4 steps of 5 from all others, until Bodebek followed.
    assert (found["low"], found["low_day"]) == (pytest.approx(0.2), pd.Timestamp("2020-04-10"))
    assert found["waiting"] == 8
    assert found["later_day"] == f03.BRAKE
    assert found["all_day"] == pd.Timestamp("2020-04-18")
    assert found["national_day"] == pd.Timestamp("2021-01-11")


@pytest.mark.parametrize("code", ["en", "id"])
def test_nothing_is_cut_off_and_nothing_is_too_small(real, code):
    choices, raw = real
    with style.settings():
        assert_words_fit(f03.draw(f03.prepare(raw, choices), Language(code), SAID))


@pytest.mark.parametrize("code", ["en", "id"])
def test_no_upright_mark_and_no_other_name_runs_through_the_name_of_a_line(real, code):
    choices, raw = real
    with style.settings():
        figure = f03.draw(f03.prepare(raw, choices), Language(code), SAID)
    figure.draw_without_rendering()
    for axes in figure.axes[2:]:
        marks = [line.get_xdata(orig=False)[0] for line in axes.lines if line.get_zorder() < 1]
        assert len(marks) == 2
        struck = axes.transData.transform([(day, 0) for day in marks])[:, 0]
        # Of the letters alone: the white ground around a name may touch a mark.
        boxes = [Text.get_window_extent(name) for name in axes.texts]
        for number, box in enumerate(boxes):
            assert not any(box.x0 < at < box.x1 for at in struck), axes.texts[number].get_text()
            assert not any(box.overlaps(other) for other in boxes[:number])


def test_the_english_caption_explains_the_names_of_regimes(real):
    choices, raw = real
    said = EN.fill(f03.CAPTION, f03.facts(f03.prepare(raw, choices)))
    for word in ("belum", "ketat", "transisi", "se-Banten", "darurat", "rem darurat", "PPKM"):
        assert word in said
