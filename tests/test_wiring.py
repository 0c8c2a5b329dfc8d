"""What the Snakefile asks for: where tables lie, and what makes a rule run again."""

import copy
import functools
import hashlib
import re
import shutil
from pathlib import Path

import pytest
from jinja2 import Environment, meta
from snakemake.io import is_flagged
from snakemake.iocontainers import Wildcards

from gotong import config as configuration
from gotong import contracts, provenance, wiring
from gotong.analyses.catalogue import ANALYSES, GATHERED
from gotong.errors import ConfigError, GotongError, InputError
from gotong.exhibits.catalogue import EXHIBITS
from gotong.sources import snapshot
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
    published = set(snapshot.published_tables(study.registry)) & set(contracts.RAW)
    assert made == published
    assert {
        "cases/province_daily.csv",
        "geography/regions.csv",
        "mobility/movement_java.csv",
    } <= made


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
    for name in ("config.yaml", "requirements.txt", wiring.REGISTER, wiring.CORRECTIONS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(wiring, "LIBRARY", library)
    follow = functools.partial(provenance.code_fingerprint, library=library)
    monkeypatch.setattr(wiring, "code_fingerprint", follow)

    def code(script, *modules):
        # Parsed files are kept by path within one run, and here they change.
        provenance._module.cache_clear()
        return Study(choices, ["config.yaml"]).code(script, *modules)

    yield tmp_path, code
    provenance._module.cache_clear()


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


ALIGNED = ("make_analysis.py", "analyses/aligned.py")
REPRODUCTION = ("make_analysis.py", "analyses/reproduction.py")


def test_a_module_far_below_an_analysis_counts_and_a_comment_does_not(workshop):
    folder, code = workshop
    before = code(*REPRODUCTION)
    append(folder / "gotong/epidemic.py", "\n# A remark.\n")
    assert code(*REPRODUCTION) == before
    append(folder / "gotong/epidemic.py", "\nCHANGED = 1\n")
    assert code(*REPRODUCTION) != before


def test_a_module_that_an_analysis_does_not_use_does_not_count(workshop):
    folder, code = workshop
    before = code(*ALIGNED)
    append(folder / "gotong/epidemic.py", "\nCHANGED = 1\n")
    append(folder / "gotong/analyses/reproduction.py", "\nCHANGED = 1\n")
    assert code(*ALIGNED) == before


def test_the_script_itself_and_the_locked_environment_count(workshop):
    folder, code = workshop
    seen = [code(*ALIGNED)]
    append(folder / wiring.SCRIPTS / "make_analysis.py", "\nCHANGED = 1\n")
    seen.append(code(*ALIGNED))
    append(folder / "requirements.txt", "\nextra==1\n")
    seen.append(code(*ALIGNED))
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
    append(folder / "gotong/locales/id/common.po", "\n")
    assert Study(choices, ["config.yaml"]).texts() != before


def test_a_template_counts_for_those_who_fill_it(workshop, choices):
    folder, _ = workshop

    def hashes():
        study = Study(choices, ["config.yaml"])
        return study.texts(), study.texts("table.html.j2", "style.css"), study.texts("*")

    before = hashes()
    append(folder / "gotong/templates/report.html.j2", "\n")
    after = hashes()
    assert after[:2] == before[:2]
    assert after[2] != before[2]
    append(folder / "gotong/templates/style.css", "\n")
    assert hashes()[0] == before[0]
    assert hashes()[1] != before[1]


def test_each_rule_follows_all_templates_that_its_pages_are_filled_from(project):
    rules = "".join(
        (project / f"workflow/rules/{name}.smk").read_text("utf-8")
        for name in ("exhibits", "report")
    )
    for page in ("table.html.j2", "notebook.html.j2"):
        text = (project / "workflow/gotong/templates" / page).read_text("utf-8")
        named = {page, "style.css", *meta.find_referenced_templates(Environment().parse(text))}
        followed = re.search(rf'study\.texts\(\s*"{page}"(?:,\s*"[^"]+")*', rules)
        assert set(re.findall(r'"([^"]+)"', followed[0])) == named


@pytest.mark.parametrize("analysis", ANALYSES)
def test_what_the_catalogue_of_analyses_names_exists(study, project, analysis):
    asked = cards(analysis=analysis)
    made = {f"data/processed/{name}.parquet" for name in ("corrections", *GATHERED, *ANALYSES)}
    corrected = {f"data/processed/corrected/{table}" for table in study.corrected}
    corrected |= {study.touched(table) for table in study.corrected}
    for path in study.analysis_inputs(asked):
        assert path in made | corrected or (project / path).is_file()
    assert set(study.analysis_choices(asked)) == set(ANALYSES[analysis].choices)
    assert set(study.analysis_origins(asked)) <= {*contracts.RAW, *contracts.MAPS}
    assert len(study.analysis_code(asked)) == 64
    assert analysis in contracts.PROCESSED


def test_an_analysis_is_made_only_of_tables_that_are_made_before_it():
    order = ["corrections", *ANALYSES]
    for name, entry in ANALYSES.items():
        # A gathered table is made as soon as those are that it is made from.
        made = {name for other in entry.made for name in gathered_from(other)}
        assert all(order.index(other) < order.index(name) for other in made)


def gathered_from(table):
    return GATHERED[table].made if table in GATHERED else (table,)


def test_the_parts_of_the_curve_follow_the_configuration(choices):
    divided = copy.deepcopy(choices)
    divided["specifications"]["parts"] = 2
    assert Study(divided, ["config.yaml"]).specification_parts == [
        "data/processed/specifications/0.parquet",
        "data/processed/specifications/1.parquet",
    ]


def test_a_gathered_table_is_made_from_made_tables_with_contracts(study):
    for name in GATHERED:
        assert name in contracts.PROCESSED
        entry = GATHERED[name]
        inputs = study.gathered_inputs(name)
        assert inputs == [
            *(study.table(table) for table in entry.raw),
            *(f"data/processed/{other}.parquet" for other in entry.made),
        ]
        assert set(study.gathered_choices(name)) == set(entry.choices)
        assert "cases/province_daily.csv" in study.gathered_origins(name)


def test_blocks_hold_every_region_once_and_choose_nothing_else(choices):
    divided = copy.deepcopy(choices)
    divided["rt"]["regions"] = ["31", "32", "33", "34", "36"]
    divided["blocks"]["regions"] = 2
    study = Study(divided, ["config.yaml"])
    folder = "data/processed/rt_sensitivity"
    assert study.region_blocks("rt_sensitivity") == [f"{folder}/{n}.parquet" for n in range(3)]
    read = [study.block_choices(cards(analysis="rt_sensitivity", block=str(n))) for n in range(3)]
    assert [each["rt"]["regions"] for each in read] == [["31", "32"], ["33", "34"], ["36"]]
    whole = study.gathered_choices("rt_sensitivity")
    assert whole["rt"]["regions"] == divided["rt"]["regions"]
    for each in read:
        assert {**each["rt"], "regions": None} == {**whole["rt"], "regions": None}
        assert set(each) == {"rt"}


def test_the_raw_tables_behind_an_analysis_are_followed_to_their_end(study):
    assert study.analysis_origins(cards(analysis="rt")) == [
        "cases/province_daily.csv",
        "context/population_sp2020.csv",
        "cooperation/measures.csv",
        "facilities/hospitals.csv",
        "geography/regions.csv",
        "policy/regimes.csv",
    ]


def test_a_table_with_a_correction_is_read_corrected_in_every_mode(study, in_mode):
    measures = "cooperation/measures.csv"
    assert measures in study.corrected
    for chosen in (study, in_mode("mirror")):
        assert chosen.table(measures) == f"data/processed/corrected/{measures}"
        assert chosen.correct_input(cards(table="cooperation/measures")) == {
            "table": chosen.raw(measures),
            "register": "data/raw/corrections.yaml",
        }
    assert study.content(measures) == {}
    assert set(study.correct_content(cards(table="cooperation/measures"))) == {
        f"data/raw/{measures}"
    }


def test_an_analysis_reads_the_corrections_of_its_own_raw_tables_only(study):
    touched = {
        name: {path for path in study.analysis_inputs(cards(analysis=name)) if "/touched/" in path}
        for name in ("panel_province", "panel_kelurahan", "rt")
    }
    assert touched["rt"] == set()
    assert "data/processed/touched/cases/province_daily.parquet" in touched["panel_province"]
    assert "data/processed/touched/kelurahan/units_daily.parquet" not in touched["panel_province"]
    for name, listed in touched.items():
        own = {study.touched(table) for table in ANALYSES[name].raw if table in study.corrected}
        assert listed <= own
    for name, entry in ANALYSES.items():
        if "corrections" not in entry.made:
            assert not any("touched" in p for p in study.analysis_inputs(cards(analysis=name)))


def test_an_exhibit_reads_the_corrections_of_its_own_raw_tables_or_all_where_it_lists_them(study):
    listed = {
        name: {path for path in study.exhibit_inputs(cards(exhibit=name)) if "corrections" in path}
        | {path for path in study.exhibit_inputs(cards(exhibit=name)) if "/touched/" in path}
        for name in ("F16", "T10", "F15")
    }
    register, whole = study.correction_register, "data/processed/corrections.parquet"
    assert listed["F16"] == {"data/processed/touched/epidemic/published_rt.parquet", register}
    assert listed["T10"] == {whole, register}
    assert listed["F15"] == {register}


def test_a_correction_that_the_publisher_made_needless_is_not_applied(workshop, choices):
    folder, _ = workshop
    register = folder / wiring.CORRECTIONS
    text = register.read_text(encoding="utf-8").replace("status: open", "status: fixed_upstream")
    register.write_text(text, encoding="utf-8")
    study = Study(choices, ["config.yaml"])
    assert study.corrected == ()
    assert study.table("cooperation/measures.csv") == "data/raw/cooperation/measures.csv"


def test_an_exhibit_is_drawn_from_its_tables_and_the_registers(study, in_mode):
    registers = ["data/raw/sources.yaml", "data/raw/corrections.yaml"]
    assert study.exhibit_inputs(cards(exhibit="F03")) == [
        "data/raw/policy/regimes.csv",
        "data/raw/geography/regions.csv",
        "data/processed/alignment.parquet",
        "data/processed/alignment_chance.parquet",
        *registers,
    ]
    mirrored = in_mode("mirror").exhibit_inputs(cards(exhibit="F03"))
    assert mirrored[1] == "data/processed/sources/geography/regions.csv"


def test_an_exhibit_follows_what_the_registers_say_of_its_tables(study):
    said = study.exhibit_sources(cards(exhibit="T03"))
    assert [entry["id"] for entry in said] == [
        "gotong_measures",
        *(name for name, entry in study.corrections.items() if "measures.csv" in entry.table),
    ]


@pytest.mark.parametrize("exhibit", EXHIBITS)
def test_what_the_catalogue_names_exists(study, project, exhibit):
    known = {f"data/processed/{name}.parquet" for name in contracts.PROCESSED}
    known |= {f"data/processed/corrected/{table}" for table in study.corrected}
    known |= {study.touched(table) for table in study.corrected}
    for path in study.exhibit_inputs(cards(exhibit=exhibit)):
        assert path in known or (project / path).is_file()
    asked = cards(exhibit=exhibit)
    entry, read = EXHIBITS[exhibit], study.exhibit_choices(asked)
    assert set(read.pop("published", {})) == set(entry.published)
    assert set(read) == set(entry.choices)
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


def test_a_raw_table_that_is_lost_is_told_before_anything_runs(study, project, monkeypatch):
    study.look_for_raw_tables()
    monkeypatch.setattr(wiring, "RAW", "data/nowhere")
    with pytest.raises(InputError) as told:
        study.look_for_raw_tables()
    assert told.value.found == "no file"
    assert "git checkout -- data/raw" in str(told.value)
