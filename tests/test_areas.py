"""Areas: each has what its file states and nothing else, and says what it lacks."""

import contextlib
import json
import re
from importlib import import_module
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest
import yaml
from snakemake.utils import update_config

from conftest import Results
from gotong import area_check, areas, config, contracts
from gotong.analyses import coverage, panels
from gotong.analyses.catalogue import ANALYSES, GATHERED
from gotong.config import Area
from gotong.errors import ConfigError
from gotong.exhibits import f18_coverage, making
from gotong.exhibits.catalogue import EXHIBITS
from gotong.i18n import LANGUAGES, Language
from gotong.report import area as report
from gotong.tables import DATE
from gotong.wiring import Study
from test_workflow import copy_project, said, snakemake

OTHERS = ("bandung_raya", "westjava")
SHOWN = {"F03", "F08", "F13", "F15", "F18", "T01", "T02", "T04", "T09", "T10", "T11"}


def parsed(path):
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _in_project(project, monkeypatch):
    monkeypatch.chdir(project)


@pytest.fixture(scope="module")
def document(project):
    return (project / "docs/new-area.md").read_text(encoding="utf-8")


@pytest.fixture
def surabaya(document, tmp_path):
    """Return the folder with the file of the new area, as the document has it."""
    folder = tmp_path / "areas"
    folder.mkdir()
    written = re.search(r"```yaml\n(.*?)```", document, re.DOTALL)[1]
    (folder / "surabaya_raya.yaml").write_text(written, encoding="utf-8")
    return folder


def test_the_areas_are_those_of_the_folder_and_the_study_itself():
    assert list(areas.known()) == ["jabodetabek", *OTHERS]


@pytest.mark.parametrize("name", OTHERS)
def test_the_file_of_an_area_meets_its_schema(name):
    schema = json.loads(config.area_schema())
    given = parsed(areas.known()[name])
    jsonschema.validate(given, schema)
    del given["area"]["proxies"]
    with pytest.raises(jsonschema.ValidationError, match="proxies"):
        jsonschema.validate(given, schema)


def test_the_schema_of_areas_is_the_one_that_the_models_make(project):
    committed = (project / "workflow/schemas/area.schema.json").read_text(encoding="utf-8")
    assert committed == config.area_schema(), "run `make schema` to renew it"


@pytest.mark.parametrize("name", OTHERS)
def test_files_are_merged_as_snakemake_merges_them(name):
    base, over = (parsed(path) for path in ("config.yaml", areas.known()[name]))
    ours = config.merged(base, over)
    update_config(base, over)
    assert ours == base
    assert ours["area"]["proxies"] == []
    assert ours["panels"]["java"] == {"start": "2020-03-02", "end": "2021-07-04"}


def test_an_unknown_area_is_told_which_there_are():
    with pytest.raises(ConfigError) as caught:
        areas.read_area("bandung")
    assert caught.value.expected.endswith("jabodetabek, bandung_raya, westjava")
    assert "docs/new-area.md" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "key", "told"),
    [
        ("  proxies: []\n", "", "area.proxies", "every key of the area"),
        ("  id: surabaya_raya", "  id: surabaya", "area.id", "the name of the file"),
        ("  has: []", "  has: [measures]", "area.has", "of Jabodetabek only"),
        ("  has: []", "  has: [cases]", "area.has.0", "regimes"),
        ('["3515", "3525", "3578"]', "[3515, 3525, 3578]", "area.units.0", "quotes"),
        ("panels:", "panel:", "panel", "no such key"),
    ],
)
def test_a_wrong_file_of_an_area_is_refused_with_its_key(surabaya, old, new, key, told):
    path = surabaya / "surabaya_raya.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        areas.read_area("surabaya_raya", surabaya)
    assert caught.value.key == key
    assert told in caught.value.expected
    assert "surabaya_raya.yaml" in caught.value.file


def test_jabodetabek_has_every_exhibit_and_table_where_they_always_lay():
    area = areas.read_area("jabodetabek").area
    assert areas.exhibits(area) == tuple(EXHIBITS)
    assert areas.left_out(area) == {}
    assert set(areas.made(area)) == {*GATHERED, *ANALYSES} - {"panel_area"}
    study = Study(parsed("config.yaml"), ["config.yaml"])
    assert (study.results, study.processed, study.logs) == ("results", "data/processed", "logs")
    assert study.place == {"name": {"id": "Jabodetabek", "en": "Greater Jakarta"}, "is_home": True}


@pytest.mark.parametrize("name", OTHERS)
def test_another_area_reads_and_makes_nothing_of_jabodetabek(name):
    files = ["config.yaml", areas.known()[name]]
    study = Study(config.merged(*(parsed(file) for file in files)), files)
    assert set(study.exhibits) == SHOWN | ({"F02"} if name == "westjava" else set())
    assert study.results == f"results/{name}"
    own = f"data/processed/{name}/"
    assert all(path.startswith(own) for path in study.made if "corrections" not in path)
    assert f"{own}panel_area.parquet" in study.made
    made = set(areas.made(study.config.area))
    assert not made & {"panel_jabodetabek", "panel_kelurahan", "panel_country", "claims", "votes"}
    # Whatever an exhibit or a table reads is made, or lies in data/raw.
    needed = {table for entry in study.exhibits for table in EXHIBITS[entry].tables}
    needed |= {table for table in made for table in ANALYSES[table].made}
    assert set(areas.tables(needed, study.config.area)) <= made | {"corrections"}


def test_the_area_of_the_document_has_what_needs_no_more_than_the_whole_country(surabaya):
    files = ["config.yaml", str(surabaya / "surabaya_raya.yaml")]
    study = Study(config.merged(*(parsed(file) for file in files)), files)
    assert sorted(study.exhibits) == ["F13", "F18", "T01", "T09", "T10", "T11"]
    assert not {"effects", "alignment"} & set(areas.made(study.config.area))
    assert study.results == "results/surabaya_raya"


def test_every_need_of_the_catalogues_has_its_reason_and_every_category_its_place():
    needs = {need for entry in EXHIBITS.values() for need in entry.needs}
    assert needs <= set(report.REASONS)
    assert {entry.category for entry in EXHIBITS.values()} == set(report.CATEGORIES)
    everything = replace_area(areas.read_area("jabodetabek").area, id="nowhere", has=(), designs=())
    told = {name for lack in report.lacks(everything) for name in lack.exhibits}
    assert told == set(areas.left_out(everything)) | set()
    assert told | set(areas.exhibits(everything)) == set(EXHIBITS)


def replace_area(area: Area, **changed) -> Area:
    return Area.model_validate({**area.model_dump(), **changed})


def test_the_name_of_the_area_is_in_every_message_that_asks_for_it():
    names = {"id": "Bandung Raya", "en": "Greater Bandung"}
    assert Language("en")("{area} by day") == "Greater Jakarta by day"
    assert Language("id")("{area} by day") == "Jabodetabek per hari"
    assert Language("id", names)("{area} by day") == "Bandung Raya per hari"
    assert Language("en", names).fill("{area}, {n} units", {"n": 5}) == "Greater Bandung, 5 units"


# What data/raw holds of an area


@pytest.fixture(scope="module")
def raw(results):
    return {table: results.published(table) for table in area_check.READ}


def checked(raw, name="surabaya_raya", folder=areas.FOLDER, **changed):
    """Return the findings on an area by what they are about."""
    chosen = areas.read_area(name, folder)
    chosen = chosen.model_copy(update={"area": replace_area(chosen.area, **changed)})
    return {finding.what: finding for finding in area_check.findings(chosen, raw)}


@pytest.mark.parametrize("name", ["jabodetabek", *OTHERS])
def test_an_area_has_what_its_file_says(raw, name):
    assert not [finding.line for finding in checked(raw, name).values() if finding.fault]


def test_rows_that_lack_and_words_that_lack_are_both_faults(raw, surabaya):
    claimed = checked(raw, folder=surabaya, has=["regimes", "daily_cases"])
    assert claimed["regimes"].lacking == ("3578", "3515", "3525")
    assert "area.has names regimes" in claimed["regimes"].fault
    assert "area.has names daily_cases" in claimed["daily_cases"].fault
    assert "no daily cases" in claimed["core"].fault
    silent = checked(raw, "bandung_raya", has=[])
    assert "does not name regimes" in silent["regimes"].fault
    assert silent["daily_cases"].days == "2020-03-06 to 2021-06-02"
    assert silent["regimes"].days == "2020-04-01 to 2020-07-31"
    assert "designs" not in silent


@pytest.mark.parametrize(
    ("changed", "what", "told"),
    [
        ({"units": ["3578", "3599"]}, "names", "every unit needs a row"),
        ({"core": "3576"}, "core", "no member of area.deciders"),
        ({"designs": ["akb"]}, "designs", "no such design"),
        ({"designs": ["akb_westjava"]}, "designs", "no unit lies in the provinces"),
    ],
)
def test_a_statement_that_cannot_be_is_a_fault(raw, surabaya, changed, what, told):
    finding = checked(raw, folder=surabaya, **changed)[what]
    assert told in finding.fault
    assert finding.line.startswith("FAULT")


def test_the_document_shows_what_the_command_says(document, surabaya, project, monkeypatch, capsys):
    monkeypatch.syspath_prepend(project / "workflow/scripts")
    check_area = import_module("check_area")
    monkeypatch.setattr(areas, "FOLDER", str(surabaya))
    read = areas.read_area
    monkeypatch.setattr(areas, "read_area", lambda name: read(name, surabaya))
    assert check_area.main("surabaya_raya") == 0
    shown = capsys.readouterr().out
    assert f"```text\n{shown}```" in document
    assert "0 of 3; not there: 3578, 3515, 3525" in shown


def test_every_exhibit_is_in_the_documents_account(document):
    account = document.split("## Surabaya Raya")[0]
    assert set(re.findall(r"\b[FT]\d\d\b", account)) == set(EXHIBITS)


def test_the_last_words_of_a_run_name_the_files_of_the_area(project, monkeypatch, capsys):
    monkeypatch.syspath_prepend(project / "workflow/scripts")
    where_to_look = import_module("where_to_look")
    where_to_look.main("bandung_raya")
    told = capsys.readouterr().out
    assert "results/bandung_raya/report/index.html" in told
    assert "data/processed/bandung_raya/panel_*.parquet" in told
    assert "results/claims" not in told
    assert "F01, F02, F04" in told
    where_to_look.main()
    told = capsys.readouterr().out
    assert "results/report/index.html" in told
    assert "results/claims/" in told
    assert "Left out" not in told


# What is made


class OfArea(Results):
    """Tables of another area, in memory, each once and when asked for."""

    def __init__(self, project, name):
        super().__init__(project)
        chosen = areas.read_area(name)
        self.choices, self.area = chosen.model_dump(mode="json"), chosen.area

    def _made(self, name):
        entry = ANALYSES[name]
        names = areas.tables((*entry.raw, *entry.made), self.area)
        read = {table: self[table] for table in names}
        choices = {section: self.choices[section] for section in entry.choices}
        make = getattr(import_module(f"gotong.analyses.{entry.module}"), entry.function)
        return contracts.check(make(read, choices), contracts.PROCESSED[name], name, "")

    def exhibit(self, name):
        """Return the data of an exhibit and its texts."""
        entry = EXHIBITS[name]
        names = areas.tables((*entry.raw, *entry.tables), self.area)
        read = {table: self[table] for table in names}
        module = import_module(f"gotong.exhibits.{entry.module}")
        data = module.prepare(read, {section: self.choices[section] for section in entry.choices})
        place = making.Place(self.area.name.model_dump(), is_home=False)
        return data, making.texts(name, module.facts(data), (), (), place)


@pytest.fixture(scope="module")
def bandung(project):
    with contextlib.chdir(project):
        return OfArea(project, "bandung_raya")


HOME_NAMES = re.compile(r"Jakarta|Jabodetabek|DKI|Bodebek|Tangerang")


@pytest.mark.parametrize("exhibit", ["F03", "F13", "F15", "T02"])
def test_exhibits_of_another_area_do_not_speak_of_jakarta(bandung, exhibit):
    data, texts = bandung.exhibit(exhibit)
    assert len(data) > 4
    for code in LANGUAGES:
        shown = " ".join(texts[code][kind] for kind in ("title", "caption", "alt"))
        assert not HOME_NAMES.search(shown)
        assert "{" not in shown
        assert "nan" not in shown.lower().split()
        # All of Greater Bandung is one group that decides together.
        assert not re.search(r"\b1 (groups|regions|units|pairs|days|deciders|definitions)\b", shown)
    if exhibit != "F15":
        assert "Bandung" in texts["en"]["title"] + texts["en"]["caption"]


def test_the_panel_of_an_area_has_its_regimes_and_no_measures_that_nobody_sought(bandung):
    panel = bandung["panel_area"]
    assert set(panel["region_code"]) == {"3204", "3211", "3217", "3273", "3277"}
    assert (panel["measures_coverage"] == "not_coded").all()
    assert panel["active_all"].isna().all()
    days = panel[panel["region_code"] == "3217"].set_index("date")
    # Governor's decrees: PSBB from 22 April, AKB from 1 June; nothing is coded after July.
    told = [days["regime"][day] for day in ("2020-04-21", "2020-04-22", "2020-06-01", "2020-08-01")]
    assert told == ["belum PSBB", "PSBB", "AKB", ""]
    # Running totals of the file: the step of a day in the second file is its new cases.
    raw = bandung.published("cases/westjava_daily.csv")
    own = raw[(raw["region_code"] == "3273") & (raw["date"].between("2020-12-01", "2020-12-02"))]
    steps = panel[(panel["region_code"] == "3273") & (panel["date"] == "2020-12-02")]
    assert steps["cases"].item() == own["cumulative_cases"].diff().iloc[-1]


def test_regimes_of_an_area_are_one_bar_each_without_scales_that_change_nothing(bandung):
    data, _ = bandung.exhibit("F03")
    bars = data[data["part"] == "regime"]
    assert bars["series"].nunique() == 5
    assert (bars["start_date"].min(), bars["end_date"].max()) == (
        pd.Timestamp("2020-04-01"),
        pd.Timestamp("2020-07-31"),
    )
    assert list(data.loc[data["part"] == "variant", "series"].unique()) == ["main", "same_label"]


def test_rows_that_a_researcher_adds_are_in_the_panel_of_the_area(results, surabaya):
    chosen = areas.read_area("surabaya_raya", surabaya)
    days = pd.date_range("2020-05-01", periods=20)
    cases = pd.DataFrame(
        {
            "region_code": "3578",
            "date": days.astype(DATE),
            "cumulative_cases": np.arange(20) * 3,
            "cumulative_recovered": 0,
            "cumulative_deaths": 0,
            "source": "east_java",
        }
    )
    coded = results["policy/regimes.csv"].query("layer == 'comparison' and region_code == '3578'")
    tables = {name: results[name] for name in ("corrections", *ANALYSES["panel_area"].raw)}
    for name, rows in (
        ("policy/regimes.csv", coded.assign(layer="primary", regime="PSBB")),
        ("cases/westjava_daily.csv", cases),
    ):
        both = pd.concat([tables[name], rows], ignore_index=True)
        tables[name] = both.astype(tables[name].dtypes.to_dict())
        contracts.check(tables[name], contracts.RAW[name].with_gaps(), name, "")
    panel = panels.area(tables, chosen.model_dump(mode="json"))
    own = panel[panel["region_code"] == "3578"].set_index("date")
    assert own["cases"]["2020-05-03"] == 3
    assert own["cases_missing"]["2020-05-01"] == "no_day_before"
    assert own["strictness"]["2020-04-27"] == 0
    assert own["strictness"]["2020-04-28"] == 4
    assert (panel.loc[panel["region_code"] == "3515", "regime_missing"] == "not_coded").all()


def test_coverage_of_an_area_without_any_series_says_so():
    span = {"start": "2020-03-01", "end": "2020-03-10"}
    days = pd.date_range(span["start"], span["end"]).astype(DATE)
    units = pd.DataFrame({"region_code": "3578", "date": days})
    units = units.assign(
        cases_missing="no_public_series",
        cases_flag="",
        regime_missing="not_coded",
        strictness=float("nan"),
    )
    province = units.assign(region_code="35", deaths=1, cases_missing="")
    weeks = pd.DataFrame({"region_code": ["3578"], "week_start": [pd.Timestamp("2020-03-02")]})
    weeks = weeks.assign(cases_kind="", cases_missing="no_public_series", cases_flag="")
    zones = pd.DataFrame({"region_code": ["3578"], "date": [pd.Timestamp("2020-03-08")]})
    google = pd.DataFrame({"region_code": "35", "date": days, "parks": 1.0})
    area = {"id": "surabaya_raya", "units": ["3578"], "core": "3578"}
    area |= {"deciders": [{"name": "Surabaya", "members": ["3578"]}], "has": []}
    choices = {"area": area, "panels": dict.fromkeys(config.Panels.model_fields, span)}
    found = coverage.make(
        {
            "panel_province": province,
            "panel_area": units,
            "panel_java": weeks,
            "cases/risk_zones_2020.csv": zones,
            "cases/risk_zones_2022.csv": zones[:0],
            "mobility/google_daily.csv": google,
        },
        choices,
    )
    # Patients and burials are those of DKI Jakarta, and have no place here.
    assert not set(found["indicator"]) & {"mobility_apple", "patients", "burials"}
    assert set(found.loc[found["indicator"] == "cases_weekly", "state"]) >= {"no_public_series"}
    names = pd.DataFrame({"region": ["Kota Surabaya"] * len(found), "shown": ""})
    shown = f18_coverage.facts(
        pd.concat([found, names], axis="columns").assign(
            shown=found["state"].where(found["state"] == "observed", "")
        )
    )
    assert (shown["longest"], shown["without"], shown["regime_share"]) == (0, 1, 0)
    assert "weekly_end" not in shown


# The workflow


@pytest.fixture(scope="module")
def copied(project, tmp_path_factory):
    return copy_project(project, tmp_path_factory.mktemp("areas"))


def file_of(name):
    return ("--configfile", f"workflow/areas/{name}.yaml")


@pytest.mark.workflow
@pytest.mark.parametrize("name", ["jabodetabek", *OTHERS])
def test_a_run_plans_the_exhibits_of_its_area_and_no_others(copied, name):
    given = () if name == "jabodetabek" else file_of(name)
    run = snakemake(copied, *given, "--dry-run", "--", "all")
    assert run.returncode == 0, said(run)[-2000:]
    drawn = re.findall(r"^Job \d+: (?:Drawing figure|Writing table) (\w\d\d)$", said(run), re.M)
    area = areas.read_area(name).area
    assert sorted(drawn) == sorted(areas.exhibits(area))
    listed = said(snakemake(copied, *given, "--summary", "--", "all"))
    written = set(re.findall(r"results/(?:[a-z_]+/)?(?:figures|tables)/", listed))
    folder = "results/" if area.is_home else f"results/{name}/"
    assert written == {f"{folder}figures/", f"{folder}tables/"}


@pytest.mark.workflow
def test_the_rules_of_bandung_raya_are_drawn_beside_those_of_jabodetabek(copied):
    folder = "results/bandung_raya"
    wanted = (f"{folder}/tables/T02.json", f"{folder}/figures/F03.json")
    run = snakemake(copied, *file_of("bandung_raya"), "--", *wanted)
    assert run.returncode == 0, said(run)[-3000:]
    for path in wanted:
        record = json.loads((copied / path).read_text("utf-8"))
        assert record["choices"]["area"]["id"] == "bandung_raya"
        assert "Greater Bandung" in record["texts"]["en"]["title"]
        assert "Bandung Raya" in record["texts"]["id"]["title"]
        assert not HOME_NAMES.search(json.dumps(record["texts"]))
    inputs = json.loads((copied / wanted[1]).read_text("utf-8"))["inputs"]
    assert "data/processed/bandung_raya/alignment.parquet" in inputs
    assert (copied / f"{folder}/figures/F03.en.png").stat().st_size > 10_000
    assert not (copied / "results/figures").exists()
