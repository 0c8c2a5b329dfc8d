"""Write the documents that are made from the code: dictionary, exhibits, codecheck, codemeta."""

import tomllib
from pathlib import Path

import yaml

from gotong.report.dictionary import dictionary
from gotong.report.listing import listing
from gotong.report.publication import codecheck, codemeta
from gotong.sources.registry import read_registry
from gotong.tables import write_bytes


def documents():
    registry = read_registry(Path("data/raw/sources.yaml").read_bytes())
    citation = yaml.safe_load(Path("CITATION.cff").read_bytes())
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    requirements = Path("requirements.in").read_text("utf-8")
    return {
        "docs/data-dictionary.md": dictionary(registry),
        "docs/exhibits.md": listing(),
        "codecheck.yml": codecheck(citation),
        "codemeta.json": codemeta(citation, project["requires-python"], requirements),
    }


if __name__ == "__main__":
    for name, text in documents().items():
        write_bytes(name, text.encode())
        print(name)
