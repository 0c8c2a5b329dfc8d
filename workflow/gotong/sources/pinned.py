"""Figures that nothing else in their file could check, held to those of the pinned version."""

from __future__ import annotations

import hashlib

import pandas as pd

from gotong.errors import InputError
from gotong.sources.reading import REMEDY
from gotong.tables import to_csv


def fingerprint(frame: pd.DataFrame) -> str:
    """Return the sha256 of a table as CSV."""
    return hashlib.sha256(to_csv(frame)).hexdigest()


def expect_pinned(frame: pd.DataFrame, pinned: str, dataset: str, file: str) -> None:
    """Stop unless a table holds exactly the figures that it held when its source was registered.

    The sha256 of a file, in ``data/raw/sources.yaml``, holds the bytes of that one file. This
    one holds the figures, so that they may come in another order, with other line ends or from
    a larger file, and a figure that was changed to another plausible one is still found.

    Parameters
    ----------
    frame : pandas.DataFrame
        What was read, sorted by its key.
    pinned : str
        `fingerprint` of the registered figures.
    dataset, file : str
        For the message.

    Raises
    ------
    InputError
        Any figure is another, is missing or is there twice.
    """
    found = fingerprint(frame)
    if found != pinned:
        expected = f"the {len(frame.columns)} columns of the registered version (sha256 {pinned})"
        raise InputError(
            dataset,
            file,
            "figures as a whole, each plausible by itself",
            expected,
            f"{len(frame)} rows of sha256 {found}",
            REMEDY,
        )
