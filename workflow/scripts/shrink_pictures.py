"""Make the small pictures that the README shows from the figures of the last run."""

import io
from pathlib import Path

from PIL import Image

from gotong.tables import write_bytes

SHOWN = ("F03", "F15")
WIDTH = 1000

SKETCHED = 320
"""Columns of a sketch: enough to tell one picture from another, few enough to commit them all."""


def shrunk(path):
    """Return a figure as a small PNG of few colours, the same bytes every time."""
    return _small(path, "RGB", WIDTH, 128)


def sketch(path):
    """Return a figure as a tiny grey PNG, by which a test sees whether another looks like it."""
    return _small(path, "L", SKETCHED, 16)


def _small(path, mode, width, colours):
    with Image.open(path) as picture:
        height = round(picture.height * width / picture.width)
        small = picture.convert(mode).resize((width, height), Image.Resampling.LANCZOS)
    sink = io.BytesIO()
    small.quantize(colours, dither=Image.Dither.NONE).save(sink, "PNG", optimize=True)
    return sink.getvalue()


def main(results=Path("results/figures"), images=Path("docs/images")):
    for name in SHOWN:
        write_bytes(images / f"{name}.png", shrunk(results / f"{name}.en.png"))


if __name__ == "__main__":
    main()
