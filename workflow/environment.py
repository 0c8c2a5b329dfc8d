"""Build `.venv` from the lock files; standard library only, for it runs before anything else.

    python3 workflow/environment.py            what the analysis needs
    python3 workflow/environment.py --archive  and what packs the archive
    python3 workflow/environment.py --dev      that, and what the checks need
    python3 workflow/environment.py --oracles  all that, and the packages that the methods are
                                               compared with, in an environment of their own:
                                               .venv-oracles
    python3 workflow/environment.py --slurm    what the analysis needs, and what hands it to Slurm

Every file that is installed is checked against a sha256 of a lock file. uv is used where
the package index has it for this machine, pip where not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ENVIRONMENT = PROJECT / ".venv"
ORACLES = PROJECT / ".venv-oracles"
LOCKS = PROJECT / "workflow" / "envs"
SUPPORTED = ((3, 11), (3, 13))


def say(text: str) -> None:
    """Print one line of progress at once."""
    print(f"[environment] {text}", flush=True)


def run(command: list[str]) -> bool:
    """Run a command and return whether it succeeded."""
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_WARN_SCRIPT_LOCATION": "1"}
    return subprocess.run(command, env=quiet, check=False).returncode == 0


class Environment:
    """A virtual environment at a path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.python = str(path / "bin" / "python")

    def create(self) -> None:
        """Create the environment unless it is there."""
        if not Path(self.python).exists():
            say(f"creating {self.path.name}")
            venv.create(self.path, with_pip=True)

    def pip_install(self, *arguments: str) -> bool:
        """Install with the pip that every Python carries."""
        return run([self.python, "-m", "pip", "install", "--quiet", *arguments])

    def uv_install(self, *arguments: str) -> bool:
        """Install with uv, which does in seconds what takes pip a minute."""
        uv = str(self.path / "bin" / "uv")
        return run([uv, "pip", "install", "--quiet", "--python", self.python, *arguments])


def must(done: bool, what: str) -> None:
    """Stop with one clear message if a step failed."""
    if not done:
        sys.exit(
            f"[environment] could not install {what}.\n"
            "  The lines above say why. Usual reasons: the package index is not reachable,\n"
            "  or a file differs from the checksum of the lock. Mend it and run make again."
        )


def check_interpreter() -> None:
    """Stop if this Python is not one that the lock was made for."""
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        wanted = " to ".join(".".join(map(str, version)) for version in SUPPORTED)
        sys.exit(
            f"[environment] Python {wanted} is needed, this is {sys.version.split()[0]}.\n"
            "  Name another one: make PYTHON=python3.11"
        )


def fill(environment: Environment, locks: dict[Path, str]) -> None:
    """Install the lock files, each with a word for what it holds, and the library itself."""
    locked = ("--require-hashes", "--no-build-isolation", "-r")
    uv_lock = ("--require-hashes", "--only-binary", ":all:", "-r", str(LOCKS / "uv.txt"))
    has_uv = environment.pip_install(*uv_lock)
    install = environment.uv_install if has_uv else environment.pip_install
    say(f"installing with {'uv' if has_uv else 'pip; uv is not to be had'}")
    for lock, what in locks.items():
        must(install(*locked, str(lock)), what)
    # A job starts three times as quick from compiled modules; pip compiles without being asked.
    compiled = ("--compile-bytecode",) if has_uv else ()
    must(
        install(*compiled, "--no-deps", "--no-build-isolation", "--editable", str(PROJECT)),
        "the library gotong",
    )


def main() -> None:
    """Build or complete the environment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--archive", action="store_true", help="also what packs the archive")
    parser.add_argument("--dev", action="store_true", help="also what the checks need")
    parser.add_argument(
        "--oracles", action="store_true", help="also what the methods are compared with"
    )
    parser.add_argument("--slurm", action="store_true", help="also what hands the jobs to Slurm")
    choices = parser.parse_args()
    check_interpreter()
    environment = Environment(ORACLES if choices.oracles else ENVIRONMENT)
    environment.create()
    locks = {
        LOCKS / "build.txt": "the build tools",
        PROJECT / "requirements.txt": "the locked requirements",
    }
    if choices.archive or choices.dev or choices.oracles:
        locks[LOCKS / "archive.txt"] = "what packs the archive"
    if choices.dev or choices.oracles:
        locks[LOCKS / "dev.txt"] = "the tools of the checks"
    if choices.slurm:
        locks[LOCKS / "slurm.txt"] = "what hands the jobs to Slurm"
    if choices.oracles:
        locks[LOCKS / "oracles.txt"] = "the packages that the methods are compared with"
    fill(environment, locks)
    say("ready")


if __name__ == "__main__":
    main()
