"""T12: order of rows, and the numbers that the caption names."""

from string import Formatter

import pytest

from gotong import contracts
from gotong.analyses import coding_agreement
from gotong.config import read_config
from gotong.exhibits import t12_agreement as t12
from gotong.i18n import Language


@pytest.fixture(scope="module")
def data(project):
    name = "cooperation/codings.csv"
    raw = {name: contracts.read_any(str(project / "data/raw" / name))}
    return t12.prepare({"coding_agreement": coding_agreement.make(raw, {})}, {})


def test_the_whole_field_stands_before_its_categories(data):
    first = data.groupby(["field", "coders"], sort=False)["category"].first()
    assert first.unique().tolist() == ["all"]
    assert data["field"].drop_duplicates().tolist() == ["dyad", "act", "factor", "reach"]


def test_facts_are_of_the_pair_that_tells_something(data):
    found = t12.facts(data)
    row = data.set_index(["field", "coders", "category"])
    assert found["alpha"] == row.loc[("dyad", "a first", "all"), "alpha"] < 1
    assert found["same_dyads"] == found["units"] == 117
    assert found["least"] == row.loc[("factor", "a b", "all"), "share"]
    assert found["weakest_alpha"] == row.loc[("factor", "a b", "education"), "alpha"]


def test_the_title_does_not_say_that_it_is_of_two_codings(data):
    # On the dyad another pair tells something than on the other fields.
    assert len(set(t12.INFORMATIVE.values())) > 1
    title = Language("en").fill(t12.TITLE, t12.facts(data))
    assert not title.startswith("Two")
    assert "by the pair of codings that tells something" in title


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_caption_says_that_machines_coded(data, language):
    found = t12.facts(data)
    for message in (t12.TITLE, t12.CAPTION, t12.ALT):
        assert {name for _, name, _, _ in Formatter().parse(message) if name} <= set(found)
        assert "{" not in Language(language).fill(message, found)
    said = Language(language).fill(t12.CAPTION, found)
    assert {"en": "made by machine", "id": "oleh mesin"}[language] in said


def test_the_limit_that_the_caption_names_is_the_one_that_the_claim_is_judged_by(project):
    claim = read_config(project / "config.yaml").claims["C3"]
    (limit,) = (each.level for each in claim.levels if each.evidence == "alpha_*")
    assert limit == t12.TENTATIVE
