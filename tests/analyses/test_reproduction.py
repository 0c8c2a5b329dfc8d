"""R_t by province: the numbers of the estimator, on the right days of the right region."""

import runpy
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gotong import contracts, delays
from gotong.analyses import reproduction
from gotong.analyses.reproduction import rt_table
from gotong.config import read_config
from gotong.contracts import read_any
from gotong.epidemic import discretised_gamma, reproduction_number
from gotong.errors import ConfigError, InputError
from gotong.panels import daily as panel
from gotong.provenance import seed_of
from gotong.tables import DATE, read_parquet, to_parquet, write_bytes
from gotong.uncertainty import block_bootstrap, dispersion_of

CHOICES = {
    "regions": ["31"],
    "window_days": 7,
    "serial_interval": {"mean": 5.2, "sd": 2.9},
    "prior": {"mean": 4.0, "sd": 2.0},
    "dispersion_days": 91,
    "block_days": 7,
    "draws": 1000,
    "incubation": {"log_mean": 1.621, "log_sd": 0.418},
    "onset_to_report": {"shape": 2, "scale": 3.2},
}
NUMBERS = ["mean", "sd", "q025", "median", "q975"]
WAVE = (3, 5, 4, 8, 9, 12, 10, 15, 19, 22, 20, 28, 31, 30, 41, 44, 52, 60, 58, 71)


def series(code, *cases, start="2020-03-01"):
    """Return the columns of a panel that matter here."""
    return pd.DataFrame(
        {
            "region_code": pd.Series([code] * len(cases), dtype="str"),
            "date": pd.date_range(start, periods=len(cases), unit="s"),
            "cases": pd.array(cases, dtype="Int64"),
        }
    )


def lag_probability(k, mean=5.2, sd=2.9):
    """Return the probability of a lag of k days: Cori et al. 2013, web appendix 11."""
    a, b = ((mean - 1) / sd) ** 2, sd**2 / (mean - 1)
    first, second = stats.gamma(a, scale=b).cdf, stats.gamma(a + 1, scale=b).cdf
    return (
        k * first(k)
        + (k - 2) * first(k - 2)
        - 2 * (k - 1) * first(k - 1)
        + a * b * (2 * second(k - 1) - second(k - 2) - second(k))
    )


def posterior(cases, end):
    """Return the gamma posterior of the seven days that end on a position, term by term."""
    window = range(end - 6, end + 1)
    infecting = sum(
        cases[day - lag] * lag_probability(lag) for day in window for lag in range(1, day + 1)
    )
    # A prior of mean 4 and standard deviation 2 has shape 4 and rate 1.
    return stats.gamma(4 + sum(cases[day] for day in window), scale=1 / (1 + infecting))


def test_the_table_holds_the_posterior_of_each_window_on_its_last_day():
    found = rt_table(series("31", *WAVE), CHOICES)
    assert found[NUMBERS].isna().all(axis=1).tolist() == [True] * 7 + [False] * 13
    for end in range(7, len(WAVE)):
        by_hand = posterior(WAVE, end)
        expected = [by_hand.mean(), by_hand.std(), *by_hand.ppf([0.025, 0.5, 0.975])]
        np.testing.assert_allclose(found.loc[end, NUMBERS].astype(float), expected, rtol=1e-9)
    assert found.loc[7, "date"] == pd.Timestamp("2020-03-08")


def test_the_table_agrees_with_the_estimator():
    interval = discretised_gamma(5.2, 2.9, len(WAVE))
    expected = reproduction_number(np.array(WAVE, dtype=float), interval, 7, 4.0, 2.0)
    found = rt_table(series("31", *WAVE), CHOICES).iloc[7:]
    np.testing.assert_array_equal(found["mean"], expected.mean)
    np.testing.assert_array_equal(found["sd"], expected.sd)
    np.testing.assert_array_equal(found[["q025", "median", "q975"]].T, expected.quantiles)


def test_the_table_meets_its_contract_and_is_sorted():
    both = pd.concat([series("31", *WAVE), series("36", *WAVE[:16])], ignore_index=True)
    found = rt_table(both, CHOICES | {"regions": ["36", "31"]})
    contracts.check(found, contracts.RT, "rt.parquet", "")
    assert found["region_code"].tolist() == ["31"] * 20 + ["36"] * 16
    assert found["date"].dtype == DATE


def test_regions_do_not_reach_into_each_other():
    alone = rt_table(series("36", *WAVE), CHOICES | {"regions": ["36"]})
    both = pd.concat([series("31", *[500] * 20), series("36", *WAVE)], ignore_index=True)
    found = rt_table(both, CHOICES | {"regions": ["31", "36"]})
    pd.testing.assert_frame_equal(found.iloc[20:].reset_index(drop=True), alone)


def test_only_the_chosen_regions_are_estimated():
    both = pd.concat([series("31", *WAVE), series("36", *WAVE)], ignore_index=True)
    assert set(rt_table(both, CHOICES)["region_code"]) == {"31"}


def test_days_before_the_first_report_are_left_out_and_shift_nothing():
    # Five days without a report, in a table whose rows are not numbered from zero.
    late = series("31", *[None] * 5, *WAVE, start="2020-02-25").set_index(pd.Index(range(90, 115)))
    found = rt_table(late, CHOICES)
    pd.testing.assert_frame_equal(found, rt_table(series("31", *WAVE), CHOICES))
    assert found.loc[0, "date"] == pd.Timestamp("2020-03-01")


def test_a_first_report_of_zero_cases_is_a_report():
    found = rt_table(series("31", 0, *WAVE), CHOICES)
    assert len(found) == 21
    assert found.loc[0, "date"] == pd.Timestamp("2020-03-01")


def test_a_missing_day_stays_missing_and_leaves_the_days_before_it():
    holed = [*WAVE[:14], None, *WAVE[15:]]
    found, whole = (rt_table(series("31", *cases), CHOICES) for cases in (holed, WAVE))
    np.testing.assert_allclose(found.loc[:13, NUMBERS], whole.loc[:13, NUMBERS], rtol=1e-12)
    # Its cases would have infected people on every later day of this short series.
    assert found.loc[14:, NUMBERS].isna().all(axis=None)
    assert found["date"].tolist() == whole["date"].tolist()


def test_a_wider_window_starts_later():
    found = rt_table(series("31", *WAVE), CHOICES | {"window_days": 10})
    assert found["mean"].first_valid_index() == 10


def test_rt_of_the_snapshot_falls_and_rises_with_the_wave_of_delta(project):
    config = read_config(project / "config.yaml")
    daily = read_any(str(project / "data/raw/cases/province_daily.csv"))
    span = config.panels.province
    keys = panel.grid(config.rt.regions, span.start, span.end)
    joined = panel.with_cases(keys, panel.province_cases(daily))
    found = rt_table(joined, config.rt.model_dump())
    contracts.check(found, contracts.RT, "rt.parquet", "")
    firsts = daily.groupby("region_code")["date"].min()
    for code, own in found.groupby("region_code"):
        first = max(firsts[code], pd.Timestamp(span.start))
        assert own["date"].tolist() == list(pd.date_range(first, span.end, unit="s"))
        # No report is missing after the first, so that no estimate is.
        assert own["mean"].iloc[28:].notna().all()
    dki = found[found["region_code"] == "31"].set_index("date")
    # Cases in Jakarta grew steeply in the last week of June 2021 and fell in August.
    assert dki.loc["2021-06-30", "q025"] > 1
    assert dki.loc["2021-08-10", "q975"] < 1
    ordered = found.dropna()
    assert (ordered["q025"] < ordered["median"]).all()
    assert (ordered["median"] < ordered["q975"]).all()
    assert set(found["region_code"]) == set(config.rt.regions)


def test_a_series_shorter_than_the_window_is_refused():
    with pytest.raises(ValueError, match="windows of 28 days need 29 days, not 20"):
        rt_table(series("31", *WAVE), CHOICES | {"window_days": 28})


def test_a_region_that_the_panel_does_not_hold_is_refused():
    with pytest.raises(ConfigError, match="3276"):
        rt_table(series("31", *WAVE), {**CHOICES, "regions": ["3276"]})


def test_a_missing_day_blanks_no_more_than_the_interval_reaches():
    gap = rt_table(series("31", *[50] * 30, None, *[50] * 90), CHOICES)
    known = gap["mean"].notna()
    assert not known[30]
    assert known.iloc[-1]


def spiky(days, level, seed):
    """Return counts that vary far more than Poisson's, without a trend."""
    rng = np.random.default_rng(seed)
    return rng.negative_binomial(2, 2 / (2 + level), days).tolist()


def other(panel, site=None, **changed):
    """Return the table of sensitivity of DKI."""
    own = series("31", *[20] * len(panel)) if site is None else site
    tables = {"panel_province": panel, "cases/dki_site_daily.csv": own}
    choices = CHOICES | {"serial_mean_error": 0.5} | changed
    return reproduction.sensitivity(tables, {"rt": choices})


def test_regions_made_apart_and_gathered_are_those_made_together(tmp_path, project):
    panels = {code: series(code, *spiky(120, 60, int(code))) for code in ("31", "32", "36")}
    tables = {
        "panel_province": pd.concat(panels.values(), ignore_index=True),
        "cases/dki_site_daily.csv": series("31", *[20] * 120),
    }
    choices = CHOICES | {"serial_mean_error": 0.5}

    def made(*regions):
        return reproduction.sensitivity(tables, {"rt": choices | {"regions": list(regions)}})

    paths = [tmp_path / "0.parquet", tmp_path / "1.parquet"]
    for path, regions in zip(paths, (("36", "31"), ("32",)), strict=True):
        write_bytes(path, to_parquet(made(*regions)))
    gather = runpy.run_path(str(project / "workflow/scripts/gather_blocks.py"))["main"]
    params = SimpleNamespace(analysis="rt_sensitivity", origins=["cases/province_daily.csv"])
    gather(paths, [str(tmp_path / "all.parquet")], params)
    gathered = read_parquet(tmp_path / "all.parquet")
    pd.testing.assert_frame_equal(gathered, made("31", "32", "36"))
    with pytest.raises(InputError, match="the blocks are at fault"):
        gather([paths[0], paths[0]], [str(tmp_path / "twice.parquet")], params)
    assert not (tmp_path / "twice.parquet").exists()


def test_the_wide_band_has_the_mean_of_the_narrow_one_and_more_spread():
    panel = series("31", *spiky(150, 60, 1))
    found = other(panel)
    contracts.check(found, contracts.PROCESSED["rt_sensitivity"], "rt_sensitivity", "")
    wide = found[found["variant"] == "overdispersed"].set_index("date")
    narrow = rt_table(panel, CHOICES).set_index("date").loc[wide.index]
    known = narrow["mean"].notna()
    assert (wide["dispersion"] > 5).all()
    assert (wide["q975"] - wide["q025"])[known].gt((narrow["q975"] - narrow["q025"])[known]).all()
    # A gamma of shape a over d and rate b over d, by scipy.
    day = wide.index[100]
    shape = (narrow.loc[day, "mean"] / narrow.loc[day, "sd"]) ** 2 / wide.loc[day, "dispersion"]
    rate = shape / narrow.loc[day, "mean"]
    expected = stats.gamma(shape, scale=1 / rate).ppf([0.025, 0.975])
    np.testing.assert_allclose(wide.loc[day, ["q025", "q975"]].astype(float), expected)


def test_the_dispersion_is_that_of_the_quarter():
    quiet, loud = [60] * 184, spiky(184, 600, 2)
    panel = series("31", *quiet, *loud, start="2020-07-01")
    wide = other(panel).query("variant == 'overdispersed'").set_index("date")["dispersion"]
    by_quarter = wide.groupby(wide.index.to_period("Q"))
    assert (by_quarter.nunique() == 1).all()
    assert wide["2020-08-15"] < 2 < 20 < wide["2021-05-15"]


@pytest.mark.parametrize(
    ("reach", "first", "last"),
    [(91, "2020-05-17", "2020-11-14"), (60, "2020-06-17", "2020-10-14")],
)
def test_the_dispersion_is_taken_from_the_chosen_days_on_either_side_of_the_middle(
    reach, first, last
):
    cases = spiky(420, 200, 5)
    panel = series("31", *cases, start="2020-02-01")
    found = other(panel, dispersion_days=reach).query("variant == 'overdispersed'")
    wide = found.set_index("date")["dispersion"]
    # The third quarter has its middle at the end of 15 August; 91 days after lies 14 November, 91
    # before 17 May. The serial interval reaches back ten standard deviations past its mean.
    counts = pd.Series(cases, index=panel["date"]).astype("float64")
    near = counts[pd.Timestamp(first) - pd.Timedelta(days=35) : pd.Timestamp(last)].to_numpy()
    expected = float(dispersion_of(near, discretised_gamma(5.2, 2.9, 35)))
    assert wide["2020-08-15"] == pytest.approx(expected, rel=1e-12)


def test_an_uncertain_serial_interval_widens_the_band_where_cases_change():
    cases = np.round(20 * 1.08 ** np.arange(60)).astype(int).tolist()
    panel = series("31", *cases)
    serial = other(panel).query("variant == 'serial_interval'").set_index("date")
    narrow = rt_table(panel, CHOICES).set_index("date").loc[serial.index]
    day = serial.index[-1]
    assert serial.loc[day, "q975"] > narrow.loc[day, "q975"]
    assert serial.loc[day, "q025"] < narrow.loc[day, "q025"]
    assert serial["dispersion"].isna().all()


def test_the_second_series_is_estimated_from_its_own_counts():
    panel = series("31", *[50] * 100)
    site = series("31", *np.round(20 * 1.03 ** np.arange(100)).astype(int).tolist())
    own = other(panel, site).query("variant == 'own_site'").set_index("date")["median"]
    assert own.iloc[-1] > 1.1
    assert other(panel, site).query("variant == 'overdispersed'")["median"].iloc[-1] < 1.05


def test_no_second_series_where_dki_is_not_chosen():
    panel = series("36", *[50] * 100)
    tables = {"panel_province": panel, "cases/dki_site_daily.csv": series("31", *[20] * 100)}
    found = reproduction.sensitivity(tables, {"rt": CHOICES | {"regions": ["36"]}})
    assert set(found["variant"]) == {
        "block_bootstrap",
        "infections",
        "overdispersed",
        "serial_interval",
    }


@pytest.mark.parametrize(("draws", "block"), [(1000, 7), (199, 3)])
def test_the_resampled_band_is_that_of_the_method_from_the_seed_of_the_table(draws, block):
    cases = spiky(150, 60, 1)
    found = other(series("31", *cases), draws=draws, block_days=block)
    found = found.query("variant == 'block_bootstrap'")
    assert found["dispersion"].isna().all()
    expected = block_bootstrap(
        np.array(cases, dtype=float),
        discretised_gamma(5.2, 2.9, 35),  # ten standard deviations past the mean
        np.random.default_rng(seed_of("rt_sensitivity")),
        draws,
        block=block,
        prior_mean=4.0,
        prior_sd=2.0,
    )
    np.testing.assert_array_equal(found[["q025", "median", "q975"]].T, expected.quantiles)
    narrow = rt_table(series("31", *cases), CHOICES).iloc[-100:]
    width = (found["q975"] - found["q025"]).iloc[-100:].mean()
    assert width > 2 * (narrow["q975"] - narrow["q025"]).mean()


def test_the_resampled_band_of_a_region_does_not_hang_on_the_others_chosen():
    both = pd.concat([series("31", *spiky(90, 40, 3)), series("36", *spiky(120, 80, 4))])
    tables = {"panel_province": both, "cases/dki_site_daily.csv": series("31", *[20] * 90)}
    alone, among = (
        reproduction.sensitivity(tables, {"rt": CHOICES | {"regions": regions}})
        .query("region_code == '36'")
        .reset_index(drop=True)
        for regions in (["36"], ["31", "36"])
    )
    pd.testing.assert_frame_equal(alone, among)


DELAY = delays.in_sequence(
    delays.lognormal_delay(1.621, 0.418, 25), delays.gamma_delay(6.4, 3.2 * 2**0.5, 40)
)


def test_infections_turn_a_mean_delay_before_their_reports():
    # Growth of 6 % a day up to day 70, from then on the same decline.
    infected = 200 * np.exp(0.06 * (40 - np.abs(np.arange(140) - 70)))
    reports = np.round(np.convolve(infected, DELAY)[:140]).astype(int).tolist()
    found = other(series("31", *reports)).set_index(["variant", "date"])["median"]
    truth = rt_table(series("31", *np.round(infected).astype(int).tolist()), CHOICES)

    def turn(median):
        late = median.loc["2020-04-15":]
        return late.index[late < 1][0]

    known = turn(truth.set_index("date")["median"])
    assert abs((turn(found["infections"]) - known).days) <= 1
    # 5.5 days of incubation and 6.4 to the report.
    assert 10 <= (turn(found["overdispersed"]) - turn(found["infections"])).days <= 14


def test_a_longer_delay_puts_infections_earlier():
    reports = series("31", *np.round(300 * np.exp(0.03 * np.arange(120))).astype(int).tolist())
    usual = reproduction.infections(reports, CHOICES).set_index("date")["cases"]
    longer = CHOICES | {"onset_to_report": {"shape": 4, "scale": 3.2}}
    late = reproduction.infections(reports, longer).set_index("date")["cases"]
    day = pd.Timestamp("2020-05-01")
    # In growth of 3 % a day the same reports come from 6.4 days more of it, but for the spread of
    # the delay: a gamma of shape k adds k log(1 + 0.03 * 3.2) to the log of infections.
    assert np.log(late[day] / usual[day]) == pytest.approx(2 * np.log(1 + 0.03 * 3.2), rel=0.1)


def test_as_many_were_infected_as_were_reported_where_nothing_changes():
    found = reproduction.infections(series("36", *[300] * 120), CHOICES)
    np.testing.assert_allclose(found["cases"], 300, rtol=1e-3)
    assert set(found["region_code"]) == {"36"}


def test_infections_end_where_too_few_of_them_are_reported_yet():
    found = reproduction.infections(series("31", *[300] * 120), CHOICES)
    within = np.cumsum(DELAY)
    # The last centred mean of seven days is that of day 116, the first that of day 3.
    days = np.arange(-70, 117)
    chance = [sum(DELAY[lag] for lag in range(len(DELAY)) if 3 <= day + lag <= 116) for day in days]
    known = days[np.array(chance) >= 0.9]
    start = pd.Timestamp("2020-03-01")
    assert found["date"].tolist() == [start + pd.Timedelta(days=int(day)) for day in known]
    assert known[-1] == 116 - int(np.argmax(within >= 0.9))


def test_bulk_entries_do_not_become_waves_of_infections():
    cases = [300] * 120
    cases[60] = 3000
    found = reproduction.infections(series("31", *cases), CHOICES)["cases"]
    # Ten days' reports on one day are, spread over their delay, less than twice the usual.
    assert 300 < found.max() < 600


def test_no_region_without_a_case_has_infections():
    assert (reproduction.infections(series("31", *[0] * 60), CHOICES)["cases"] == 0).all()


def test_the_two_series_of_dki_disagree_on_4_june_2020(results):
    day = pd.Timestamp("2020-06-04")
    province = results["rt"].set_index(["region_code", "date"]).loc[("31", day)]
    found = results["rt_sensitivity"].set_index(["variant", "region_code", "date"])
    own, wide = found.loc[("own_site", "31", day)], found.loc[("overdispersed", "31", day)]
    assert own["median"] < 1 < province["median"]
    # Once counts may vary as they do, neither series tells the side.
    assert own["q025"] < 1 < own["q975"]
    assert wide["q025"] < 1 < wide["q975"]
