"""The reproduction number, against epyestim."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from gotong import epidemic


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_reproduction_number_equals_epyestim():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = pytest.importorskip(
            "epyestim.estimate_r", reason="epyestim is in .venv-oracles: make oracles"
        )
    cases = np.random.default_rng(1).poisson(40 + 20 * np.sin(np.arange(90) / 9))
    w = epidemic.discretised_gamma(4.7, 2.9, 30)
    w /= w.sum()
    found = epidemic.reproduction_number(cases, w)
    # Its prior is shape and scale; its first window starts on the first day, ours on the second.
    days = pd.date_range("2020-03-01", periods=len(cases))
    theirs = peer.estimate_r(pd.Series(cases, days), w, 1, 5, window_size=7).iloc[1:]
    usable = np.isfinite(found.mean)
    assert usable.sum() == 83
    assert_allclose(found.shape[usable], theirs["a_posterior"].to_numpy()[usable], rtol=1e-12)
    assert_allclose(1 / found.rate[usable], theirs["b_posterior"].to_numpy()[usable], rtol=1e-12)
    upper = peer.gamma_quantiles(0.975, theirs["a_posterior"], theirs["b_posterior"]).to_numpy()
    assert_allclose(found.quantiles[2][usable], upper[usable], rtol=1e-12)
