"""Write the documents that are made from the code: the data dictionary, the list of exhibits."""

from pathlib import Path

from gotong.report.dictionary import dictionary
from gotong.report.listing import listing
from gotong.sources.registry import read_registry
from gotong.tables import write_bytes

DOCS = Path("docs")


def documents():
    registry = read_registry(Path("data/raw/sources.yaml").read_bytes())
    return {"data-dictionary.md": dictionary(registry), "exhibits.md": listing()}


if __name__ == "__main__":
    for name, text in documents().items():
        write_bytes(DOCS / name, text.encode())
        print(DOCS / name)
