"""T13: actions with the configured length, bounds over all, the whole area first."""

import pandas as pd
import pytest

from gotong.exhibits import t13_continuity as t13
from gotong.html import rows
from gotong.i18n import Language

AREA = {
    "id": "home",
    "units": ["3101", "3276"],
    "core": "31",
    "deciders": [
        {"name": "DKI Jakarta", "members": ["31"]},
        {"name": "Others", "members": ["3276"]},
    ],
}
CHOICES = {"area": AREA, "measures": {"open_end_days": 30}}


def table():
    found = []
    for area, least in (("Others", 0.0), ("home", 1.0)):
        for definition, more in (("action", 0.0), ("all", 0.5)):
            for length in (14, 30, 60):
                for period, active in (("2020Q2", 2.0), ("2020Q3", 0.0), ("whole", 1.0)):
                    dyads = active and least + active + more + length / 100
                    found.append(
                        (area, definition, length, period, 91, dyads, int(dyads), dyads / 10)
                    )
    names = ["area", "definition", "open_end_days", "period", "days", "diversity", "most_dyads"]
    return pd.DataFrame(found, columns=[*names, "continuity"])


@pytest.fixture(scope="module")
def data(results):
    choices = CHOICES | {"measures": results.choices["measures"] | {"open_end_days": 30}}
    return t13.prepare({"continuity": table()}, choices)


def test_the_whole_area_and_the_whole_time_come_first(data):
    assert data[["area", "period"]].iloc[0].tolist() == ["whole", "whole"]
    assert data["area"].tolist() == ["whole"] * 3 + ["Others"] * 3
    assert data["period"].tolist()[1:3] == ["2020Q2", "2020Q3"]


def test_numbers_are_of_actions_and_bounds_of_all_measures_and_lengths(data):
    row = data.set_index(["area", "period"]).loc[("whole", "2020Q2")]
    # 1 + 2 + 0.3 of actions at 30 days; from 14 days of actions to 60 of all measures.
    assert row["diversity"] == pytest.approx(3.3)
    assert (row["diversity_low"], row["diversity_high"]) == pytest.approx((3.14, 4.1))
    assert (row["continuity_low"], row["continuity_high"]) == pytest.approx((0.314, 0.41))
    assert (row["open_end"], row["shortest"], row["longest"]) == (30, 14, 60)


def test_the_title_says_when_most_were_active_and_when_none_were(data):
    found = t13.facts(data)
    assert (found["silent"], found["quarters"]) == (1, 2)
    assert "active in Q2 2020 (3.3 on" in Language("en").fill(t13.TITLE, found)
    assert "triwulan ke-2 2020" in Language("id").fill(t13.TITLE, found)
    assert (found["days"], found["areas"], found["kinds"]) == (91, 2, 6)
    assert "23% of 91 days" in Language("en").fill(t13.TITLE, found)
    assert "none in 1 of 2 quarters" in Language("en").fill(t13.TITLE, found)


@pytest.mark.parametrize(("code", "first"), [("en", "whole area"), ("id", "seluruh kawasan")])
def test_the_area_is_named_in_words(data, code, first):
    shown = rows(data, t13.COLUMNS, Language(code))
    assert shown[0][0] == first
    assert shown[-1][0] == "Others"


def test_quarters_of_the_snapshot_agree_with_the_evidence(results):
    made = t13.prepare({"continuity": results["continuity"]}, results.choices)
    whole = made.set_index(["area", "period"]).loc[("whole", "whole")]
    evidence = results["evidence_dose"].set_index("evidence")
    said = evidence.loc["continuity_actions_jabodetabek", "estimate"]
    assert whole["continuity"] == pytest.approx(said)
    quarters = made[(made["area"] == "whole") & (made["period"] != "whole")]
    weighted = (quarters["diversity"] * quarters["days"]).sum() / quarters["days"].sum()
    assert whole["diversity"] == pytest.approx(weighted)
