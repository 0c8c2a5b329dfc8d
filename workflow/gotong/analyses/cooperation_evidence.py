"""Numbers that bear on the cooperation of governments (C2) and of residents (C3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from gotong.analyses.following import ALL, BEFORE, DECIDERS, RULED, WHOLE
from gotong.analyses.measure_shares import CORRECTED
from gotong.config import Area, Following, Measures, Panels
from gotong.contracts.columns import dtypes
from gotong.contracts.evidence import evidence
from gotong.cooperation import MAIN, SAME_LABEL
from gotong.evidence_rows import first_of, rows_where
from gotong.i18n import N_, with_facts
from gotong.tables import DATE

Tables = Mapping[str, pd.DataFrame]
Choices = Mapping[str, Any]
Row = dict[str, Any]

ALIKE: Final = N_(
    "Alignment is 1 when nobody acts as well as when all act; strictness stands beside it in the "
    "same table. It is about the label of a rule, not its enforcement, and the nine regions are "
    "about three independent deciders. From the first PPKM on regimes followed national "
    "instructions, so that likeness is then no sign of cooperation."
)
TIMING: Final = N_(
    "Few changes of DKI Jakarta before the national PPKM, two other deciders: the first PSBB came "
    "within days in all of Greater Jakarta, with the approval of the health minister, and only "
    "Bodebek eased on the same day; on the scale nobody matched the brake of September 2020 or its "
    "end. A change close in time may answer a common epidemic or instruction instead of the "
    "change of DKI. The p-value is over circular shifts of DKI's changes, by decider. The nearest "
    "change counts whether it came after that of DKI or before it, and what nobody matched counts "
    "as a day beyond the window, so that a wider window gives more days."
)
BY_LOT: Final = N_(
    "Timelines moved in a circle keep what rules a decider had, in which order and for how long, "
    "and lose only when it had them. Regimes that last for months make alignment high by "
    "themselves: a threshold below what chance gives is passed without any cooperation."
)
BY_ORDER: Final = N_(
    "Most of these changes were ordered by the same national instruction for all, so that no days "
    "lie between them by construction; for what governments did by themselves see the days "
    "before the first PPKM."
)
FOUND: Final = N_(
    "Measures were found in the press and in decrees: shares are of what was reported and "
    "searched. The interval takes measures for independent draws and does not cover what was "
    "never reported. DKI Jakarta is over-represented."
)
WHAT_COUNTS: Final = N_(
    "A count of reported actions that governments and community groups took together or that "
    "groups took with each other. It is not how much mutual help there was: neighbours who helped "
    "without a reporter are in no row, and one row may be a kitchen or a national network. Bounds "
    "are over the corrected table and two codings."
)
PLACES: Final = N_(
    "Lower bound: units that an action names alone; estimate: units in which an action within a "
    "region or neighbourhood is reported; upper bound: any action, national ones included. A unit "
    "without a report is not one without mutual help."
)
MONTHS: Final = N_(
    "Lower bound: months in which an action began that a second text bears out; estimate and upper "
    "bound: months in which one was under way by any text, with open ends taken as in the "
    "configuration. Start dates were wrong, some by weeks, in more than a fifth of the rows that "
    "were audited, and several months rest on a single one."
)
MACHINE: Final = N_(
    "All codings were made by machine from the same press texts, each without sight of the "
    "others: their agreement overstates what human coders would reach. Coding a equals the "
    "published table, and a and b agree on every dyad, so that for the dyad only the first coding "
    "against a is informative; act, factor and reach are a against b."
)

WILSON: Final = N_("95% Wilson score interval")
RESAMPLED: Final = N_("95% percentiles over resampled measures")
BY_CHANCE: Final = N_("95% of arrangements drawn by lot")
OVER_SCALES_ALONE: Final = N_("least and greatest over scales of strictness")
OVER_WINDOWS: Final = N_("least and greatest over windows")
OVER_SCALES: Final = N_("least and greatest over deciders and scales of strictness")
OVER_CHANGES: Final = N_(
    "least and greatest over definitions, kinds of followers and leaving out each change"
)
OVER_DECIDERS: Final = N_("least and greatest over deciders")
OVER_CODINGS: Final = N_("least and greatest over the table and two codings")
OVER_PLACES: Final = N_("bounds over what counts as being in a unit")
OVER_MONTHS: Final = N_("bounds: months with a start in two texts, months with one under way")

TEXTS: Final = 2
"""Texts that must tell of an action for its start to count at the least."""

SHARE, DAYS, LIKENESS = N_("share"), N_("days"), N_("alignment (0 to 1)")
ALPHA, COUNT = N_("Krippendorff's alpha"), N_("measures")

PHASES: Final = {
    "first_psbb": N_("Mean alignment during the first PSBB"),
    "transition": N_("Mean alignment during the first transition of PSBB"),
    "brake": N_("Mean alignment during DKI's brake of September 2020"),
    "second_transition": N_("Mean alignment during the second transition of PSBB"),
    "first_ppkm": N_("Mean alignment during the first PPKM"),
    "ppkm_mikro": N_("Mean alignment during PPKM mikro"),
    "ppkm_darurat": N_("Mean alignment during PPKM darurat"),
    "ppkm_levels": N_("Mean alignment during PPKM by level"),
}
OTHER_PHASE: Final = N_("Mean alignment from {start} to {end}")
LABELS: Final = {
    "first_psbb": N_("Share of exchange under the same label during the first PSBB"),
    "transition": N_("Share of exchange under the same label during the first transition"),
    "brake": N_("Share of exchange under the same label during the brake"),
    "second_transition": N_("Share of exchange under the same label during the second transition"),
}
MEANS: Final = {
    BEFORE: N_("Mean alignment from {start} to {end}, each decider counted once"),
    RULED: N_(
        "Mean alignment from {start}, the first day of any PSBB, to {end}, each decider counted "
        "once"
    ),
}
CHANCES: Final = {
    BEFORE: N_(
        "Mean alignment from {start} to {end} by chance, timelines of the other deciders moved in "
        "a circle (median)"
    ),
    RULED: N_(
        "Mean alignment from {start}, the first day of any PSBB, to {end} by chance, timelines of "
        "the other deciders moved in a circle (median)"
    ),
}
"""The same in front of the first national PPKM, as it was and by chance; no rule asks for it."""
FOLLOWED: Final = N_(
    "Share of DKI's changes before the national PPKM that another decider matched within {days} "
    "days"
)
LAG_BEFORE: Final = N_(
    "Days between a change of DKI before the national PPKM and the nearest like change of another "
    "decider; none within the window counts as a day beyond it"
)
LAG_WHOLE: Final = N_(
    "Days between any change of DKI and the nearest like change of another decider; none within "
    "the window counts as a day beyond it"
)
LAG_BY_WINDOW: Final = N_(
    "Days between a change of DKI before the national PPKM and the nearest like change of another "
    "decider, with windows of {windows} days"
)
CROSSING: Final = {
    "all": N_("Share of measures that reach across borders"),
    "action": N_("Share of actions that reach across borders"),
}
COMMUNITY_ACTIONS: Final = N_("Reported actions of residents and community groups (G-C, C-C)")
COMMUNITY_SHARE: Final = N_("Share of actions that are of residents and community groups")
REGIONS_COVERED: Final = N_("Share of the units of Greater Jakarta with an action of residents")
MONTHS_COVERED: Final = N_(
    "Share of the months from {start:month} to {end:month} with an action of residents; without a "
    "known end it counts {days} days"
)
FIELDS: Final = {
    "dyad": N_("Agreement on who cooperated with whom"),
    "act": N_("Agreement on the kind of event"),
    "factor": N_("Agreement on the factor"),
    "reach": N_("Agreement on the reach"),
}
PAIRS: Final = {"dyad": "a first", "act": "a b", "factor": "a b", "reach": "a b"}
"""The pair of codings that is informative on each field."""

LOCAL: Final = ("neighbourhood", "within_region")
"""Reaches of measures that took place in the units they name."""


def make(tables: Tables, choices: Choices) -> pd.DataFrame:
    """Return the numbers that bear on C2 and C3, one row each."""
    rows = [
        *_alignment(tables["alignment_summary"], choices),
        *_chance(tables["alignment_chance"], choices),
        *_following(tables["following_tests"], choices),
        _windows(tables["following_windows"], choices),
        *_crossing(tables["measure_shares"]),
        *_community(tables, choices),
        *_agreement(tables["coding_agreement"]),
    ]
    types = dtypes(evidence("evidence_cooperation", ""))
    blank: Row = dict.fromkeys(types)
    level: Row = {"kind": "level", "direction": 0, "passed": True, "failed_checks": ""}
    table = pd.DataFrame([{**blank, **level, **row} for row in rows]).astype(types)
    return table.sort_values(["claim", "evidence"], ignore_index=True)


def _of(estimate: float, low: float, high: float, interval: str, unit: str) -> Row:
    return {
        "estimate": float(estimate),
        "low": float(low),
        "high": float(high),
        "interval": interval,
        "unit": unit,
    }


def _from(made_table: str, **conditions: Any) -> Row:
    """Return where a number was worked out from."""
    return {"made_table": made_table, "rows": rows_where(conditions)}


def _alignment(summary: pd.DataFrame, choices: Choices) -> Iterator[Row]:
    """Yield the mean alignment of each phase, and the share under one label before PPKM."""
    area = Area.model_validate(choices["area"])
    chosen = Following.model_validate(choices["following"])
    design = {"units": len(area.policy_regions), "deciders": len(area.deciders), "claim": "C2"}
    for phase, span in chosen.phases.items():
        of_phase = summary[summary["phase"] == phase]
        scaled = of_phase[of_phase["variant"] != SAME_LABEL]
        main = scaled.loc[
            (scaled["variant"] == MAIN) & (scaled["decider"] == ALL), "alignment"
        ].item()
        least, most = scaled["alignment"].min(), scaled["alignment"].max()
        whole = {"phase": phase, "decider": first_of(ALL, scaled["decider"])}
        yield {
            **design,
            "evidence": f"alignment_mean_{phase}",
            "label": PHASES.get(phase, with_facts(OTHER_PHASE, start=span.start, end=span.end)),
            **_of(main, least, most, OVER_SCALES, LIKENESS),
            **_from("alignment_summary", **whole, variant=first_of(MAIN, scaled["variant"])),
            "caveat": ALIKE,
        }
        if span.start >= chosen.national_from or phase not in LABELS:
            continue
        named = of_phase[of_phase["variant"] == SAME_LABEL].set_index("decider")["alignment"]
        yield {
            **design,
            "evidence": f"same_label_mean_{phase}",
            "label": LABELS[phase],
            **_of(named[ALL], named.min(), named.max(), OVER_DECIDERS, SHARE),
            **_from("alignment_summary", **whole, variant=SAME_LABEL),
            "caveat": ALIKE,
        }


def _chance(table: pd.DataFrame, choices: Choices) -> Iterator[Row]:
    """Yield how aligned regimes were before the national PPKM, and how aligned by chance."""
    area = Area.model_validate(choices["area"])
    design = {"claim": "C2", "units": len(area.policy_regions), "deciders": len(area.deciders)}
    for period in (BEFORE, RULED):
        scaled = table[(table["period"] == period) & (table["variant"] != SAME_LABEL)]
        main = scaled[scaled["variant"] == MAIN].iloc[0]
        days = {"start": main["start"].date(), "end": main["end"].date()}
        yield {
            **design,
            "evidence": f"mean_alignment_{period}",
            "label": with_facts(MEANS[period], **days),
            **_of(
                main["alignment"],
                scaled["alignment"].min(),
                scaled["alignment"].max(),
                OVER_SCALES_ALONE,
                LIKENESS,
            ),
            "p": main["p"],
            "smallest_p": main["smallest_p"],
            **_from("alignment_chance", period=period, variant=first_of(MAIN, scaled["variant"])),
            "caveat": BY_LOT,
        }
        ends = main["chance_low"], main["chance_high"]
        yield {
            **design,
            "evidence": f"chance_alignment_{period}",
            "label": with_facts(CHANCES[period], **days),
            **_of(main["chance"], *ends, BY_CHANCE, LIKENESS),
            **_from("alignment_chance", period=period, variant=MAIN),
            "caveat": BY_LOT,
        }


def _windows(table: pd.DataFrame, choices: Choices) -> Row:
    """Return how many days lie between changes at the window that counts, and at the others."""
    window = Following.model_validate(choices["following"]).window_days
    chosen = table[(table["variant"] == MAIN) & (table["followers"] == DECIDERS)]
    days = chosen.set_index("window_days")["distance"]
    listed = ", ".join(str(each) for each in days.index)
    return {
        "claim": "C2",
        "evidence": f"lag_by_window_{BEFORE}",
        "label": with_facts(LAG_BY_WINDOW, windows=listed),
        **_of(days[window], days.min(), days.max(), OVER_WINDOWS, DAYS),
        **_from(
            "following_windows",
            window_days=first_of(window, days.index),
            variant=MAIN,
            followers=DECIDERS,
        ),
        "units": chosen["pairs"].iloc[0],
        "deciders": len(Area.model_validate(choices["area"]).deciders),
        "caveat": TIMING,
    }


def _following(tests: pd.DataFrame, choices: Choices) -> Iterator[Row]:
    """Yield how close in time others changed, and how many did within the days that count."""
    deciders = len(Area.model_validate(choices["area"]).deciders)
    within = Following.model_validate(choices["following"]).within_days
    for period, label, caveat in ((BEFORE, LAG_BEFORE, TIMING), (WHOLE, LAG_WHOLE, BY_ORDER)):
        of_period = tests[tests["period"] == period]
        chosen = of_period[
            (of_period["variant"] == MAIN) & (of_period["followers"] == DECIDERS)
        ].iloc[0]
        design = {"claim": "C2", "units": chosen["pairs"], "deciders": deciders, "caveat": caveat}
        source = _from(
            "following_tests",
            period=period,
            variant=first_of(MAIN, of_period["variant"]),
            followers=first_of(DECIDERS, of_period["followers"]),
        )
        least, most = of_period["least"].min(), of_period["most"].max()
        yield {
            **design,
            "evidence": f"follow_mean_lag_{period}",
            "label": label,
            **_of(chosen["distance"], least, most, OVER_CHANGES, DAYS),
            "p": chosen["p"],
            "smallest_p": chosen["smallest_p"],
            **source,
        }
        if period == BEFORE:
            ends = chosen["followed_low"], chosen["followed_high"]
            yield {
                **design,
                "evidence": f"follow_share_within_{within}_days",
                "label": with_facts(FOLLOWED, days=within),
                **_of(chosen["followed_share"], *ends, WILSON, SHARE),
                **source,
            }


def _share_row(shares: pd.DataFrame, quantity: str, act: str) -> Row:
    """Return one share of the corrected table with its interval and where it stands."""
    names = {"quantity": quantity, "act": act, "classes": CORRECTED, "weighting": "equal"}
    row = shares[(shares[list(names)] == list(names.values())).all(axis=1)].iloc[0]
    return {
        **_of(row["share"], row["low"], row["high"], WILSON, SHARE),
        **_from("measure_shares", **names),
        "units": row["measures"],
        "caveat": FOUND,
    }


def _crossing(shares: pd.DataFrame) -> Iterator[Row]:
    """Yield the share of measures that cross borders, of all and of actions."""
    for act, label in CROSSING.items():
        row = _share_row(shares, "cross_border", act)
        yield {"claim": "C2", "evidence": f"cross_border_share_{act}", "label": label, **row}


def _community(tables: Tables, choices: Choices) -> Iterator[Row]:
    """Yield how many actions of residents were found, where and when."""
    shares = tables["measure_shares"]
    chosen = shares[
        (shares["quantity"] == "community")
        & (shares["act"] == "action")
        & (shares["weighting"] == "equal")
    ].set_index("classes")["of_kind"]
    yield {
        "claim": "C3",
        "evidence": "community_actions_count",
        "label": COMMUNITY_ACTIONS,
        **_of(chosen[CORRECTED], chosen.min(), chosen.max(), OVER_CODINGS, COUNT),
        **_from(
            "measure_shares",
            quantity="community",
            act="action",
            classes=CORRECTED,
            weighting="equal",
        ),
        "caveat": WHAT_COUNTS,
    }
    row = _share_row(shares, "community", "action")
    yield {"claim": "C3", "evidence": "community_share_action", "label": COMMUNITY_SHARE, **row}
    told = tables["community_measures"]
    actions = told[told["act"] == "action"]
    source = {"claim": "C3", **_from("community_measures", act="action")}
    units = Area.model_validate(choices["area"]).units
    yield {
        **source,
        "evidence": "community_regions_covered",
        "label": REGIONS_COVERED,
        **_of(*_regions_covered(actions, units), OVER_PLACES, SHARE),
        "units": len(units),
        "caveat": PLACES,
    }
    span = Panels.model_validate(choices["panels"]).jabodetabek
    whole = _whole_months(pd.Timestamp(span.start), pd.Timestamp(span.end))
    open_end = Measures.model_validate(choices["measures"]).open_end_days
    began, under_way = _months_covered(actions, whole, open_end)
    yield {
        **source,
        "evidence": "community_months_covered",
        "label": with_facts(
            MONTHS_COVERED, start=whole[0].date(), end=whole[-1].date(), days=open_end
        ),
        **_of(under_way, began, under_way, OVER_MONTHS, SHARE),
        "units": len(whole),
        "caveat": MONTHS,
    }


def _whole_months(start: pd.Timestamp, end: pd.Timestamp) -> pd.DatetimeIndex:
    """Return the first day of each month that lies wholly between two days, both included."""
    months = pd.date_range(start, end, freq="MS", unit="s")
    return months[months + pd.offsets.MonthEnd() <= end]


def _regions_covered(actions: pd.DataFrame, units: tuple[str, ...]) -> tuple[float, float, float]:
    """Return the share of units with an action within a region, named alone, and with any."""
    alone = actions[(actions["units_named"] == 1) & actions["reach"].isin(LOCAL)]
    local = actions[actions["reach"].isin(LOCAL)]
    found = [set(part["region_code"]) & set(units) for part in (local, alone, actions)]
    return len(found[0]) / len(units), len(found[1]) / len(units), len(found[2]) / len(units)


def _months_covered(
    actions: pd.DataFrame, months: pd.DatetimeIndex, open_end_days: int
) -> tuple[float, float]:
    """Return the shares of months with a start in two texts, and with an action under way."""
    dated = actions[actions["start_date"].notna()].drop_duplicates("measure_id")
    start = dated["start_date"]
    last = dated["end_date"].fillna(start + pd.Timedelta(days=open_end_days - 1))
    firsts = months.to_numpy()[:, None]
    lasts = (months + pd.offsets.MonthEnd()).to_numpy()[:, None]
    under_way = ((start.to_numpy() <= lasts) & (last.to_numpy() >= firsts)).any(axis=1)
    borne_out = dated.loc[dated["texts"] >= TEXTS, "month"]
    began = np.isin(months.astype(DATE), borne_out.astype(DATE))
    return float(began.mean()), float(under_way.mean())


def _agreement(table: pd.DataFrame) -> Iterator[Row]:
    """Yield Krippendorff's alpha of each field, of the pair of codings that is informative."""
    for field, label in FIELDS.items():
        names = {"field": field, "coders": PAIRS[field], "category": "all"}
        row = table[(table[list(names)] == list(names.values())).all(axis=1)].iloc[0]
        yield {
            "claim": "C3",
            "evidence": f"alpha_{field}",
            "label": label,
            **_of(row["alpha"], row["alpha_low"], row["alpha_high"], RESAMPLED, ALPHA),
            **_from("coding_agreement", **names),
            "units": row["units"],
            "caveat": MACHINE,
        }
