"""Pack the project and the results of the last run as one research object (RO-Crate)."""

import sys
from pathlib import Path

from gotong.errors import GotongError
from gotong.report import archive
from gotong.tables import write_bytes

ARCHIVE = Path("results/archive/gotong-royong.zip")


def main():
    try:
        content = archive.pack(Path())
    except GotongError as error:
        sys.exit(str(error))
    write_bytes(ARCHIVE, content)
    print(f"{ARCHIVE} ({len(content) / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
