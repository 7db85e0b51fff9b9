"""The folder that JupyterLab opens is the person's own: nothing done in it reaches the program's notebooks."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.ui.stores import simulated_store
from workbench.errors import InputError
from workbench.server.lab import arguments
from workbench.server.work_folder import EXAMPLES, FIRST_HOUR, FIRST_NOTEBOOK, default_work_folder, prepare_work_folder
from workbench.settings import NOTEBOOKS


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.ipynb")}


def test_the_programs_notebooks_lie_in_it_as_copies_that_may_be_changed(tmp_path):
    before = contents(NOTEBOOKS)
    folder = prepare_work_folder(tmp_path / "work")
    copied = contents(folder / EXAMPLES)
    del copied[Path(FIRST_NOTEBOOK)]
    assert copied == before
    assert len(before) > 8
    copies = list((folder / EXAMPLES).rglob("*.ipynb"))
    assert not any(path.is_symlink() or path.stat().st_nlink > 1 for path in copies)
    changed, gone, *_ = copies
    changed.write_text("mine")
    gone.unlink()
    prepare_work_folder(folder)
    assert (changed.read_text(), gone.exists()) == ("mine", True)
    assert contents(NOTEBOOKS) == before
    assert f"--ServerApp.root_dir={folder}" in arguments(folder, "127.0.0.1", 8888, open_browser=False)


def first_hour(folder):
    return nbformat.read(prepare_work_folder(folder) / EXAMPLES / FIRST_NOTEBOOK, as_version=4)


def test_an_analysts_first_hour_lies_in_it_as_a_notebook(tmp_path):
    notebook = first_hour(tmp_path / "work")
    nbformat.validate(notebook)
    parts = re.findall(r"```python\n(.*?)```", FIRST_HOUR.read_text(encoding="utf-8"), re.DOTALL)
    assert [each.source for each in notebook.cells if each.cell_type == "code"] == [part.strip() for part in parts]
    texts = "\n\n".join(each.source for each in notebook.cells if each.cell_type == "markdown")
    assert texts.startswith("# 分析人员的第一个小时")
    assert "```" not in texts


@pytest.mark.deep
def test_it_runs_cell_by_cell_where_the_lab_opens_it(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", str(simulated_store(tmp_path / "city").root))
    notebook = first_hour(tmp_path / "work")
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": tmp_path / "work"}}).execute()
    shown = ["".join(str(each) for each in cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]
    assert all(shown)
    assert sum("Simulated" in each for each in shown) > 4


@pytest.mark.parametrize("folder", [NOTEBOOKS, NOTEBOOKS / "analysis", NOTEBOOKS / "x" / "..", NOTEBOOKS.parent])
def test_a_folder_of_the_program_is_refused(folder):
    with pytest.raises(InputError, match="--work"):
        prepare_work_folder(folder)


def test_a_folder_that_cannot_be_written_is_refused_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="--work"):
        prepare_work_folder(tmp_path / "file")


def test_by_default_it_is_in_the_persons_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_work_folder().parent == Path(tmp_path)
