"""Files for those who find, cite or check the project: they say the same, and what is so."""

import json
import re
import tomllib

import pytest
import yaml

from gotong.exhibits.catalogue import EXHIBITS
from gotong.report.publication import codecheck, codemeta


@pytest.fixture(scope="module")
def citation(project):
    return yaml.safe_load((project / "CITATION.cff").read_bytes())


@pytest.fixture(scope="module")
def package(project):
    return tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def requirements(project):
    return (project / "requirements.in").read_text("utf-8")


@pytest.fixture(scope="module")
def checked(project):
    return yaml.safe_load((project / "codecheck.yml").read_bytes())


def test_the_committed_codecheck_is_the_one_that_is_generated(project, citation):
    committed = (project / "codecheck.yml").read_text("utf-8")
    assert committed == codecheck(citation), "run `make documents`"


def test_the_committed_codemeta_is_the_one_that_is_generated(
    project, citation, package, requirements
):
    committed = (project / "codemeta.json").read_text("utf-8")
    generated = codemeta(citation, package["requires-python"], requirements)
    assert committed == generated, "run `make documents`"


def test_the_package_and_the_citation_say_the_same(citation, package):
    assert citation["version"] == package["version"]
    assert citation["license"] == package["license"]
    assert [author["name"] for author in citation["authors"]] == [
        author["name"] for author in package["authors"]
    ]
    assert citation["abstract"].startswith(f"{package['description']}. ")


def test_their_version_is_the_newest_of_the_changelog(project, citation):
    changes = (project / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## (\S+?),? ", changes, re.MULTILINE)[0] == str(citation["version"])


def test_the_citation_has_what_its_format_demands(citation):
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert all(author.get("name") for author in citation["authors"])


def test_the_version_is_one_of_the_changelog(project, citation):
    versions = re.findall(r"^## (\S+?),", (project / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert citation["version"] in versions


def test_the_codecheck_lists_every_exhibit_once_in_english(checked):
    named = [re.search(r"([FT]\d\d)\.en\.", item["file"]) for item in checked["manifest"]]
    assert sorted(match[1] for match in named if match) == sorted(EXHIBITS)


def test_every_file_of_the_codecheck_is_one_that_a_run_makes(project, checked):
    wanted = json.loads((project / "results/MANIFEST.reference.json").read_text("utf-8"))
    assert [
        item["file"] for item in checked["manifest"] if item["file"] not in wanted["results"]
    ] == []
    assert all(item["comment"].endswith(".") for item in checked["manifest"])


def test_the_codecheck_keeps_the_rules_of_its_specification(project, checked):
    # CC-CFG-002, 004, 006, 014, 017 to 019 and 023 of the register's rules for version 1.0.
    text = (project / "codecheck.yml").read_text("utf-8")
    assert text.startswith("---\n")
    assert checked["version"] == "https://codecheck.org.uk/spec/config/1.0"
    assert all(not item["file"].startswith(("/", "..")) for item in checked["manifest"])
    assert checked["paper"]["title"]
    assert all(author["name"] for author in checked["paper"]["authors"])
    assert not re.search("FIXME|TODO|XXXX", text)


def test_the_codecheck_claims_no_check_that_was_not_made(checked):
    assert not {"codechecker", "certificate", "report", "check_time"} & set(checked)


def test_codemeta_has_every_direct_dependency(project, requirements):
    stated = [line for line in requirements.splitlines() if line and not line.startswith("#")]
    listed = json.loads((project / "codemeta.json").read_text("utf-8"))["softwareRequirements"]
    assert [entry["name"] for entry in listed] == [re.split(r"[\[=<>]", line)[0] for line in stated]
    assert {"type": "SoftwareApplication", "name": "pandera", "version": "==0.35.*"} in listed


def test_the_settings_for_the_catalog_have_the_keys_that_it_reads(project):
    settings = yaml.safe_load((project / ".snakemake-workflow-catalog.yml").read_bytes())["usage"]
    assert set(settings["mandatory-flags"]) == {"desc", "flags"}
    assert set(settings["software-stack-deployment"]) == {"conda", "apptainer", "apptainer+conda"}
    assert settings["report"] is True
