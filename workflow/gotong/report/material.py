"""What the report is written from: results, made tables, registers and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gotong.config import Area
from gotong.corrections import Correction
from gotong.decisions import Claim, Decision
from gotong.sources.registry import Source

UP = "../../"
"""From the folder of the report on Greater Jakarta to that of the project."""


@dataclass(frozen=True)
class Material:
    """Everything that the pages of the report show.

    Parameters
    ----------
    results : pathlib.Path
        Folder with ``figures`` and ``tables``.
    tables : mapping of str to pandas.DataFrame
        ``claims``, ``votes``, ``panel_java``, the panel of the area and
        ``geography/regions.csv``; another area than Greater Jakarta has no claims.
    registry : dict of str to Source
        The register of sources.
    corrections : mapping of str to Correction
        The register of corrections.
    claims : mapping of str to Claim
        The claims with their rules, in their order.
    decision : Decision
        The rules that all effects are judged by.
    area : Area
        Whose units can be picked.
    notebooks : tuple of str
        Names of the walk-throughs that lie beside the report.
    up : str
        From the folder of the report to that of the project.
    """

    results: Path
    tables: Mapping[str, pd.DataFrame]
    registry: dict[str, Source]
    corrections: Mapping[str, Correction]
    claims: Mapping[str, Claim]
    decision: Decision
    area: Area
    notebooks: tuple[str, ...] = ()
    up: str = UP
