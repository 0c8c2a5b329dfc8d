"""The hand-coded tables: kept whole, placed by code, and refused where a hand slipped."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gotong.contracts import RAW, read_raw
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.coded import MEASURES_FILE, REGIMES_FILE, read_measures, read_regimes
from gotong.tables import to_csv

NAMES = {
    "16": "Sumatera Selatan",
    "1672": "Kota Prabumulih",
    "1674": "Kota Lubuklinggau",
    "31": "DKI Jakarta",
    "32": "Jawa Barat",
    "3201": "Kab. Bogor",
    "3205": "Kab. Garut",
    "3216": "Kab. Bekasi",
    "3271": "Kota Bogor",
    "3273": "Kota Bandung",
    "3275": "Kota Bekasi",
    "3276": "Kota Depok",
    "3603": "Kab. Tangerang",
    "3671": "Kota Tangerang",
    "3674": "Kota Tangerang Selatan",
    "36": "Banten",
    "75": "Gorontalo",
    "72": "Sulawesi Tengah",
    "7205": "Kab. Donggala",
    "7207": "Kab. Buol",
}
GAZETTEER = Gazetteer(
    pd.DataFrame(
        {
            "region_code": list(NAMES),
            "kemendagri_code": list(NAMES),
            "level": "kabupaten",
            "name": list(NAMES.values()),
            "province_code": [code[:2] for code in NAMES],
        }
    )
)

REGIME = {
    "region_code": "31",
    "region": "DKI Jakarta",
    "group": "DKI",
    "layer": "comparison",
    "start_date": "2020-04-10",
    "end_date": "2020-04-23",
    "regime": "PSBB",
    "level": "",
    "instrument": "Kepgub 380/2020",
    "national_instrument": "",
    "kepmenkes": "HK.01.07/MENKES/239/2020 (2020-04-07)",
    "source_url": "https://example.org/read/1?page=2",
    "source_url_2": "",
    "confidence": "high",
    "note": "",
    "audit": "confirmed",
    "audit_source": "",
}
MEASURE = {
    "id": "CM001",
    "name": "Bus gratis",
    "dyad": "G-P",
    "act": "action",
    "factor": "new_normal",
    "level": "cross_border",
    "parties": "DKI; PT KAI",
    "regions": "Kota Bogor",
    "start_date": "2020-06-15",
    "end_date": "",
    "instrument": "",
    "magnitude": "50 buses",
    "source_url": "https://example.org/read/2",
    "confidence": "high",
    "note": "",
    "audit": "confirmed",
    "audit_source": "",
}


def as_csv(template, *changes):
    """Write one row per change of a template."""
    sink = io.StringIO()
    writer = csv.DictWriter(sink, template, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**template, **change} for change in changes)
    return sink.getvalue().encode()


def regimes(*changes, gazetteer=GAZETTEER):
    return read_regimes({REGIMES_FILE: as_csv(REGIME, *changes)}, gazetteer, control=None)


def measures(*changes):
    return read_measures({MEASURES_FILE: as_csv(MEASURE, *changes)}, GAZETTEER, control=None)


def refusal(read, *changes):
    with pytest.raises(InputError) as caught:
        read(*changes)
    return caught.value


def period(start, end, **change):
    return {"layer": "primary", "start_date": start, "end_date": end, **change}


def test_a_regime_keeps_what_was_coded():
    (row,) = regimes({"source_url_2": "http://example.org"}).to_dict("records")
    assert row["region_code"] == "31"
    assert row["start_date"] == pd.Timestamp("2020-04-10")
    assert row["ministry_decree"] == "HK.01.07/MENKES/239/2020 (2020-04-07)"
    assert row["source_url"] == "https://example.org/read/1?page=2"
    assert row["source_url_2"] == "http://example.org"


def test_regimes_are_sorted_by_key_and_survive_their_own_csv():
    first, second = {"region_code": "36", "region": "Banten"}, {"layer": "overlay", "end_date": ""}
    frame = regimes({}, second, first)
    shown = list(zip(frame["layer"], frame["region_code"], strict=True))
    assert shown == [("comparison", "31"), ("comparison", "36"), ("overlay", "31")]
    again = read_raw(to_csv(frame), RAW["policy/regimes.csv"], "regimes.csv")
    pd.testing.assert_frame_equal(again, frame)


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("31", "DKI Jakarta"),
        ("3201", "Kab. Bogor"),
        ("3273", "Bandung Raya (Kota Bandung)"),
        ("36", "Banten (province-wide)"),
        ("75", "Gorontalo (province)"),
    ],
)
def test_a_printed_name_may_be_qualified(code, printed):
    assert regimes({"region_code": code, "region": printed})["region_code"].tolist() == [code]


@pytest.mark.parametrize(
    ("typed", "printed", "bps"),
    [
        ("7205", "Kab. Buol", "7207"),
        ("7207", "Kab. Buol", "7207"),
        ("7205", "Kab. Donggala", "7205"),
        ("1674", "Kota Prabumulih", "1672"),
    ],
)
def test_two_rows_with_the_code_of_kemendagri_get_that_of_bps(typed, printed, bps):
    assert regimes({"region_code": typed, "region": printed})["region_code"].tolist() == [bps]


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"start_date": "2020-04-31"}, "start_date", "2020-04-31"),
        ({"start_date": "2020-04"}, "start_date", "2020-04"),
        ({"start_date": "10/04/2020"}, "start_date", "10/04/2020"),
        ({"start_date": ""}, "start_date", "a blank"),
        ({"end_date": "2020-04-09"}, "end_date", "2020-04-09"),
        ({"region_code": "99"}, "region_code", "99"),
        ({"region_code": "3201"}, "region", "'DKI Jakarta' (31)"),
        ({"region": "Kota Bandung (Bandung Raya)"}, "region", "Kota Bandung (Bandung Raya)"),
        ({"region_code": "3271", "region": "Kota Depok"}, "region", "'Kota Depok' (3276)"),
        ({"regime": ""}, "regime", "a blank"),
        ({"level": "3"}, "level", "'3'"),
        ({"regime": "PPKM level", "level": "5"}, "level", "5"),
        ({"layer": "secondary"}, "layer", "secondary"),
        ({"audit": "checked"}, "audit", "checked"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "javascript:alert(1)"),
        ({"source_url": ""}, "source_url", "a blank"),
        ({"source_url_2": 'https://a.id/"onload=x'}, "source_url_2", "onload"),
        ({"source_url_2": "ftp://example.org/a"}, "source_url_2", "ftp:"),
        ({"note": "one\ntwo"}, "note", "one\\ntwo"),
    ],
)
def test_a_slip_in_a_regime_is_refused_with_its_row(change, column, said):
    error = refusal(regimes, {"start_date": "2020-04-01"}, change)
    assert error.place.startswith("row 3")
    assert f"column '{column}'" in error.place
    assert said in error.found
    assert error.file == REGIMES_FILE


def test_a_regime_twice_is_refused():
    error = refusal(regimes, {}, {"start_date": "2020-05-01", "end_date": "2020-05-02"}, {})
    assert "one row per layer, region_code, start_date, regime" in error.expected


@pytest.mark.parametrize(
    ("starts", "row", "said"),
    [
        (("2020-04-10", "2020-04-23"), 3, "runs into the period before"),
        (("2020-04-10", "2020-04-25"), 3, "leaves days out"),
    ],
)
def test_a_day_held_twice_or_not_at_all_is_refused(starts, row, said):
    first, second = starts
    error = refusal(
        regimes,
        period(first, "2020-04-23"),
        period(second, "2022-04-04"),
        period("2020-04-15", "2022-04-04", region_code="3201", region="Kab. Bogor"),
    )
    assert error.place == f"row {row}, column 'start_date'"
    assert "2020-04-24" in error.expected
    assert said in error.found


def test_only_the_two_spanned_layers_must_hold_every_day():
    apart = [
        {"start_date": f"2020-0{month}-01", "end_date": f"2020-0{month}-09"} for month in (5, 7)
    ]
    assert len(regimes(*apart)) == 2
    for layer in ("primary", "wj27"):
        assert refusal(regimes, *({"layer": layer, **change} for change in apart))


@pytest.mark.parametrize(
    ("change", "column", "wanted"),
    [
        (period("2020-04-10", "2022-04-03"), "end_date", "2022-04-04"),
        (period("2020-04-10", ""), "end_date", "a last day"),
        (period("2020-04-01", "2020-07-30", layer="wj27"), "end_date", "2020-07-31"),
        (period("2020-04-02", "2020-07-31", layer="wj27"), "start_date", "2020-04-01"),
    ],
)
def test_a_spanned_layer_ends_where_it_should(change, column, wanted):
    error = refusal(regimes, {}, change)
    assert error.place == f"row 3, column '{column}'"
    assert wanted in error.expected


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.sets(st.integers(1, 121), min_size=1, max_size=6),
    which=st.integers(0, 5),
    shift=st.sampled_from([-1, 1]),
)
def test_periods_that_touch_are_accepted_and_any_other_are_not(cuts, which, shift):
    opening = pd.Timestamp("2020-04-01")
    starts = [opening + pd.Timedelta(days=day) for day in sorted({0, *cuts})]
    ends = [start - pd.Timedelta(days=1) for start in starts[1:]] + [pd.Timestamp("2020-07-31")]

    def rows(ends):
        return [
            {"layer": "wj27", "start_date": str(start.date()), "end_date": str(end.date())}
            for start, end in zip(starts, ends, strict=True)
        ]

    assert len(regimes(*rows(ends))) == len(starts)
    moved = which % (len(ends) - 1)
    ends[moved] += pd.Timedelta(days=shift)
    assert refusal(regimes, *rows(ends))


@pytest.mark.parametrize("read", [regimes, measures])
def test_a_table_without_rows_is_refused(read):
    assert refusal(read).expected == "rows below the header"


@pytest.mark.parametrize(
    ("read", "template", "file"),
    [(read_regimes, REGIME, REGIMES_FILE), (read_measures, MEASURE, MEASURES_FILE)],
)
def test_a_missing_column_is_refused_by_name(read, template, file):
    short = {name: cell for name, cell in template.items() if name != "confidence"}
    with pytest.raises(InputError) as caught:
        read({file: as_csv(short, {})}, GAZETTEER)
    assert caught.value.place == "row 1 (header)"
    assert "missing: confidence" in caught.value.found


def test_a_quotation_mark_left_open_does_not_swallow_rows():
    content = as_csv(MEASURE, {}, {"id": "CM002"}, {"id": "CM003"})
    broken = content.replace(b",confirmed,\nCM002", b',confirmed,"\nCM002')
    assert broken != content
    with pytest.raises(InputError) as caught:
        read_measures({MEASURES_FILE: broken}, GAZETTEER)
    assert caught.value.expected == "a cell of one line"


@pytest.mark.parametrize(
    ("read", "template", "file"),
    [(read_regimes, REGIME, REGIMES_FILE), (read_measures, MEASURE, MEASURES_FILE)],
)
def test_another_table_than_the_coded_one_is_refused(read, template, file):
    with pytest.raises(InputError) as caught:
        read({file: as_csv(template, {})}, GAZETTEER)
    assert caught.value.place == "whole table"
    assert "renew the control total" in caught.value.remedy


def test_a_measure_keeps_its_words_under_the_names_of_the_contract():
    (row,) = measures({}).to_dict("records")
    assert (row["measure_id"], row["reach"]) == ("CM001", "cross_border")
    assert (row["regions"], row["region_codes"]) == ("Kota Bogor", "3271")
    assert row["start_date"] == pd.Timestamp("2020-06-15")
    assert row["end_date"] is pd.NaT


DKI = "3101 3171 3172 3173 3174 3175"
ALL = f"{DKI} 3201 3216 3271 3275 3276 3603 3671 3674"


@pytest.mark.parametrize(
    ("regions", "codes"),
    [
        ("DKI", DKI),
        ("Jabodetabek", ALL),
        ("Jadetabek", f"{DKI} 3216 3275 3276 3603 3671 3674"),
        ("Bodebek", "3201 3216 3271 3275 3276"),
        ("Bodebek + others", "3201 3216 3271 3275 3276"),
        ("Tangerang Raya", "3603 3671 3674"),
        ("DKI (Kep. Seribu)", "3101"),
        ("DKI (Jakarta Selatan)", "3171"),
        ("DKI (Jakarta Pusat)", "3173"),
        ("DKI; Depok; Tangerang; Bekasi", f"{DKI} 3216 3275 3276 3603 3671"),
        ("DKI; Kota Bogor; Kab. Bogor", f"{DKI} 3201 3271"),
        ("Kota Tangerang", "3671"),
        ("Kab. Tangerang", "3603"),
        ("Kota Depok; Jabodetabek", ALL),
        ("Jabodetabek; Semarang", ALL),
        ("national", ALL),
        ("national; DKI", ALL),
        ("Bali (outside Jabodetabek)", ""),
    ],
)
def test_regions_resolve_to_units_of_greater_jakarta(regions, codes):
    frame = measures({"regions": regions})
    assert frame["region_codes"].tolist() == [codes]
    assert frame["regions"].tolist() == [regions]


def test_a_measure_without_dates_is_kept():
    frame = measures({"id": "CM002"}, {"id": "CM001", "start_date": ""})
    assert frame["measure_id"].tolist() == ["CM001", "CM002"]
    assert frame["start_date"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    "address", ["", "https://a.id/b", "https://a.id (article 7; slug not kept)"]
)
def test_the_second_text_may_be_known_by_site_and_number(address):
    assert measures({"audit_source": address})["audit_source"].tolist() == [address]


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"dyad": "G-X"}, "dyad", "G-X"),
        ({"act": "deed"}, "act", "deed"),
        ({"level": "world"}, "reach", "world"),
        ({"id": "M1"}, "measure_id", "M1"),
        ({"regions": "Bogor"}, "regions", "Bogor"),
        ({"regions": "DKI;Kota Bogor"}, "regions", "DKI;Kota Bogor"),
        ({"regions": ""}, "regions", "''"),
        ({"regions": "DKI; Kab. Garut"}, "regions", "Kab. Garut"),
        ({"regions": "Jawa Barat"}, "regions", "Jawa Barat"),
        ({"start_date": "2020-03"}, "start_date", "2020-03"),
        ({"start_date": "2021-02-29"}, "start_date", "2021-02-29"),
        ({"end_date": "2020-06-14"}, "end_date", "2020-06-14"),
        ({"source_url": "javascript:alert(1)"}, "source_url", "javascript:alert(1)"),
        ({"audit_source": "javascript:x (slug not kept)"}, "audit_source", "javascript:x"),
        ({"audit_source": "press"}, "audit_source", "press"),
    ],
)
def test_a_slip_in_a_measure_is_refused_with_its_row(change, column, said):
    error = refusal(measures, {"id": "CM000"}, change)
    assert error.place.startswith("row 3")
    assert f"column '{column}'" in error.place
    assert said in error.found


def test_an_id_twice_is_refused():
    error = refusal(measures, {"id": "CM001"}, {"id": "CM002"}, {"id": "CM001"})
    assert "CM001" in error.place
    assert error.expected == "one row per measure_id"


@pytest.fixture(scope="module")
def gazetteer(project):
    """Return the project's own regions and spellings."""
    tables = {}
    for name in ("geography/regions.csv", "geography/spellings.csv"):
        content = (project / "data" / "raw" / name).read_bytes()
        tables[name] = read_raw(content, RAW[name], name)
    return Gazetteer(*tables.values())


@pytest.fixture(scope="module")
def timeline(shared, gazetteer):
    content = (shared / "curated" / REGIMES_FILE).read_bytes()
    return read_regimes({REGIMES_FILE: content}, gazetteer)


@pytest.fixture(scope="module")
def acts(shared, gazetteer):
    content = (shared / "curated" / MEASURES_FILE).read_bytes()
    return read_measures({MEASURES_FILE: content}, gazetteer)


@pytest.mark.upstream
def test_all_coded_periods_are_kept(timeline):
    assert timeline["layer"].value_counts().to_dict() == {
        "primary": 503,
        "overlay": 16,
        "comparison": 28,
        "wj27": 161,
    }


@pytest.mark.upstream
def test_first_psbb_of_greater_jakarta(timeline):
    first = timeline[timeline["layer"] == "primary"].groupby("region_code")["start_date"].min()
    assert first.dt.strftime("%m-%d").to_dict() == {
        "31": "04-10",
        **dict.fromkeys(("3201", "3216", "3271", "3275", "3276"), "04-15"),
        **dict.fromkeys(("3603", "3671", "3674"), "04-18"),
    }


@pytest.mark.upstream
def test_west_java_started_in_three_waves(timeline):
    panel = timeline[timeline["layer"] == "wj27"]
    psbb = panel[panel["regime"] == "PSBB"].groupby("region_code")["start_date"].min()
    assert psbb.dt.strftime("%m-%d").value_counts().to_dict() == {
        "04-15": 5,
        "04-22": 5,
        "05-06": 17,
    }


@pytest.mark.upstream
@pytest.mark.parametrize(
    ("layer", "region_days"), [("wj27", 27 * 122), ("primary", 725 + 5 * 720 + 3 * 717)]
)
def test_a_spanned_layer_holds_each_day_of_a_region_once(timeline, layer, region_days):
    # primary: to 4 April 2022 from 10, 15 and 18 April 2020 are 725, 720 and 717 days.
    rows = timeline[timeline["layer"] == layer]
    days = [
        (row.region_code, day)
        for row in rows.itertuples()
        for day in pd.date_range(row.start_date, row.end_date)
    ]
    assert len(days) == len(set(days)) == region_days


@pytest.mark.upstream
def test_the_declared_corrections_of_codes_are_still_needed(shared, timeline):
    typed = (shared / "curated" / REGIMES_FILE).read_text(encoding="utf-8")
    assert "\n7205,Kab. Buol," in typed
    assert "\n1674,Kota Prabumulih," in typed
    comparison = set(timeline.loc[timeline["layer"] == "comparison", "region_code"])
    assert {"7207", "1672"} <= comparison
    assert not {"7205", "1674"} & comparison


@pytest.mark.upstream
def test_all_coded_measures_are_kept(acts):
    assert acts["dyad"].value_counts().to_dict() == {
        "G-G": 28,
        "G-P": 24,
        "G-C": 23,
        "G-H": 17,
        "G-N": 13,
        "C-C": 12,
    }
    assert acts["start_date"].isna().sum() == 3
    assert acts.loc[acts["region_codes"] == "", "measure_id"].tolist() == ["CM063"]


@pytest.mark.upstream
@pytest.mark.parametrize("table", ["policy/regimes.csv", "cooperation/measures.csv"])
def test_the_committed_table_is_what_the_reader_makes(project, timeline, acts, table):
    made = timeline if table == "policy/regimes.csv" else acts
    assert (project / "data" / "raw" / table).read_bytes() == to_csv(made)


@pytest.fixture(scope="module")
def published(project):
    name = "epidemic/published_rt.csv"
    return read_raw((project / "data" / "raw" / name).read_bytes(), RAW[name], name)


def test_published_rt_meets_its_contract_in_order(project, published):
    key = ["region_code", "date", "statement"]
    pd.testing.assert_frame_equal(published, published.sort_values(key, ignore_index=True))
    assert set(published["region_code"]) == {"31", "32", "3271", "3276"}
    assert to_csv(published) == (project / "data/raw/epidemic/published_rt.csv").read_bytes()


@pytest.mark.parametrize(
    ("region", "day", "value", "statement"),
    [
        ("31", "2020-03-15", 4.0, "about"),
        ("31", "2020-05-27", 1.0, "below"),
        ("31", "2020-06-04", 0.99, "at"),
        ("31", "2020-09-24", 1.1, "at"),
        ("31", "2021-08-14", 1.0, "at"),
        ("32", "2020-07-05", 1.73, "at"),
        ("3276", "2020-06-04", 0.44, "at"),
        ("3271", "2020-07-01", 0.33, "at"),
    ],
)
def test_published_rt_says_what_was_reported(published, region, day, value, statement):
    row = published[(published["region_code"] == region) & (published["date"] == day)]
    assert row["value"].tolist() == [value]
    assert row["statement"].tolist() == [statement]
