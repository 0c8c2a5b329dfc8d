"""Say what data/raw holds of an area, what it shows and what it lacks: make area AREA=..."""

import sys
from pathlib import Path

from gotong import area_check, areas, contracts
from gotong.errors import GotongError
from gotong.i18n import Language
from gotong.report.area import lacks


def main(name):
    config = areas.read_area(name)
    tables = {table: contracts.read_any(str(Path("data/raw", table))) for table in area_check.READ}
    found = area_check.findings(config, tables)
    language = Language("en", config.area.name.model_dump())
    print(f"{config.area.name.en} ({name}), {len(config.area.units)} units")
    for finding in found:
        print(f"  {finding.line}")
    print(f"Shown: {', '.join(sorted(areas.exhibits(config.area)))}")
    for lack in lacks(config.area):
        print(f"Left out: {', '.join(lack.exhibits)}. {language(lack.reason)}")
    return 1 if any(finding.fault for finding in found) else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except GotongError as error:
        sys.exit(str(error))
