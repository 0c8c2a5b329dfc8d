"""Evidence on cooperation: every number is that of the rows which it names."""

import pandas as pd
import pytest
from evidence_words import alike, untranslated

from gotong import config, contracts, correcting, corrections
from gotong.analyses import (
    aligned,
    coding_agreement,
    cooperation_evidence,
    following,
    measure_shares,
)
from gotong.evidence_rows import select
from gotong.tables import DATE

MEASURES = "cooperation/measures.csv"
RAW = (
    MEASURES,
    "cooperation/codings.csv",
    "policy/regimes.csv",
    "mobility/movement_java.csv",
)


@pytest.fixture(scope="module")
def choices(project):
    return config.read_config(project / "config.yaml").model_dump(mode="json")


@pytest.fixture(scope="module")
def tables(project, choices):
    """Return the made tables behind the evidence, of the project's own snapshot."""
    found = {name: contracts.read_any(str(project / "data/raw" / name)) for name in RAW}
    register = corrections.read_corrections((project / "data/raw/corrections.yaml").read_bytes())
    chosen = list(corrections.of_tables(register, MEASURES).values())
    found[MEASURES] = correcting.apply(found[MEASURES], contracts.RAW[MEASURES], chosen)
    found["alignment"] = aligned.make(found, choices)
    return {
        "following_tests": following.tests(found, choices),
        "following_windows": following.windows(found, choices),
        "alignment_chance": following.alignment_chance(found, choices),
        "alignment_summary": following.alignment_summary(found, choices),
        "measure_shares": measure_shares.make(found, choices),
        "community_measures": measure_shares.community(found, choices),
        "coding_agreement": coding_agreement.make(found, choices),
    }


@pytest.fixture(scope="module")
def evidence(tables, choices):
    made = cooperation_evidence.make(tables, choices)
    contracts.check(made, contracts.PROCESSED["evidence_cooperation"], "f", "r")
    return made.set_index("evidence")


VALUE = {
    "alignment_mean_": "alignment",
    "same_label_mean_": "alignment",
    "follow_mean_lag_": "distance",
    "mean_alignment_": "alignment",
    "chance_alignment_": "chance",
    "lag_by_window_": "distance",
    "follow_share_": "followed_share",
    "cross_border_share_": "share",
    "community_share_": "share",
    "community_actions_": "of_kind",
    "alpha_": "alpha",
}


def test_a_reader_finds_each_number_where_the_row_says(tables, evidence):
    checked = 0
    for name, row in evidence.iterrows():
        columns = [column for start, column in VALUE.items() if str(name).startswith(start)]
        if not columns:
            continue
        values = select(tables[row["made_table"]], row["rows"])[columns[0]]
        assert values.iloc[0] == row["estimate"], name
        if columns[0] == "alignment" or str(name).startswith("lag_by_window_"):
            assert (values.min(), values.max()) == (row["low"], row["high"]), name
        checked += 1
    assert checked == len(evidence) - 2  # all but the two of places and months


def test_no_two_numbers_look_alike_and_all_words_are_translated(evidence):
    assert alike(evidence) == []
    assert untranslated(evidence) == set()


def test_every_estimate_lies_in_its_interval(evidence):
    assert (evidence["low"] <= evidence["estimate"]).all()
    assert (evidence["estimate"] <= evidence["high"]).all()


def test_every_p_has_the_smallest_that_its_design_can_give(evidence):
    assert evidence["p"].notna().tolist() == evidence["smallest_p"].notna().tolist()
    tested = evidence[evidence["p"].notna()]
    assert sorted(tested.index) == [
        "follow_mean_lag_before_ppkm",
        "follow_mean_lag_whole",
        "mean_alignment_before_ppkm",
        "mean_alignment_ruled_before_ppkm",
    ]
    assert (tested["p"] >= tested["smallest_p"]).all()


def test_places_are_counted_by_what_a_measure_names(tables, evidence):
    told = tables["community_measures"]
    actions = told[(told["act"] == "action") & (told["region_code"] != "")]
    assert (
        evidence.loc["community_regions_covered", "high"] == actions["region_code"].nunique() / 14
    )
    local = actions[actions["reach"].isin(["neighbourhood", "within_region"])]
    missed = set(actions["region_code"]) - set(local["region_code"])
    assert missed == {"3201"}  # Kab. Bogor
    assert evidence.loc["community_regions_covered", "estimate"] == 13 / 14


def test_months_are_those_with_a_start_and_those_with_an_action_under_way():
    days = {
        "measure_id": ["CM001", "CM001", "CM002", "CM003"],
        "start_date": ["2020-03-20", "2020-03-20", "2020-07-01", None],
        "end_date": [None, None, "2020-08-31", None],
        "month": ["2020-03-01", "2020-03-01", "2020-07-01", None],
        "texts": [2, 2, 2, 2],
    }
    actions = pd.DataFrame(days)
    for column in ("start_date", "end_date", "month"):
        actions[column] = pd.to_datetime(actions[column]).astype(DATE)
    months = cooperation_evidence._whole_months(
        pd.Timestamp("2020-03-01"), pd.Timestamp("2020-09-15")
    )
    assert len(months) == 6  # March to August; September is cut
    # CM001 has no end: 30 days from 20 March end on 18 April, and 12 days on 31 March.
    assert cooperation_evidence._months_covered(actions, months, 30) == (2 / 6, 4 / 6)
    assert cooperation_evidence._months_covered(actions, months, 12) == (2 / 6, 3 / 6)
    # A start of which one text alone tells does not count at the least.
    once = actions.assign(texts=[1, 1, 2, 2])
    assert cooperation_evidence._months_covered(once, months, 12) == (1 / 6, 3 / 6)


def test_the_caveats_say_who_coded(evidence):
    for field in ("dyad", "act", "factor", "reach"):
        caveat = evidence.loc[f"alpha_{field}", "caveat"]
        assert "by machine" in caveat
        assert "overstates" in caveat


def test_what_the_caveat_on_timing_says_is_so(tables):
    rows = tables["following_tests"].set_index(["variant", "period", "followers"])
    row = rows.loc[("main", "before_ppkm", "deciders")]
    # Few changes: four, of which the two of autumn 2020 were matched by nobody.
    assert (row["changes"], row["pairs"], row["followed"]) == (4, 8, 3)


def test_what_the_caveat_of_c2_says_of_chance_and_windows_is_so(tables, evidence, choices):
    said = choices["claims"]["C2"]["caveat"]["en"]
    told = {
        "before_ppkm": "mean alignment was {0:.2f}, and {1:.2f} where timelines",
        "ruled_before_ppkm": "from the first PSBB on it was {0:.2f}, and {1:.2f} where they",
    }
    for period, words in told.items():
        means = (f"{kind}_alignment_{period}" for kind in ("mean", "chance"))
        assert words.format(*evidence.loc[list(means), "estimate"]) in said
    days = evidence.loc["lag_by_window_before_ppkm"]
    assert f"{days['low']:g} days at a window of 14 days, {days['high']:g} at one of 60" in said
    assert days["estimate"] == evidence.loc["follow_mean_lag_before_ppkm", "estimate"]
    # Numbers in the context of the claim are asked for by no criterion, whose stars must not
    # take them in.
    from fnmatch import fnmatchcase

    context = [name for name in evidence.index if name.startswith(("mean_", "chance_", "lag_by"))]
    assert len(context) == 5
    for level in choices["claims"]["C2"]["levels"]:
        assert not any(fnmatchcase(name, level["evidence"]) for name in context)


def test_an_earlier_change_counts_as_the_nearest_at_a_wide_window(project, choices):
    raw = {name: contracts.read_any(str(project / "data/raw" / name)) for name in RAW[2:]}
    wide = {**choices, "following": choices["following"] | {"window_days": 60}}
    lags = following.make(raw, wide)
    before = lags[(lags["period"] == "before_ppkm") & (lags["variant"] == "main")]
    # Tangerang Raya eased on 7 September 2020, five weeks before DKI did.
    assert (before["lag"] < 0).sum() == 3
    assert before["lag"].min() == -35


def test_the_criteria_of_the_claims_find_their_numbers(evidence, choices):
    from fnmatch import fnmatchcase

    for claim in ("C2", "C3"):
        names = evidence[evidence["claim"] == claim].index
        for level in choices["claims"][claim]["levels"]:
            assert any(fnmatchcase(name, level["evidence"]) for name in names), level
            # A threshold on shares must not meet a count or days.
            units = {
                evidence.loc[name, "unit"] for name in names if fnmatchcase(name, level["evidence"])
            }
            assert len(units) == 1, level
