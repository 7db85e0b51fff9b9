"""What is written stands in the place of a file only: a device or a pipe that somebody names stays what it is."""

import os
import stat

import pytest

from tests.cli.command import run
from workbench.errors import InputError
from workbench.store.files import write_file


@pytest.fixture(params=["pipe", "link"])
def pipe(request, tmp_path):
    """A pipe, or a link to one: what an administrator would lose is /dev/null itself."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    return tmp_path / request.param


def test_a_pipe_is_refused_and_stays(pipe):
    before = sorted(pipe.parent.iterdir())
    with pytest.raises(InputError, match="管道"):
        write_file(pipe, b"x")
    assert sorted(pipe.parent.iterdir()) == before
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_command_says_so(capsys, pipe):
    done = run(capsys, "intake", "template", f"--out={pipe}")
    assert done.status == 2
    assert "设备或管道" in done.err
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_to_nothing_and_a_file_are_written(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "missing")
    for name in ("link", "new", "new"):
        write_file(tmp_path / name, b"x")
        assert (tmp_path / name).read_bytes() == b"x"
