"""F16: what is drawn is what was estimated and published, and the texts say so."""

from string import Formatter

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.dates import date2num

from gotong import contracts, style
from gotong.errors import ConfigError
from gotong.exhibits import f16_reproduction as f16
from gotong.exhibits.catalogue import EXHIBITS
from gotong.i18n import Language
from gotong.tables import DATE, to_csv

CLOSER = {"enlarged": {"start": "2020-05-12", "end": "2020-06-09"}, "told": "2020-06-04"}

CHOICES = {
    "rt": {
        "regions": ["31", "32"],
        "window_days": 7,
        "serial_interval": {"mean": 5.2, "sd": 2.9},
        "prior": {"mean": 5.0, "sd": 5.0},
    },
    "figures": {"rt": {"start": "2020-05-06", "end": "2020-06-06", **CLOSER}, "dpi": 100},
    "published": {
        "dispersion": {
            "value": 0.25,
            "first_author": "Someone",
            "year": 2022,
            "title": "On dispersion",
            "address": "https://example.org/k",
        }
    },
}

REGIONS = pd.DataFrame(
    {
        "region_code": ["32", "31", "3276", "3271"],
        "kemendagri_code": ["32", "31", "3276", "3271"],
        "level": ["province", "province", "kota", "kota"],
        "name": ["Jawa Barat", "DKI Jakarta", "Kota Depok", "Kota Bogor"],
        "province_code": ["32", "31", "32", "32"],
    }
)


def days(first, last):
    return pd.Series(pd.date_range(first, last)).astype(DATE)


def estimates():
    """Return R_t of two provinces by day: 1.2 and 0.8 with a band of 0.1 to either side.

    DKI is 0.95 from 1 June on and not known on 10 May; Jawa Barat is 6 on 8 May.
    """
    dki = pd.DataFrame({"region_code": "31", "date": days("2020-05-01", "2020-06-10")})
    dki["median"] = np.where(dki["date"] < "2020-06-01", 1.2, 0.95)
    dki.loc[dki["date"] == "2020-05-10", "median"] = np.nan
    west = pd.DataFrame({"region_code": "32", "date": days("2020-05-01", "2020-06-10")})
    west["median"] = np.where(west["date"] == "2020-05-08", 6.0, 0.8)
    frame = pd.concat([dki, west], ignore_index=True)
    frame = frame.assign(
        mean=frame["median"],
        sd=frame["median"] * 0 + 0.05,
        q025=frame["median"] - 0.1,
        q975=frame["median"] + 0.1,
    )
    return frame[["region_code", "date", "mean", "sd", "q025", "median", "q975"]]


def sensitivity():
    """Return wide bands of 0.3 to either side, and DKI's second series, 0.06 below the first."""
    base = estimates()[["region_code", "date", "median"]]
    wide = base.assign(variant="overdispersed", dispersion=base["region_code"].astype(float))
    wide = wide.assign(q025=base["median"] - 0.3, q975=base["median"] + 0.3)
    serial = base.assign(variant="serial_interval", dispersion=np.nan)
    serial = serial.assign(q025=base["median"] - 0.11, q975=base["median"] + 0.12)
    own = base[base["region_code"] == "31"].assign(variant="own_site", dispersion=20.0)
    own["median"] -= 0.26
    own = own.assign(q025=own["median"] - 0.3, q975=own["median"] + 0.3)
    names = ["variant", "region_code", "date", "q025", "median", "q975", "dispersion"]
    frame = pd.concat([wide, own, serial], ignore_index=True)[names]
    return frame.sort_values(["variant", "region_code", "date"], ignore_index=True)


FLAGGED = [
    # region, day, cases, mean of seven days
    ("32", "2020-05-08", 600, 100),
    ("32", "2020-05-20", 10, 100),  # a hole, not a bulk entry
]


def panel(flagged=FLAGGED):
    """Return the flag of each day of two provinces: those given, of some many cases."""
    codes = ["31", "32"]
    frame = pd.concat(
        [pd.DataFrame({"region_code": c, "date": days("2020-05-01", "2020-06-10")}) for c in codes],
        ignore_index=True,
    ).assign(cases=100.0, cases_mean_7d=100.0, cases_flag="")
    frame = frame.set_index(["region_code", "date"])
    for region, day, cases, mean in flagged:
        frame.loc[(region, pd.Timestamp(day)), :] = [cases, mean, "K99"]
    return frame.reset_index()


PUBLISHED = [
    # region, date, precision, value, statement
    ("31", "2020-03-15", "month", 4.0, "about"),  # ends before the span
    ("31", "2020-05-04", "week", 1.0, "about"),  # 1 to 7 May: meets the span, begins before it
    ("31", "2020-05-10", "day", 1.0, "at"),  # no estimate on that day
    ("31", "2020-05-20", "day", 1.25, "at"),  # inside the band, 0.05 away
    ("31", "2020-05-27", "day", 1.0, "below"),  # not a value: never compared
    ("31", "2020-05-28", "day", 0.99, "about"),  # outside, 0.21 away, other side of 1
    ("31", "2020-06-04", "day", 1.03, "at"),  # inside, 0.08 away, other side of 1
    ("32", "2020-06-02", "day", 0.68, "at"),
    ("3271", "2020-05-15", "month", 0.33, "at"),
    ("3276", "2020-06-04", "day", 0.44, "at"),
]


def published(rows=PUBLISHED):
    frame = pd.DataFrame(rows, columns=["region_code", "date", "precision", "value", "statement"])
    frame["date"] = pd.to_datetime(frame["date"]).astype(DATE)
    return frame.assign(author="someone", reported_by="a paper")[
        ["region_code", "date", "precision", "value", "statement", "author", "reported_by"]
    ]


def corrections():
    """Return what corrections touch: a published value of DKI, and other tables' rows."""
    rows = [
        ("K98", "epidemic/published_rt.csv", "31", "2021-08-14"),
        ("K99", "cases/province_daily.csv", "31", "2020-05-20"),
    ]
    frame = pd.DataFrame(rows, columns=["correction", "table", "region_code", "date"])
    return frame.assign(date=pd.to_datetime(frame["date"]).astype(DATE))


def tables(rt=None, points=None, other=None, flagged=FLAGGED):
    return {
        "panel_province": panel(flagged),
        "corrections": corrections(),
        "rt": estimates() if rt is None else rt,
        "rt_sensitivity": sensitivity() if other is None else other,
        "epidemic/published_rt.csv": published() if points is None else points,
        "geography/regions.csv": REGIONS,
    }


@pytest.fixture
def data():
    return f16.prepare(tables(), CHOICES)


def test_variants_that_the_figure_does_not_show_change_nothing_in_it(data):
    shown = sensitivity()
    wide = shown[shown["variant"] == "overdispersed"]
    hidden = [
        wide.assign(variant=name, median=9.0, q025=8.0, q975=10.0)
        for name in ("block_bootstrap", "infections")
    ]
    more = pd.concat([shown, *hidden], ignore_index=True)
    pd.testing.assert_frame_equal(f16.prepare(tables(other=more), CHOICES), data)


def test_the_small_tables_meet_the_contracts():
    contracts.check(estimates(), contracts.RT, "rt", "")
    contracts.check(sensitivity(), contracts.PROCESSED["rt_sensitivity"], "rt_sensitivity", "")
    schema = contracts.RAW["epidemic/published_rt.csv"]
    contracts.check(published(), schema, "published_rt.csv", "")


def test_the_module_reads_what_the_catalogue_gives_it():
    entry = EXHIBITS["F16"]
    assert {*entry.tables, *entry.raw} == set(tables())
    assert {*entry.choices, "published"} == set(CHOICES)
    assert set(entry.published) == set(CHOICES["published"])


# --- the plotted data


def test_estimates_are_those_of_the_span_in_the_order_of_the_configuration(data):
    ours = data[data["role"] == "estimate"]
    assert list(ours["region"].unique()) == ["DKI Jakarta", "Jawa Barat"]
    wanted = estimates()
    wanted = wanted[wanted["date"].between("2020-05-06", "2020-06-06")]
    for name in ("region_code", "date", "q025", "median", "q975"):
        pd.testing.assert_series_equal(
            ours[name].reset_index(drop=True), wanted[name].reset_index(drop=True)
        )
    assert len(ours) == 2 * 32


def test_a_later_order_of_regions_is_followed():
    turned = CHOICES | {"rt": CHOICES["rt"] | {"regions": ["32", "31"]}}
    made = f16.prepare(tables(), turned)
    assert list(made["region_code"].unique()) == ["32", "31", "3271", "3276", ""]
    assert f16.facts(made)["core"] == "Jawa Barat"


def test_window_and_serial_interval_travel_with_the_estimates(data):
    ours = data[data["role"] == "estimate"]
    assert (ours["date"] - ours["first_day"] == pd.Timedelta(days=6)).all()
    assert (ours["last_day"] == ours["date"]).all()
    assert (ours["serial_mean"] == 5.2).all()
    assert (ours["serial_sd"] == 2.9).all()


def test_a_published_value_spans_its_day_week_or_month(data):
    others = data[data["role"].isin(["published", "left_out"])]
    points = others.set_index(["region_code", "date"])
    spans = {
        ("31", "2020-03-15"): ("2020-03-01", "2020-03-31"),
        ("31", "2020-05-04"): ("2020-05-01", "2020-05-07"),
        ("31", "2020-05-20"): ("2020-05-20", "2020-05-20"),
        ("3271", "2020-05-15"): ("2020-05-01", "2020-05-31"),
    }
    for (region, day), (first, last) in spans.items():
        row = points.loc[(region, pd.Timestamp(day))]
        assert (row["first_day"], row["last_day"]) == (pd.Timestamp(first), pd.Timestamp(last))


def test_values_without_an_estimate_beside_them_are_kept_but_left_out(data):
    left_out = data[data["role"] == "left_out"]
    assert set(zip(left_out["region_code"], left_out["value"], strict=True)) == {
        ("31", 4.0),
        ("3271", 0.33),
        ("3276", 0.44),
    }
    assert (data["role"] == "published").sum() == len(PUBLISHED) - 3


def test_a_month_that_the_span_cuts_is_drawn_whole():
    wide = CHOICES | {"figures": {"rt": {"start": "2020-05-06", "end": "2020-05-31", **CLOSER}}}
    rows = [("31", "2020-05-15", "month", 1.1, "about"), ("31", "2020-06-10", "day", 1, "at")]
    made = f16.prepare(tables(points=published(rows)), wide)
    assert list(made.loc[made["role"] == "published", "value"]) == [1.1]
    figure = drawn(made)
    first, last = figure.axes[0].get_xlim()
    assert (first, last) == (number("2020-05-01"), number("2020-05-31"))


def test_bulk_entries_and_the_doubtful_point_are_noted_in_their_region_only():
    long = CHOICES | {"figures": {"rt": {"start": "2020-05-01", "end": "2021-08-20", **CLOSER}}}
    later = published(
        [("31", "2021-08-14", "week", 1.0, "at"), ("32", "2021-08-14", "day", 1, "at")]
    )
    made = f16.prepare(tables(points=later), long)
    noted = made[made["note"] != ""]
    assert list(zip(noted["region_code"], noted["date"], noted["note"], strict=True)) == [
        ("32", pd.Timestamp("2020-05-08"), "bulk_entry"),
        ("31", pd.Timestamp("2021-08-14"), "doubtful"),
    ]


def test_the_data_can_be_written_as_csv(data):
    lines = to_csv(data).decode().splitlines()
    assert lines[0].startswith("role,region_code,region,date,first_day,last_day,q025,median,q975,")
    # Two provinces, the second series of one, the dispersion that others published, and the days
    # that are drawn larger.
    assert len(lines) == 1 + 64 + 32 + len(PUBLISHED) + 1 + 1
    *_, dispersion, enlarged = lines
    assert dispersion.startswith("dispersion,,,,,,")
    assert dispersion.endswith(",2022,https://example.org/k")
    assert ",0.25,,,Someone,On dispersion," in dispersion
    assert enlarged.startswith("enlarged,31,,2020-06-04,2020-05-12,2020-06-09,,,,")
    unknown = next(line for line in lines if line.startswith("estimate,31,DKI Jakarta,2020-05-10"))
    assert ",,,,5.2,2.9," in unknown


def test_a_span_without_estimates_is_refused_with_the_key():
    early = CHOICES | {"figures": {"rt": {"start": "2019-01-01", "end": "2019-02-01"}}}
    with pytest.raises(ConfigError, match="without an estimate of 31, 32") as caught:
        f16.prepare(tables(), early)
    assert caught.value.key == "figures.rt"
    unknown = estimates()
    unknown.loc[unknown["region_code"] == "32", ["q025", "median", "q975"]] = np.nan
    with pytest.raises(ConfigError, match="without an estimate of 32"):
        f16.prepare(tables(rt=unknown), CHOICES)


# --- the facts


def test_shares_count_known_days_only(data):
    found = f16.facts(data)
    # DKI: 32 days, one unknown; 6 of them from 1 June on. Jawa Barat: 1 day of 32 above 1.
    assert found["above"] == pytest.approx(25 / 31)
    assert (found["least"], found["most"]) == (pytest.approx(1 / 32), pytest.approx(25 / 31))
    assert found["days"] == 31 + 32
    assert found["first_below"] == pd.Timestamp("2020-06-01")


def test_published_values_are_held_against_the_same_day(data):
    found = f16.facts(data)
    # Not compared: below, the day without an estimate, the week centred before the span.
    assert found["compared"] == 3
    assert found["inside"] == 2
    assert found["opposite"] == 2
    assert found["difference"] == pytest.approx(0.08)


def test_a_value_of_one_lies_on_no_side():
    rows = [("31", "2020-05-20", "day", 1.0, "at"), ("31", "2020-06-02", "day", 1.0, "about")]
    found = f16.facts(f16.prepare(tables(points=published(rows)), CHOICES))
    assert (found["compared"], found["opposite"]) == (2, 0)


def test_what_is_not_drawn_is_counted_and_named(data):
    found = f16.facts(data)
    assert (found["drawn"], found["left_out"]) == (7, 3)
    assert found["left_out_regions"] == "DKI Jakarta, Kota Bogor, Kota Depok"


def test_days_beyond_the_axis_are_counted(data):
    found = f16.facts(data)
    assert found["beyond"] == 1
    assert (found["lowest"], found["highest"]) == (0.8, 6.0)


def test_the_day_on_which_the_series_disagree(data):
    found = f16.facts(data)
    assert found["turn_day"] == pd.Timestamp("2020-06-04")
    assert (found["turn"], found["turn_low"], found["turn_high"]) == pytest.approx(
        (0.95, 0.85, 1.05)
    )


def test_the_doubtful_point_is_described_as_it_is_treated():
    late = estimates()
    late["date"] = (late["date"] + pd.Timedelta(days=440)).astype(
        DATE
    )  # 31 May 2020 becomes 14 August 2021
    points = published([("31", "2021-08-14", "week", 1.0, "at")])
    span = {"start": "2021-07-20", "end": "2021-08-20", **CLOSER}
    found = f16.facts(f16.prepare(tables(late, points), CHOICES | {"figures": {"rt": span}}))
    told = Language("en").fill(f16.CAPTION, found)
    assert "The 1.0 published for 14 August 2021 cannot be this quantity" in told
    assert f"(ours: 1.20); {f16.DRAWN}. " in told
    assert "that meet an estimate, that of 14 August 2021 left out, differ" in told
    # 1.2 of ours stands beside it, and it is held against nothing.
    assert found["compared"] == 0
    span = {"start": "2021-07-20", "end": "2021-07-30", **CLOSER}
    found = f16.facts(f16.prepare(tables(late, points), CHOICES | {"figures": {"rt": span}}))
    told = Language("en").fill(f16.CAPTION, found)
    assert f"(ours: not estimated); {f16.NOT_DRAWN}. " in told


@pytest.mark.parametrize("code", ["en", "id"])
def test_the_caption_says_nothing_of_what_is_not_there(code):
    points = published([("31", "2020-06-02", "day", 1.0, "at")])
    found = f16.facts(f16.prepare(tables(points=points, flagged=[]), CHOICES))
    told = Language(code).fill(f16.CAPTION, found)
    assert (found["aside"], found["of_doubtful"], found["bounds"]) == ("", "", "")
    assert Language(code)(f16.NO_BULK) in told
    assert not set("{}[]") & set(told)
    for word in ("no day", "tidak ada hari", " 0 days", " 0 hari", "  "):
        assert word not in told


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["2020-05-27"], "(that of 27 May 2020 only an upper bound, held against nothing)"),
        (["2020-05-27", "2020-06-02"], "(2 of them only upper bounds, held against nothing)"),
    ],
)
def test_the_caption_says_which_values_are_upper_bounds(days, said):
    points = published([("31", day, "day", 1.0, "below") for day in days])
    found = f16.facts(f16.prepare(tables(points=points), CHOICES))
    assert said in Language("en").fill(f16.CAPTION, found)


def test_other_bands_stand_beside_the_estimates(data):
    ours = data[data["role"] == "estimate"].dropna(subset="median")
    np.testing.assert_allclose(ours["wide_high"] - ours["median"], 0.3)
    np.testing.assert_allclose(ours["median"] - ours["serial_low"], 0.11)
    found = f16.facts(data)
    assert (found["fano_low"], found["fano_high"]) == (31, 32)
    # The larger of 0.11 - 0.1 and 0.12 - 0.1.
    assert found["serial_moves"] == pytest.approx(0.02)


def test_the_two_series_of_dki_are_told_apart(data):
    second = data[data["role"] == "second"]
    assert set(second["region"]) == {"DKI Jakarta"}
    assert len(second) == 32
    found = f16.facts(data)
    assert found["turn_second"] == pytest.approx(0.69)
    assert found["turn_second_high"] == pytest.approx(0.99)
    assert (found["turn_wide_low"], found["turn_wide_high"]) == pytest.approx((0.65, 1.25))
    # 1.2 and 0.94 to the end of May, but for 10 May, which is not known.
    assert (found["flips"], found["both_days"]) == (25, 31)


def test_values_in_the_wide_band_are_counted(data):
    # All three lie within 0.3 of the median.
    assert f16.facts(data)["inside_wide"] == 3


@pytest.mark.parametrize("message", [f16.TITLE, f16.CAPTION, f16.ALT])
@pytest.mark.parametrize("regions", [["31", "32"], ["32"]])
def test_every_field_is_filled_whatever_the_regions(message, regions):
    choices = CHOICES | {"rt": CHOICES["rt"] | {"regions": regions}}
    empty = published([])
    for points in (published(), empty):
        found = f16.facts(f16.prepare(tables(points=points), choices))
        for code in ("id", "en"):
            text = Language(code).fill(message, found)
            assert "nan" not in text.lower().split()
            assert "{" not in text


def test_the_texts_hold_no_number_that_is_not_a_fact():
    allowed = {"2013", "95%", "1", "2020", "06", "28", "20142133", "1989"}
    for message in (f16.TITLE, f16.CAPTION, f16.ALT):
        plain = "".join(text for text, *_ in Formatter().parse(message))
        words = plain.replace(".", " ").replace("(", " ").replace(")", " ").replace(",", " ")
        numbers = {word.strip(";:") for word in words.split() if any(map(str.isdigit, word))}
        assert numbers <= allowed


# --- the figure


def number(day):
    return date2num(pd.Timestamp(day))


def drawn(data, code="en"):
    said = {"title": "A title", "sources": "Sources"}
    with style.settings():
        return f16.draw(data, Language(code), said)


def lines(axes, label):
    return [line for line in axes.get_lines() if line.get_label() == label]


def points(axes, label):
    """Return day and value of every mark of a kind."""
    return [
        (pd.Timestamp(day), float(value))
        for line in lines(axes, label)
        for day, value in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def test_one_chart_per_region_with_its_name_and_days(data):
    dki, west = drawn(data).axes
    assert dki.get_title(loc="left") == "DKI Jakarta: above 1 on 81% of 31 days"
    assert west.get_title(loc="left") == "Jawa Barat: above 1 on 3% of 32 days"


def test_median_and_band_are_those_of_the_data(data):
    figure = drawn(data)
    for axes, region in zip(figure.axes, ("31", "32"), strict=True):
        ours = data[(data["role"] == "estimate") & (data["region_code"] == region)]
        (median,) = lines(axes, "median")
        np.testing.assert_array_equal(median.get_ydata(), ours["median"])
        np.testing.assert_array_equal(median.get_xdata(), ours["date"].to_numpy())
        vertices = np.concatenate([path.vertices for path in axes.collections[0].get_paths()])
        known = ours.dropna()
        for name in ("q025", "q975"):
            corners = set(zip(number_of(known["date"]), known[name], strict=True))
            assert corners <= set(map(tuple, vertices))


def test_the_wide_band_and_the_second_line_are_those_of_the_data(data):
    dki, west = drawn(data).axes
    ours = data[(data["role"] == "estimate") & (data["region_code"] == "31")].dropna(
        subset="median"
    )
    vertices = np.concatenate([path.vertices for path in dki.collections[1].get_paths()])
    for name in ("wide_low", "wide_high"):
        corners = set(zip(number_of(ours["date"]), ours[name], strict=True))
        assert corners <= set(map(tuple, vertices))
    second = data[data["role"] == "second"]
    (line,) = lines(dki, "second")
    np.testing.assert_array_equal(line.get_ydata(), second["median"])
    assert line.get_linestyle() != "-"
    assert not lines(west, "second")


def number_of(dates):
    return [number(day) for day in dates]


def test_an_unknown_day_is_a_hole_and_not_zero(data):
    axes = drawn(data).axes[0]
    (median,) = lines(axes, "median")
    at = list(pd.to_datetime(median.get_xdata())).index(pd.Timestamp("2020-05-10"))
    assert np.isnan(median.get_ydata()[at])
    assert np.nanmin(median.get_ydata()) == 0.95
    assert len(axes.collections[0].get_paths()) == 2
    assert axes.collections[0].get_paths()[0].vertices[:, 1].min() > 1


def test_published_values_are_marked_by_what_was_said(data):
    dki, west = drawn(data).axes
    assert points(dki, "at") == [
        (pd.Timestamp("2020-05-10"), 1.0),
        (pd.Timestamp("2020-05-20"), 1.25),
        (pd.Timestamp("2020-06-04"), 1.03),
    ]
    assert points(dki, "about") == [
        (pd.Timestamp("2020-05-04"), 1.0),
        (pd.Timestamp("2020-05-28"), 0.99),
    ]
    assert points(dki, "below") == [(pd.Timestamp("2020-05-27"), 1.0)]
    assert points(west, "at") == [(pd.Timestamp("2020-06-02"), 0.68)]
    assert points(west, "about") == points(west, "below") == []


def test_the_doubtful_value_is_grey_and_not_among_the_others():
    long = CHOICES | {"figures": {"rt": {"start": "2020-05-01", "end": "2021-08-20", **CLOSER}}}
    rows = [("31", "2021-08-14", "week", 1.0, "at"), ("31", "2020-05-20", "day", 1.25, "at")]
    dki = drawn(f16.prepare(tables(points=published(rows)), long)).axes[0]
    assert points(dki, "at") == [(pd.Timestamp("2020-05-20"), 1.25)]
    assert points(dki, "doubtful") == [(pd.Timestamp("2021-08-14"), 1.0)]
    for label in ("doubtful", "period"):
        (line,) = lines(dki, label)
        assert to_hex(line.get_color()) == style.QUIET


def test_the_second_line_does_not_hide_the_first(data):
    dki = drawn(data).axes[0]
    (first,), (second,) = lines(dki, "median"), lines(dki, "second")
    assert second.get_zorder() < first.get_zorder()
    assert second.get_linewidth() > first.get_linewidth()


def test_the_kinds_differ_in_form_and_not_only_in_colour(data):
    axes = drawn(data).axes[0]
    at, about, below = (lines(axes, kind)[0] for kind in ("at", "about", "below"))
    assert at.get_marker() == about.get_marker() == "o"
    assert below.get_marker() != "o"
    assert to_hex(at.get_markerfacecolor()) == style.VERMILION
    assert about.get_markerfacecolor() == "white"


def test_a_bar_spans_the_week_of_a_value(data):
    dki, west = drawn(data).axes
    (bar,) = lines(dki, "period")
    assert list(pd.to_datetime(bar.get_xdata())) == list(
        pd.to_datetime(["2020-05-01", "2020-05-07"])
    )
    assert list(bar.get_ydata()) == [1.0, 1.0]
    assert not lines(west, "period")


def test_the_charts_share_a_logarithmic_axis_with_a_line_at_one(data):
    figure = drawn(data)
    for axes in figure.axes:
        assert axes.get_yscale() == "log"
        assert axes.get_ylim() == (f16.LOW, f16.HIGH)
        assert axes.get_xlim() == (number("2020-05-01"), number("2020-06-06"))
        assert any(list(line.get_ydata()) == [1, 1] for line in axes.get_lines())


@pytest.mark.parametrize(
    ("code", "ticks"),
    [
        ("en", ["0.5", "0.7", "1", "1.5", "2", "3", "4"]),
        ("id", ["0,5", "0,7", "1", "1,5", "2", "3", "4"]),
    ],
)
def test_the_numbers_of_the_axis_are_written_in_the_language(data, code, ticks):
    axes = drawn(data, code).axes[0]
    axes.figure.canvas.draw()
    assert [text.get_text() for text in axes.get_yticklabels()] == ticks


def test_a_bulk_entry_is_named_where_it_lies(data):
    dki, west = drawn(data).axes
    notes = [text for text in west.texts if "\n8 May" in text.get_text()]
    assert len(notes) == 1
    # The peak of 6 lies beyond the axis; its name stays on it.
    assert notes[0].xy == (pd.Timestamp("2020-05-08"), f16.HIGH)
    assert not [text for text in dki.texts if "8 May" in text.get_text()]


@pytest.mark.parametrize(
    ("flagged", "named"),
    [
        # Within seven days: one peak, named at the last day.
        (["2020-05-08", "2020-05-10", "2020-05-14"], ["14 May"]),
        # Seven days apart: no window holds both.
        (["2020-05-08", "2020-05-15"], ["8 May", "15 May"]),
        ([], []),
    ],
)
def test_bulk_entries_follow_the_flags_of_the_panel(flagged, named):
    made = f16.prepare(tables(flagged=[("31", day, 600, 100) for day in flagged]), CHOICES)
    noted = made.loc[made["note"] == "bulk_entry", ["region_code", "date"]]
    assert set(noted["region_code"]) <= {"31"}
    assert list(noted["date"]) == [pd.Timestamp(day) for day in flagged]
    texts = [text.get_text() for text in drawn(made).axes[0].texts if "bulk" in text.get_text()]
    assert texts == [f"bulk entry\n{day}" for day in named]
    told = Language("en").fill(f16.CAPTION, f16.facts(made))
    assert (f"flag ({len(flagged)} days)" in told) == bool(flagged)
    assert (f16.NO_BULK in told) == (not flagged)


def test_the_dispersion_of_others_is_told_as_configured(data):
    told = Language("en").fill(f16.CAPTION, f16.facts(data))
    assert "k = 0.25 published for Jakarta and Depok, Someone et al. 2022)" in told
    told = Language("id").fill(f16.CAPTION, f16.facts(data))
    assert "k = 0,25 diterbitkan untuk Jakarta dan Depok, Someone dkk. 2022)" in told


def test_the_project_flags_the_bulk_entries_that_the_register_tells_of(results):
    found = f16._bulk_days(results["panel_province"])
    assert {(code, f"{day:%Y-%m-%d}") for code, day in found} == {
        ("32", "2020-05-04"),
        ("32", "2020-05-08"),
        ("32", "2020-07-09"),
        ("32", "2021-08-24"),
        ("32", "2021-08-25"),
        ("32", "2021-08-26"),
        ("36", "2021-04-04"),
    }


def test_crowded_points_are_drawn_once_more_and_larger():
    long = CHOICES | {"figures": {"rt": {"start": "2020-05-02", "end": "2020-06-10", **CLOSER}}}
    made = f16.prepare(tables(), long)
    dki, west = drawn(made).axes
    (inset,) = dki.child_axes
    assert not west.child_axes
    assert points(inset, "at") == points(dki, "at")
    assert inset.get_xlim() == (number("2020-05-12"), number("2020-06-09"))
    assert not drawn(f16.prepare(tables(), CHOICES)).axes[0].child_axes


def test_the_day_told_of_and_the_days_drawn_larger_are_those_of_the_configuration():
    others = {"enlarged": {"start": "2020-05-08", "end": "2020-05-28"}, "told": "2020-05-28"}
    choices = CHOICES | {"figures": {"rt": CHOICES["figures"]["rt"] | others}}
    made = f16.prepare(tables(), choices)
    found = f16.facts(made)
    assert (found["turn_day"], found["turn"]) == (pd.Timestamp("2020-05-28"), 1.2)
    (inset,) = drawn(made).axes[0].child_axes
    assert inset.get_xlim() == (number("2020-05-08"), number("2020-05-28"))


def test_no_text_leaves_the_figure(data):
    for code in ("id", "en"):
        figure = drawn(data, code)
        with style.settings():
            figure.canvas.draw()
        frame = figure.bbox
        for axes in figure.axes:
            for text in axes.texts:
                box = text.get_window_extent()
                assert box.x0 >= 0
                assert box.x1 <= frame.x1
                assert text.get_size() >= 6


def test_the_same_data_give_the_same_bytes(data):
    first, second = (style.save(drawn(data), "svg", 100) for _ in range(2))
    assert first == second
