"""What the tests of the tables of evidence ask of their words."""

from babel.messages.pofile import read_po

from gotong.i18n import CATALOGUES, Language, without_facts


def translated() -> set[str]:
    """Return every message that has an Indonesian translation."""
    found = set()
    for path in (CATALOGUES / "id").glob("*.po"):
        with path.open("rb") as file:
            found |= {str(entry.id) for entry in read_po(file) if entry.string}
    return found


def untranslated(table) -> set[str]:
    """Return the words of a table of evidence that an Indonesian page shows in English."""
    columns = ("label", "unit", "interval", "caveat")
    said = {without_facts(text)[0] for name in columns for text in table[name].dropna()}
    return said - translated() - {""}


def alike(table) -> list[str]:
    """Return the labels, as shown, that two numbers of a claim share."""
    found = []
    for code in ("id", "en"):
        shown = table["label"].map(Language(code))
        assert not shown.str.contains(r"[{}\\[]").any()
        found += list(shown[shown.to_frame().assign(claim=table["claim"]).duplicated()])
    return found
