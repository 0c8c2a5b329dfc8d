"""Compare the results with the committed reference: bytes on a like machine, content elsewhere.

python workflow/scripts/compare_manifest.py            compare
python workflow/scripts/compare_manifest.py --renew    make the results the reference
"""

import argparse
import json
import sys
from pathlib import Path

from gotong.report.manifest import differences

MADE = Path("results/MANIFEST.json")
REFERENCE = Path("results/MANIFEST.reference.json")


def main():
    made, wanted = (json.loads(path.read_text(encoding="utf-8")) for path in (MADE, REFERENCE))
    field = "sha256" if made["made_on"] == wanted["made_on"] else "content"
    differing = differences(made["results"], wanted["results"], field)
    for line in differing:
        print(line)
    how = "byte for byte" if field == "sha256" else "in content (another kind of machine)"
    count = len(made["results"])
    print(
        f"{len(differing)} differ" if differing else f"all {count} results as the reference, {how}"
    )
    return 1 if differing else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--renew", action="store_true", help="make the results the reference")
    if parser.parse_args().renew:
        REFERENCE.write_bytes(MADE.read_bytes())
    sys.exit(main())
