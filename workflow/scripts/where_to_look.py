"""Name the files to open after a run."""

from pathlib import Path

from gotong.exhibits.catalogue import EXHIBITS

RESULTS = Path("results")


def main():
    print("\nDone. Open in a browser:")
    print(f"  {RESULTS / 'report' / 'index.html'}      (Bahasa Indonesia)")
    print(f"  {RESULTS / 'report' / 'index.en.html'}   (English)")
    print("Verdicts on the claims, and the evidence behind them: results/claims/")
    print("Figures, tables, their data and provenance:")
    for name, entry in EXHIBITS.items():
        folder = "figures" if name.startswith("F") else "tables"
        print(f"  {RESULTS / folder / name}.*  {entry.shows}")
    print("Joined panels: data/processed/panel_*.parquet; all hashes: results/MANIFEST.json")


if __name__ == "__main__":
    main()
