"""Try the methods on simulated data with a known truth, and write docs/validation.md."""

from pathlib import Path

from gotong.tables import write_bytes
from gotong.validation.document import EXPERIMENTS, document, validate

PAGE = Path("docs/validation.md")


def main():
    answers = []
    for experiment in EXPERIMENTS:
        print(f"[validation] {experiment.title}", flush=True)
        answers += validate([experiment])
    write_bytes(PAGE, document(answers).encode())
    failed = sum(answer.verdict == "fails" for _, found in answers for answer in found)
    print(f"[validation] {PAGE}: {failed} promises are not kept; the document names them")


if __name__ == "__main__":
    main()
