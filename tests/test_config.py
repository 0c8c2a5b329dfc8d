"""The configuration: what is wrong is refused with key, expectation and example."""

import copy
import datetime as dt

import pytest

from gotong import config
from gotong.errors import ConfigError


@pytest.fixture(scope="module")
def choices(project):
    return config.parse_yaml((project / "config.yaml").read_text(encoding="utf-8"), "config.yaml")


def changed(choices, path, value):
    """Return the choices with one key set (or removed, for None)."""
    copied = copy.deepcopy(choices)
    node = copied
    for part in path[:-1]:
        node = node[part]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return copied


def test_the_shipped_configuration_is_valid(project):
    read = config.read_config(project / "config.yaml")
    assert read.area.policy_regions[0] == read.area.core == "31"
    assert len(read.area.units) == 14
    assert read.strictness.span == 5


def test_the_schema_is_the_one_that_the_models_make(project):
    committed = (project / "workflow/schemas/config.schema.json").read_text(encoding="utf-8")
    assert committed == config.json_schema(), "run `make schema` to renew it"


@pytest.mark.parametrize(
    ("path", "value", "key", "expected", "example"),
    [
        (("rt", "windoww"), 7, "rt.windoww", "no such key", "one of: regions, window_days"),
        (("extra",), 1, "extra", "no such key", "one of: inputs, area"),
        (("rt", "window_days"), None, "rt.window_days", "this key", "window_days: 7"),
        (("rt", "window_days"), "7", "rt.window_days", "valid integer", "window_days: 7"),
        (("rt", "window_days"), 0, "rt.window_days", "greater than or equal to 1", ""),
        (("rt", "serial_interval", "mean"), -1, "rt.serial_interval.mean", "greater", "mean: 5.2"),
        (
            ("panels", "province", "start"),
            dt.date(2020, 3, 1),
            "panels.province.start",
            "quotes",
            '"',
        ),
        (("panels", "province", "start"), "1 March 2020", "panels.province.start", "", '"2020-'),
        (("panels", "province", "start"), "2020-02-30", "panels.province.start", "", '"2020-'),
        (("panels", "province", "start"), "2023-01-01", "panels.province", "lies after", ""),
        (("area", "core"), 31, "area.core", "quotes", 'core: "3276"'),
        (("area", "units"), [], "area.units", "at least 1 item", ""),
        (("inputs", "mode"), "cloud", "inputs.mode", "'mirror' or 'download'", "mode: snapshot"),
        (("inputs", "mode"), "mirror", "inputs", "needs the folder", ""),
        (("strictness", "levels", "5"), 5, "strictness.levels.5", "'1', '2', '3' or '4'", ""),
        (("measures", "open_end_days"), 7, "measures.open_end_days", "14", "open_end_days: 30"),
        (
            ("factors", "headline", "mobility"),
            "within",
            "factors.headline.mobility",
            "'province'",
            "mobility: province",
        ),
        (
            ("factors", "headline", "incidence"),
            "province",
            "factors.headline.incidence",
            "'within'",
            "incidence: within",
        ),
        (("factors", "headline", "cfr"), None, "factors.headline.cfr", "this key", "cfr: within"),
        (
            ("factors", "claimed_sign", "hdi"),
            None,
            "factors.claimed_sign",
            "a sign of every factor, also of hdi",
            "",
        ),
        (
            ("start_date_audits", "first", "wrong"),
            45,
            "start_date_audits.first",
            "too_late <= wrong <= tested, not 2, 45, 44",
            "",
        ),
        (
            ("published", "dispersion", "address"),
            "doi:10.1/x",
            "published.dispersion.address",
            "https",
            "address: https://doi.org/10.1/x",
        ),
        (
            ("published", "dispersion", "year"),
            None,
            "published.dispersion.year",
            "this key",
            "2021",
        ),
        (
            ("published", "dispersion", "n"),
            9,
            "published.dispersion.n",
            "no such key",
            "one of: value",
        ),
    ],
)
def test_a_wrong_choice_is_refused(choices, path, value, key, expected, example):
    with pytest.raises(ConfigError) as error:
        config.validate(changed(choices, path, value))
    assert error.value.key == key
    assert expected in error.value.expected
    assert example in error.value.example
    assert "config.yaml" in str(error.value)


def test_an_alternative_may_not_name_a_regime_that_does_not_exist(choices):
    wrong = changed(choices, ("strictness", "alternatives", "typo"), {"PSBB transissi": 1})
    with pytest.raises(ConfigError, match="PSBB transissi"):
        config.validate(wrong)


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1", "'a' stands twice"),
        ("a:\n  x: 1\n  x: 1\n", "line 3, column 3", "'x' stands twice"),
        ("a: [1,\n", "line 2", "expected node content"),
        ("- 1\n", "", "list"),
    ],
)
def test_yaml_that_hides_something_is_refused(text, place, found):
    with pytest.raises(ConfigError) as error:
        config.parse_yaml(text, "x.yaml")
    assert error.value.key.startswith(place)
    assert found in error.value.found


def test_yaml_cannot_run_code():
    with pytest.raises(ConfigError):
        config.parse_yaml("a: !!python/object/apply:os.system ['true']\n", "x.yaml")
