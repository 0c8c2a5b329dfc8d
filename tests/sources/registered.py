"""A source with one registered file, for the tests that bring it."""

from gotong.provenance import sha256_bytes
from gotong.sources.registry import Coverage, Source, SourceFile


def source(path: str, content: bytes, origin: str = "mirror") -> Source:
    """Return a source of one file that is registered with these bytes."""
    return Source(
        id="a_source",
        tables=("cases/x.csv",),
        origin=origin,
        publisher="p",
        short="p",
        measures="m",
        unit="u",
        coverage=Coverage(regions="r"),
        licence="l",
        citation="c",
        repository="owner/name",
        commit="0" * 40,
        files=(SourceFile(path=path, sha256=sha256_bytes(content), bytes=len(content)),),
    )
