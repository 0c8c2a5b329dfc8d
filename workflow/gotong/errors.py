"""Errors that are meant for the person who runs the analysis.

Each names what is wrong, where, what was expected and what to do. They are shown as they
are, without a traceback; anything else that is raised is a defect of this project.
"""

from __future__ import annotations


class GotongError(Exception):
    """Base of all errors that are shown to the user as a plain message."""


def _layout(title: str, lines: dict[str, str]) -> str:
    """Return a title and aligned ``name: text`` lines, leaving out those without text."""
    width = max(len(name) for name in lines) + 1
    body = [f"  {name + ':':<{width}} {_visible(text)}" for name, text in lines.items() if text]
    return "\n".join([title, *body])


def _visible(text: str) -> str:
    """Return text on which no terminal acts: what cannot be printed stands as its code."""
    return "".join(
        sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text
    )


class InputError(GotongError):
    """A table or file is not what its contract says.

    Parameters
    ----------
    dataset : str
        Identifier of the dataset, as in ``data/raw/sources.yaml`` or the contracts.
    file : str
        The file that holds the fault.
    place : str
        Row, column, key or byte range; empty when the fault concerns the whole file.
    expected : str
        What a good file holds there.
    found : str
        What stands there instead.
    remedy : str
        What the user can do about it.
    """

    def __init__(
        self, dataset: str, file: str, place: str, expected: str, found: str, remedy: str
    ) -> None:
        self.dataset, self.file, self.place = dataset, file, place
        self.expected, self.found, self.remedy = expected, found, remedy
        super().__init__(
            _layout(
                f"Input error in dataset '{dataset}'",
                {
                    "file": file,
                    "where": place,
                    "expected": expected,
                    "found": found,
                    "remedy": remedy,
                },
            )
        )


class ConfigError(GotongError):
    """A choice in the configuration is not allowed.

    Parameters
    ----------
    file : str
        The configuration file.
    key : str
        Dotted path of the key, for example ``rt.serial_interval.mean``.
    expected, found, example : str
        What may stand there, what does, and a line that would be right.
    """

    def __init__(self, file: str, key: str, expected: str, found: str, example: str = "") -> None:
        self.file, self.key = file, key
        self.expected, self.found, self.example = expected, found, example
        super().__init__(
            _layout(
                "Configuration error",
                {
                    "file": file,
                    "key": key,
                    "expected": expected,
                    "found": found,
                    "example": example,
                },
            )
        )
