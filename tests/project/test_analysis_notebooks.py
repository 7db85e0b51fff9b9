"""The worked studies run from top to bottom on a small store, are kept without outputs, and are no pages."""

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.preview.scored import score_store
from tests.variants import one_in
from workbench.server.catalogue import pages_in
from workbench.settings import DIVISIONS, NOTEBOOKS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

STUDIES = sorted((NOTEBOOKS / "analysis").glob("*.ipynb"))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = FactStore(tmp_path_factory.mktemp("city"))
    write_city(made, simulate(4000, 3, 5, divisions=DIVISIONS), Origin(simulated=True))
    for name in made.rounds()[-2:]:
        score_store(made, name)
    return made


def test_there_are_four_studies_and_none_is_a_page():
    assert len(STUDIES) == 4
    assert not {path.name for path in STUDIES} & {page.name for page in pages_in(NOTEBOOKS)}


@pytest.mark.parametrize("path", one_in(2, STUDIES), ids=lambda path: path.stem)
def test_a_study_runs_and_shows_what_it_finds(path, store, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", str(store.root))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    shown = [
        output["data"].get("text/html", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type in ("execute_result", "display_data")
    ]
    assert len(shown) >= 4
    assert all("<table" in html or "<div>" in html or html == "" for html in shown)
    assert "模拟数据" in shown[0]


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_is_kept_without_outputs(path):
    cells = [
        cell for cell in json.loads(Path(path).read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"
    ]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


@pytest.mark.deep  # that studies run in every run: the tests above
def test_without_scores_the_study_of_the_model_says_what_is_lacking(tmp_path, monkeypatch):
    """An analyst who opens it while the model is still being trained reads what to run, and not that an index is out of range."""
    unscored = FactStore(tmp_path)
    write_city(unscored, simulate(400, 2, 5, divisions=DIVISIONS), Origin(simulated=True))
    monkeypatch.setenv("WORKBENCH_STORE", str(unscored.root))
    notebook = nbformat.read(NOTEBOOKS / "analysis" / "rules_and_model.ipynb", as_version=4)
    with pytest.raises(CellExecutionError, match="workbench score"):
        NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
