"""The choices of ``config.yaml``: typed, checked, refused with an explanation when wrong.

The models here are the only definition. The JSON schema in ``workflow/schemas`` is written
from them (`json_schema`), and a test fails when the two differ.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from gotong.errors import ConfigError


def _quoted_date(value: Any) -> Any:
    """Refuse a date that YAML has already turned into something else."""
    if isinstance(value, dt.date):
        raise ValueError("a date must stand in quotes")
    if isinstance(value, str):
        dt.date.fromisoformat(value)
    return value


def _quoted_code(value: Any) -> Any:
    """Refuse a region code that YAML has read as a number."""
    if isinstance(value, int | float):
        raise ValueError("a region code must stand in quotes")
    return value


Day = Annotated[
    str,
    BeforeValidator(_quoted_date),
    Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=['"2020-04-10"'], description="a day, quoted"),
]
Code = Annotated[
    str,
    BeforeValidator(_quoted_code),
    Field(pattern=r"^(\d{2}|\d{4})$", examples=['"3276"'], description="a BPS code, quoted"),
]
Strictness = Annotated[float, Field(ge=0, le=10, examples=["2"])]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Span(_Strict):
    """First and last day, both included."""

    start: Day
    """first day"""
    end: Day
    """last day"""

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if self.start > self.end:
            raise ValueError(f"the first day {self.start} lies after the last day {self.end}")
        return self


class Inputs(_Strict):
    """Where the raw tables come from."""

    mode: Literal["snapshot", "mirror", "download"]
    """snapshot (offline, the default), mirror (a local folder) or download"""
    mirror: Annotated[str, Field(examples=["../shared/upstream"])] = ""
    """folder with the publishers' files, for mode mirror"""
    server: Annotated[
        str,
        Field(
            pattern=r"^(https://[\w.-]+|http://(localhost|127\.0\.0\.1))(:\d+)?$",
            examples=["https://raw.githubusercontent.com"],
        ),
    ] = "https://raw.githubusercontent.com"
    """where the pinned addresses begin, for mode download; https, or this machine"""

    @model_validator(mode="after")
    def _mirror_named(self) -> Inputs:
        if self.mode == "mirror" and not self.mirror:
            raise ValueError("mode mirror needs the folder in inputs.mirror")
        return self


class Decider(_Strict):
    """Regions that follow one decision."""

    name: str
    """name of the group"""
    members: tuple[Code, ...]
    """regions with a regime of their own in the timeline, in the order of the figures"""


class Area(_Strict):
    """The regions that are looked at."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", examples=["jabodetabek"])]
    """name of the area in file names"""
    units: Annotated[tuple[Code, ...], Field(min_length=1)]
    """kabupaten and kota of the area"""
    core: Code
    """the region whose changes the others may follow"""
    deciders: Annotated[tuple[Decider, ...], Field(min_length=1)]
    """who sets the rules"""
    proxies: tuple[Code, ...] = ()
    """provinces shown in the place of units without a case series"""

    @property
    def policy_regions(self) -> tuple[str, ...]:
        """All regions with a regime of their own, in the order of the figures."""
        return tuple(code for decider in self.deciders for code in decider.members)


class Panels(_Strict):
    """First and last day of each joined panel."""

    province: Span
    jabodetabek: Span
    westjava: Span
    java: Span
    """by week, whole weeks from Monday to Sunday"""


class StrictnessScale(_Strict):
    """How strict each regime is."""

    regimes: Annotated[dict[str, Strictness | None], Field(examples=['{"PSBB transisi": 2}'])]
    """strictness by regime; null takes it from the PPKM level"""
    levels: dict[Literal["1", "2", "3", "4"], Strictness]
    """strictness by PPKM level"""
    alternatives: dict[str, dict[str, Strictness | None]] = Field(default_factory=dict)
    """other values for some regimes, run beside the main scale"""

    @property
    def span(self) -> float:
        """Distance between the least and the most strict regime of the main scale."""
        values = [value for value in self.regimes.values() if value is not None]
        return max([*values, *self.levels.values()]) - min([*values, *self.levels.values()])

    @model_validator(mode="after")
    def _known_regimes(self) -> StrictnessScale:
        for name, changed in self.alternatives.items():
            unknown = sorted(set(changed) - set(self.regimes))
            if unknown:
                raise ValueError(f"alternative {name!r} names unknown regimes: {unknown}")
        return self


class Measures(_Strict):
    """How measures of cooperation are counted."""

    open_end_days: Annotated[int, Field(ge=14, le=365, strict=True, examples=["30"])]
    """days that a measure without a known end counts as active; 14 or more"""


class MeanSd(_Strict):
    """Mean and standard deviation of a gamma distribution."""

    mean: Annotated[float, Field(gt=0, examples=["5.2"])]
    """mean"""
    sd: Annotated[float, Field(gt=0, examples=["2.9"])]
    """standard deviation"""


class SerialInterval(MeanSd):
    """Days between the onset of symptoms in an infector and in the infected."""

    mean: Annotated[float, Field(gt=1, examples=["5.2"])]
    """mean in days; above 1, for the distribution starts a day late"""


class Rt(_Strict):
    """Estimation of the reproduction number."""

    regions: tuple[Code, ...]
    """provinces to estimate for"""
    window_days: Annotated[int, Field(ge=1, le=28, strict=True, examples=["7"])]
    """days over which R_t is taken as constant"""
    serial_interval: SerialInterval
    prior: MeanSd


class Figures(_Strict):
    """What the figures show."""

    curves: Span
    rt: Span
    dpi: Annotated[int, Field(ge=72, le=600, strict=True, examples=["300"])]
    """dots per inch of the PNG files"""


class Config(_Strict):
    """All choices of the analysis."""

    inputs: Inputs
    area: Area
    panels: Panels
    strictness: StrictnessScale
    measures: Measures
    rt: Rt
    figures: Figures


class _UniqueKeys(yaml.SafeLoader):
    """Safe YAML that refuses a key twice, which YAML itself lets pass in silence."""


def _mapping(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} stands twice", key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse_yaml(text: str, file: str) -> dict[str, Any]:
    """Return a YAML mapping.

    Raises
    ------
    ConfigError
        Not YAML, a key twice, or not a mapping; line and column are named.
    """
    try:
        loaded = yaml.load(text, Loader=_UniqueKeys)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(file, place, "YAML with every key once", str(error.problem)) from None
    if not isinstance(loaded, dict):
        raise ConfigError(file, "", "keys and values", type(loaded).__name__, "inputs: ...")
    return loaded


def validate(choices: Mapping[str, Any], file: str = "config.yaml") -> Config:
    """Return the choices as typed models.

    Parameters
    ----------
    choices : mapping
        As read from YAML.
    file : str
        For the message.

    Raises
    ------
    ConfigError
        An unknown key, an unquoted date or code, a wrong type or a value out of range, with
        the key's path, what was expected and an example.
    """
    try:
        return Config.model_validate(choices)
    except ValidationError as error:
        first = error.errors()[0]
        path = tuple(part for part in first["loc"] if part != "[key]")
        key = ".".join(str(part) for part in path)
        raise ConfigError(file, key, _expected(first), _found(first), _example(path)) from None


def _expected(problem: Mapping[str, Any]) -> str:
    """Say what a failed validation wanted."""
    if problem["type"] == "extra_forbidden":
        return "no such key"
    if problem["type"] == "missing":
        return "this key"
    return str(problem["msg"]).removeprefix("Value error, ")


def _found(problem: Mapping[str, Any]) -> str:
    """Say what stood there, in one short line."""
    if problem["type"] == "missing":
        return "nothing"
    shown = repr(problem["input"])
    return shown if len(shown) <= 80 else shown[:77] + "..."


def _example(path: tuple[Any, ...]) -> str:
    """Return a line of configuration that would be right, from the schema's examples."""
    schema = Config.model_json_schema()
    node: Mapping[str, Any] = schema
    for part in path:
        node = _resolved(node, schema)
        if "properties" in node and part in node["properties"]:
            node = node["properties"][part]
        elif isinstance(part, int) and "items" in node:
            node = node["items"]
        elif isinstance(node.get("additionalProperties"), dict):
            node = node["additionalProperties"]
        else:
            known = ", ".join(node.get("properties", {}))
            return f"one of: {known}" if known else ""
    node = _resolved(node, schema)
    examples = node.get("examples") or node.get("enum")
    return f"{path[-1]}: {examples[0]}" if examples and path else ""


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a schema reference."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    return node


def read_config(path: str | Path) -> Config:
    """Read and check a configuration file.

    Raises
    ------
    ConfigError
        See `parse_yaml` and `validate`.
    """
    text = Path(path).read_text(encoding="utf-8")
    return validate(parse_yaml(text, str(path)), str(path))


def json_schema() -> str:
    """Return the JSON schema of ``config.yaml``, as ``workflow/schemas`` holds it."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema |= Config.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
