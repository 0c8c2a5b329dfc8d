"""The first PPKM: every kab/kota of two provinces, in or out, and since when."""

import csv
import io

import pandas as pd
import pytest

from gotong.contracts import RAW, check, read_any
from gotong.errors import InputError
from gotong.regions import Gazetteer
from gotong.sources.coded_policy import FILE, read_ppkm

REGIONS = [
    ("32", "province", "Jawa Barat"),
    ("3201", "kabupaten", "Kab. Bogor"),
    ("3203", "kabupaten", "Kab. Cianjur"),
    ("33", "province", "Jawa Tengah"),
    ("3371", "kota", "Kota Magelang"),
    ("36", "province", "Banten"),
    ("3671", "kota", "Kota Tangerang"),
]
GAZETTEER = Gazetteer(
    pd.DataFrame(
        [(code, code, level, name, code[:2]) for code, level, name in REGIONS],
        columns=["region_code", "kemendagri_code", "level", "name", "province_code"],
    )
)
IN = {
    "region_code": "3201",
    "region": "Kab. Bogor",
    "province": "Jawa Barat",
    "first_stage": "yes",
    "first_start": "2021-01-11",
    "first_regime": "PSBB proporsional (PPKM Jawa-Bali)",
    "second_stage_from": "2021-01-26",
    "instrument": "Kepgub Jabar 443/Kep.10-Hukham/2021",
    "source_url": "https://example.org/1",
    "source_url_2": "",
    "confidence": "high",
    "note": "",
}
LATER = IN | {
    "region_code": "3203",
    "region": "Kab. Cianjur",
    "first_stage": "no",
    "first_start": "",
    "first_regime": "AKB",
}
OUT = LATER | {
    "region_code": "3371",
    "region": "Kota Magelang",
    "province": "Jawa Tengah",
    "first_regime": "",
    "second_stage_from": "",
}


def read(*rows):
    sink = io.StringIO()
    writer = csv.DictWriter(sink, IN, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return read_ppkm({FILE: sink.getvalue().encode()}, GAZETTEER, control=None)


def test_who_was_under_it_who_joined_and_who_is_not_known_to_have():
    frame = read(OUT, IN, LATER)
    check(frame, RAW["policy/ppkm_january_2021.csv"], "", "")
    shown = frame.set_index("region_code")[["first_stage", "first_start", "second_stage_from"]]
    assert shown["first_stage"].to_dict() == {"3201": True, "3203": False, "3371": False}
    assert shown["first_start"].isna().tolist() == [False, True, True]
    assert shown["second_stage_from"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"first_stage": "no"}, "first_start", "2021-01-11"),
        ({"first_start": ""}, "first_start", "a blank"),
        ({"first_start": "2021-01-12"}, "first_start", "2021-01-12"),
        ({"first_start": "2021-11-01"}, "first_start", "2021-11-01"),
        ({"second_stage_from": "2021-02-09"}, "second_stage_from", "2021-02-09"),
        ({"first_stage": ""}, "first_start", "2021-01-11"),
        ({"first_stage": "ya"}, "first_stage", "ya"),
        ({"region": "Kab. Cianjur"}, "region", "3203"),
        ({"province": "Jawa Tengah"}, "province", "33"),
        ({"region_code": "3203"}, "region", "3201"),
        ({"region_code": "3671", "region": "Kota Tangerang"}, "province", "32"),
        ({"confidence": ""}, "confidence", ""),
        ({"source_url": ""}, "source_url", "a blank"),
        ({"source_url_2": "ftp://a.id"}, "source_url_2", "ftp"),
    ],
)
def test_a_slip_is_refused_with_its_row(change, column, said):
    with pytest.raises(InputError) as caught:
        read(IN | change, LATER, OUT)
    assert caught.value.place.startswith("row 2")
    assert f"column '{column}'" in caught.value.place
    assert said in caught.value.found


def test_every_kabupaten_and_kota_of_the_two_provinces_stands_once():
    banten = IN | {"region_code": "3671", "region": "Kota Tangerang", "province": "Banten"}
    for rows, found in (
        ((IN, LATER), "no 3371"),
        ((IN, LATER, OUT, LATER), "'3203'"),
        ((IN, LATER, OUT, banten), "'3671'"),
    ):
        with pytest.raises(InputError) as caught:
            read(*rows)
        assert "column 'region_code'" in caught.value.place
        assert caught.value.found == found


@pytest.mark.upstream
def test_the_coded_list_is_20_and_23_in_and_19_out(shared, project):
    regions = read_any(str(project / "data/raw/geography/regions.csv"))
    spellings = read_any(str(project / "data/raw/geography/spellings.csv"))
    content = (shared / "curated" / FILE).read_bytes()
    frame = read_ppkm({FILE: content}, Gazetteer(regions, spellings))
    joined = frame["second_stage_from"].notna().rename("joined")
    groups = frame.groupby([frame["region_code"].str[:2], "first_stage", joined]).size()
    assert groups.to_dict() == {
        ("32", True, True): 20,
        ("32", False, True): 7,
        ("33", True, False): 23,
        ("33", False, False): 12,
    }
