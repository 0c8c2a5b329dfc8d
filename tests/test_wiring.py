"""What the Snakefile asks for: where tables lie, and what makes a rule run again."""

import copy
import functools
import hashlib
import shutil
from pathlib import Path

import pytest
from snakemake.io import is_flagged
from snakemake.iocontainers import Wildcards

from gotong import config as configuration
from gotong import contracts, provenance, wiring
from gotong.errors import ConfigError, GotongError, InputError
from gotong.exhibits.catalogue import EXHIBITS
from gotong.wiring import Study

MIRRORED = "cases/province_daily.csv"
CODED = "policy/regimes.csv"


@pytest.fixture(autouse=True)
def _in_project(project, monkeypatch):
    monkeypatch.chdir(project)


@pytest.fixture(scope="module")
def choices(project):
    text = (project / "config.yaml").read_text(encoding="utf-8")
    return configuration.parse_yaml(text, "config.yaml")


@pytest.fixture
def study(choices):
    return Study(choices, ["config.yaml"])


@pytest.fixture
def in_mode(choices):
    """Return what makes a study of another mode of inputs."""

    def make(mode):
        inputs = {"mode": mode, "mirror": "../publishers" if mode == "mirror" else ""}
        return Study({**choices, "inputs": inputs}, ["config.yaml"])

    return make


def cards(**values):
    return Wildcards(fromdict=values)


def test_the_snapshot_is_read_where_it_lies_and_its_file_times_do_not_count(study, project):
    for table in contracts.RAW:
        path = study.raw(table)
        assert path == f"data/raw/{table}"
        assert (project / path).is_file()
        assert is_flagged(path, "ancient")
    assert is_flagged(study.register, "ancient")


@pytest.mark.parametrize("mode", ["mirror", "download"])
def test_in_other_modes_the_publishers_tables_are_made(in_mode, mode):
    study = in_mode(mode)
    path = study.raw(MIRRORED)
    assert path == f"data/processed/sources/{MIRRORED}"
    assert not is_flagged(path, "ancient")
    made = {table for table in contracts.RAW if study.raw(table).startswith("data/processed/")}
    assert made == {
        "cases/province_daily.csv",
        "cases/westjava_daily.csv",
        "facilities/hospitals.csv",
        "geography/regions.csv",
        "context/population_sp2020.csv",
        "mobility/movement_java.csv",
    }


@pytest.mark.parametrize("mode", ["snapshot", "mirror", "download"])
@pytest.mark.parametrize(
    "table",
    [CODED, "cooperation/measures.csv", "epidemic/published_rt.csv", "geography/spellings.csv"],
)
def test_tables_coded_by_hand_come_from_the_repository_in_every_mode(in_mode, mode, table):
    path = in_mode(mode).raw(table)
    assert path == f"data/raw/{table}"
    assert is_flagged(path, "ancient")


def test_the_files_of_a_mirror_are_inputs_in_that_mode_only(in_mode):
    table = cards(table="cases/westjava_daily.csv")
    older = "ikanx101+belajaR/Bukan Infografis/Shiny COVID REAL/realshinycovid/DaMen"
    newer = "rabihiawaludin+jis_pikobar"
    assert in_mode("mirror").mirror_files(table) == [
        f"../publishers/{folder}/Data COVID-19 Jawa Barat.csv" for folder in (older, newer)
    ]
    assert in_mode("snapshot").mirror_files(table) == []
    assert in_mode("download").mirror_files(table) == []


@pytest.mark.upstream
def test_every_file_of_the_mirror_is_there(choices, upstream):
    inputs = {"mode": "mirror", "mirror": str(upstream)}
    study = Study({**choices, "inputs": inputs}, ["config.yaml"])
    for table in contracts.RAW:
        if not study.raw(table).startswith("data/raw/"):
            files = study.mirror_files(cards(table=table))
            assert files
            assert all(Path(file).is_file() for file in files)


def test_the_pins_of_a_table_are_those_of_all_its_files(study):
    pins = study.pins(cards(table="cases/westjava_daily.csv"))
    assert pins == [
        study.registry["pikobar_2020_07"].files[0].sha256,
        study.registry["pikobar_2021_06"].files[0].sha256,
    ]
    assert len(study.pins(cards(table=MIRRORED))) == 34


def test_sources_are_named_once_and_sorted(study):
    tables = (MIRRORED, "cases/westjava_daily.csv", CODED, MIRRORED)
    assert study.sources(*tables) == [
        "gotong_regimes",
        "pikobar_2020_07",
        "pikobar_2021_06",
        "satgas_province_daily",
    ]


def test_a_rule_sees_only_the_choices_that_it_names(study, choices):
    assert study.choices() == {}
    assert study.choices("rt") == {"rt": choices["rt"]}
    assert set(study.choices("area", "figures")) == {"area", "figures"}

    other = copy.deepcopy(choices)
    other["measures"]["open_end_days"] = 60
    changed = Study(other, ["config.yaml"])
    assert changed.choices("rt", "area") == study.choices("rt", "area")
    assert changed.choices("measures") == {"measures": {"open_end_days": 60}}


def test_the_choices_of_a_rule_are_plain_values(study, choices):
    plain = study.choices(*choices)["panels"]["province"]
    assert plain == {"start": "2020-03-01", "end": "2022-09-30"}
    assert {type(value) for value in plain.values()} == {str}


@pytest.fixture
def workshop(project, tmp_path, monkeypatch, choices):
    """Return a copy of library and scripts, and what gives the hash of a script's code there."""
    library = tmp_path / "gotong"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(project / "workflow/gotong", library, ignore=ignored)
    shutil.copytree(project / "workflow/scripts", tmp_path / wiring.SCRIPTS, ignore=ignored)
    for name in ("config.yaml", "requirements.txt", wiring.REGISTER):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "LIBRARY", library)
    follow = functools.partial(provenance.code_fingerprint, library=library)
    monkeypatch.setattr(wiring, "code_fingerprint", follow)

    def code(script, *modules):
        # Parsed files are kept by path within one run, and here they change.
        provenance._normalised.cache_clear()
        return Study(choices, ["config.yaml"]).code(script, *modules)

    yield tmp_path, code
    provenance._normalised.cache_clear()


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_a_module_far_below_a_script_counts_and_a_comment_does_not(workshop):
    folder, code = workshop
    before = code("estimate_rt.py")
    append(folder / "gotong/epidemic.py", "\n# A remark.\n")
    assert code("estimate_rt.py") == before
    append(folder / "gotong/epidemic.py", "\nCHANGED = 1\n")
    assert code("estimate_rt.py") != before


def test_a_module_that_a_script_does_not_use_does_not_count(workshop):
    folder, code = workshop
    before = code("count_measures.py")
    append(folder / "gotong/epidemic.py", "\nCHANGED = 1\n")
    assert code("count_measures.py") == before


def test_the_script_itself_and_the_locked_environment_count(workshop):
    folder, code = workshop
    seen = [code("estimate_rt.py")]
    append(folder / wiring.SCRIPTS / "estimate_rt.py", "\nCHANGED = 1\n")
    seen.append(code("estimate_rt.py"))
    append(folder / "requirements.txt", "\nextra==1\n")
    seen.append(code("estimate_rt.py"))
    assert len(set(seen)) == 3


def test_the_module_that_draws_an_exhibit_counts_for_that_exhibit_only(workshop):
    folder, code = workshop
    drawn = {
        name: ("make_exhibit.py", f"exhibits/{EXHIBITS[name].module}.py") for name in ("F05", "F16")
    }
    before = {name: code(*files) for name, files in drawn.items()}
    append(folder / "gotong/exhibits" / f"{EXHIBITS['F16'].module}.py", "\nCHANGED = 1\n")
    assert code(*drawn["F05"]) == before["F05"]
    assert code(*drawn["F16"]) != before["F16"]


def test_a_translation_counts_for_the_texts(workshop, choices):
    folder, _ = workshop
    before = Study(choices, ["config.yaml"]).texts()
    append(folder / "gotong/locales/id.po", "\n")
    assert Study(choices, ["config.yaml"]).texts() != before


@pytest.mark.parametrize(
    ("level", "cases"),
    [
        ("province", "cases/province_daily.csv"),
        ("westjava", "cases/westjava_daily.csv"),
        ("jabodetabek", "cases/westjava_daily.csv"),
    ],
)
def test_a_panel_joins_its_cases_and_what_all_panels_join(study, in_mode, level, cases):
    assert study.panel_inputs(cards(level=level)) == {
        "cases": f"data/raw/{cases}",
        "regimes": "data/raw/policy/regimes.csv",
        "measures": "data/raw/cooperation/measures.csv",
        "hospitals": "data/raw/facilities/hospitals.csv",
        "population": "data/raw/context/population_sp2020.csv",
        "regions": "data/raw/geography/regions.csv",
    }
    mirrored = in_mode("mirror").panel_inputs(cards(level=level))
    assert mirrored["cases"] == f"data/processed/sources/{cases}"
    assert mirrored["regimes"] == "data/raw/policy/regimes.csv"


def test_a_panel_names_the_sources_of_all_that_it_joins(study):
    assert study.panel_sources(cards(level="westjava")) == [
        "bps_crosswalk",
        "bps_sp2020",
        "gotong_measures",
        "gotong_regimes",
        "kemenkes_hospitals",
        "pikobar_2020_07",
        "pikobar_2021_06",
    ]


def test_an_exhibit_is_drawn_from_its_tables_and_the_register(study, in_mode):
    assert study.exhibit_inputs(cards(exhibit="F03")) == [
        "data/processed/alignment.parquet",
        "data/raw/policy/regimes.csv",
        "data/raw/geography/regions.csv",
        "data/raw/sources.yaml",
    ]
    mirrored = in_mode("mirror").exhibit_inputs(cards(exhibit="F03"))
    assert mirrored[1:3] == [
        "data/raw/policy/regimes.csv",
        "data/processed/sources/geography/regions.csv",
    ]


@pytest.mark.parametrize("exhibit", EXHIBITS)
def test_what_the_catalogue_names_exists(study, project, exhibit):
    known = {f"data/processed/{name}.parquet" for name in contracts.PROCESSED}
    for path in study.exhibit_inputs(cards(exhibit=exhibit)):
        assert path in known or (project / path).is_file()
    asked = cards(exhibit=exhibit)
    assert set(study.exhibit_choices(asked)) == set(EXHIBITS[exhibit].choices)
    assert len(study.exhibit_code(asked)) == 64
    assert study.category(asked)
    assert study.shows(asked)


def test_a_wrong_choice_stops_the_study(choices):
    wrong = {**choices, "rt": {**choices["rt"], "window_dayz": 7}}
    with pytest.raises(GotongError, match=r"rt\.window_dayz"):
        Study(wrong, ["config.yaml"])


def test_a_key_that_stands_twice_is_found_although_merging_hid_it(choices, tmp_path):
    extra = tmp_path / "extra.yaml"
    extra.write_text("measures:\n  open_end_days: 30\n  open_end_days: 60\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Study(choices, ["config.yaml", str(extra)])
    assert caught.value.file == str(extra)
    assert "'open_end_days' stands twice" in caught.value.found


def test_a_wrong_register_stops_the_study(workshop, choices):
    folder, _ = workshop
    append(folder / wiring.REGISTER, "\n- id: half_an_entry\n")
    with pytest.raises(InputError, match="half_an_entry"):
        Study(choices, ["config.yaml"])


def test_raw_tables_of_the_snapshot_are_hashed_by_content(study, project):
    wanted = hashlib.sha256((project / "data/raw" / CODED).read_bytes()).hexdigest()
    assert study.content(CODED) == {f"data/raw/{CODED}": wanted}


def test_a_table_that_a_rule_makes_is_not_hashed_when_the_snakefile_is_read(choices):
    mirrored = {**choices, "inputs": {"mode": "download", "mirror": ""}}
    assert set(Study(mirrored, ["config.yaml"]).content(CODED, MIRRORED)) == {f"data/raw/{CODED}"}
