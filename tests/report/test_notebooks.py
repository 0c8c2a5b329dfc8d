"""The walk-throughs: stored bare, run anew, shown as they ran, the same every time."""

import json
import re
import shutil

import nbformat
import pytest
import small_report
from nbclient.exceptions import CellExecutionError

from gotong.config import read_config
from gotong.report import notebooks, pages
from gotong.tables import to_parquet, write_bytes

STORED = ("reading-the-panel", "moving-a-claim")


def stored(*cells):
    """Return a notebook as text; a cell that begins with # is Markdown."""
    make = {True: nbformat.v4.new_markdown_cell, False: nbformat.v4.new_code_cell}
    listed = [make[text.startswith("#")](text, id=f"c{n}") for n, text in enumerate(cells)]
    return nbformat.writes(nbformat.v4.new_notebook(cells=listed))


PICTURE = (
    "from IPython.display import Image\n"
    "import base64\n"
    "Image(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgAB"
    "SK+kcQAAAABJRU5ErkJggg=='), alt='one dot')"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    text = stored("# A <b>title</b>", "print('1 < 2')", "6 * 7", PICTURE)
    return notebooks.run(text, tmp_path_factory.mktemp("folder"))


def test_a_page_shows_text_code_and_outputs_and_runs_nothing_of_them(made):
    page = notebooks.page(made, "walk")
    assert "<h1>A &lt;b&gt;title&lt;/b&gt;</h1>" in page
    assert "<samp>1 &lt; 2\n</samp>" in page
    assert "<samp>42</samp>" in page
    assert re.search(r'<img src="data:image/png;base64,iVBOR[^"]*" alt="one dot">', page)
    assert "<script" not in page
    assert "script-src" not in page
    assert "../../notebooks/walk.ipynb" in page
    for code, file in pages.FILES.items():
        assert f'<a href="{file}" lang="{code}" hreflang="{code}">{pages.NAMES[code]}</a>' in page


def test_nothing_of_when_it_ran_is_kept(made):
    kept = nbformat.writes(made)
    assert not re.search(r"\d\d:\d\d:\d\d", kept)
    assert all(set(cell.metadata) == set() for cell in made.cells)


def test_it_runs_in_the_folder_that_it_is_given(tmp_path):
    (tmp_path / "there.txt").write_text("found it")
    made = notebooks.run(stored("# T", "print(open('there.txt').read())"), tmp_path)
    assert made.cells[1].outputs[0].text == "found it\n"


def test_what_a_cell_prints_is_one_output_however_slowly_it_comes(tmp_path):
    slow = "import time\nfor n in range(3):\n    print(n, flush=True)\n    time.sleep(0.3)"
    (output,) = notebooks.run(stored("# T", slow), tmp_path).cells[1].outputs
    assert output.text == "0\n1\n2\n"


def test_a_cell_that_fails_stops_the_run_with_its_error(tmp_path):
    with pytest.raises(CellExecutionError, match="no such thing"):
        notebooks.run(stored("# T", "raise ValueError('no such thing')"), tmp_path)


@pytest.mark.parametrize("name", STORED)
def test_the_stored_notebooks_hold_no_outputs_and_begin_with_their_title(project, name):
    text = (project / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert [cell.outputs for cell in code] == [[]] * len(code)
    assert {cell.execution_count for cell in code} == {None}
    assert notebook.cells[0].source.startswith("# ")
    assert name in (project / "workflow/rules/report.smk").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def walked(project, tmp_path_factory):
    """Return what the walk-through on claims prints on small evidence, and the choices."""
    folder = tmp_path_factory.mktemp("walked")
    choices = read_config(project / "config.yaml").model_dump(mode="json")
    votes = small_report.material(project, folder / "results", choices).tables["votes"]
    write_bytes(folder / "data/processed/votes.parquet", to_parquet(votes, []))
    shutil.copy(project / "config.yaml", folder)
    text = (project / "notebooks/moving-a-claim.ipynb").read_text(encoding="utf-8")
    printed = [
        output.text
        for cell in notebooks.run(text, folder).cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    return printed, choices


def columns(line):
    """Return the columns of a printed line, of which some hold several words."""
    return re.split(r"\s{2,}", line.strip())


def test_the_walk_through_on_claims_sees_a_verdict_move(walked):
    """C1 lies between 0.3 and 0.5, and its threshold is moved over it."""
    printed, choices = walked
    moved = printed[1].splitlines()[2:]
    told = {level: rest[3:] for level, *rest in map(columns, moved)}
    assert told["0.20"] == ["supported", choices["claims"]["C1"]["registered"]["when"]]
    # A threshold that was not registered leaves no day behind the verdict.
    assert told["0.40"] == ["not supported"]
    assert told["0.60"] == ["contradicted"]


def test_the_walk_through_says_verdicts_in_the_words_of_the_report(project, walked):
    printed, _ = walked
    told = {claim: rest[-1] for claim, *rest in map(columns, printed[0].splitlines()[1:])}
    assert told["C8"] == "not supported"
    assert told["C11"] == "not testable with public data"
    text = (project / "notebooks/moving-a-claim.ipynb").read_text(encoding="utf-8")
    assert "spoken(row[" in text


def test_the_walk_through_sees_which_verdict_rests_on_one_number(walked):
    """C2 has a number against it; without it the others agree."""
    printed, _ = walked
    lines = printed[3].splitlines()
    start = lines.index("C2, mixed: 1 of 3 numbers would move it alone")
    assert re.fullmatch(r" +without \w+: (supported|contradicted)", lines[start + 1])
    assert "C1, supported: 0 of 1 numbers would move it alone" in lines


def test_the_walk_through_says_what_the_checks_of_designs_change(walked):
    """The designs on C5 failed; had they voted, they would have seen no effect."""
    printed, _ = walked
    assert "C5: not testable with public data becomes not supported." in printed[4]
    assert re.search(r"Without the checks 1 of \d+ verdicts would be another\.", printed[4])
    assert re.search(r"C5 .* 0 -> 1 .* 1 -> 0", printed[4])


def test_the_same_notebook_gives_the_same_page(made, tmp_path):
    text = json.dumps(json.loads(nbformat.writes(made)))
    again = notebooks.run(text, tmp_path)
    assert notebooks.page(again, "walk") == notebooks.page(made, "walk")
