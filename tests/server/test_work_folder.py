"""The folder that JupyterLab opens is the person's own: nothing done in it reaches the program's notebooks."""

from pathlib import Path

import pytest

from workbench.errors import InputError
from workbench.server.lab import arguments
from workbench.server.work_folder import EXAMPLES, FIRST_HOUR, default_work_folder, prepare_work_folder
from workbench.settings import NOTEBOOKS


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.ipynb")}


def test_the_programs_notebooks_lie_in_it_as_copies_that_may_be_changed(tmp_path):
    before = contents(NOTEBOOKS)
    folder = prepare_work_folder(tmp_path / "work")
    assert contents(folder / EXAMPLES) == before
    assert (folder / EXAMPLES / "analysts.md").read_bytes() == FIRST_HOUR.read_bytes()
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
