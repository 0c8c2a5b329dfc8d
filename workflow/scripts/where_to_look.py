"""Name the files to open after a run, of Jabodetabek or of another area."""

import sys
from pathlib import Path

from gotong import areas
from gotong.exhibits.catalogue import EXHIBITS


def main(name="jabodetabek"):
    area = areas.read_area(name).area
    results, processed = (
        Path(base) if area.is_home else Path(base, name) for base in ("results", "data/processed")
    )
    print("\nDone. Open in a browser:")
    print(f"  {results / 'report' / 'index.html'}      (Bahasa Indonesia)")
    print(f"  {results / 'report' / 'index.en.html'}   (English)")
    shown = areas.exhibits(area)
    if "T08" in shown:
        print(f"Verdicts on the claims, and the evidence behind them: {results / 'claims'}/")
    print("Figures, tables, their data and provenance:")
    for exhibit in shown:
        folder = "figures" if exhibit.startswith("F") else "tables"
        print(f"  {results / folder / exhibit}.*  {EXHIBITS[exhibit].shows}")
    panels, hashes = processed / "panel_*.parquet", results / "MANIFEST.json"
    print(f"Joined panels: {panels}; all hashes: {hashes}")
    if lacking := areas.left_out(area):
        print(f"Left out, for reasons that the report names: {', '.join(lacking)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
