"""Make the small pictures that the README shows from the figures of the last run."""

import io
from pathlib import Path

from PIL import Image

from gotong.tables import write_bytes

SHOWN = ("F03", "F15")
WIDTH = 1000


def shrunk(path):
    """Return a figure as a small PNG of few colours, the same bytes every time."""
    with Image.open(path) as picture:
        height = round(picture.height * WIDTH / picture.width)
        small = picture.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
    sink = io.BytesIO()
    small.quantize(128, dither=Image.Dither.NONE).save(sink, "PNG", optimize=True)
    return sink.getvalue()


def main(results=Path("results/figures"), images=Path("docs/images")):
    for name in SHOWN:
        write_bytes(images / f"{name}.png", shrunk(results / f"{name}.en.png"))


if __name__ == "__main__":
    main()
