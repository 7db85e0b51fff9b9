"""Between server and kernel: sockets with a name in a private folder, and ports where no such name fits."""

import tempfile

import pytest

from workbench.safeguards.temporary_folders import longest_folder, new_folder
from workbench.server.configuration import SOCKETS, between_server_and_kernel


@pytest.mark.parametrize(("folder", "transport"), [("/tmp", "ipc"), ("/srv/" + "deep/" * 12, None)])  # noqa: S108 - a name only
def test_a_folder_that_lies_too_deep_for_sockets_leaves_ports(monkeypatch, folder, transport):
    monkeypatch.setattr(tempfile, "tempdir", folder.rstrip("/"))
    assert between_server_and_kernel().get("transport") == transport


def test_no_folder_is_longer_than_what_is_counted_with(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert len(str(new_folder(SOCKETS))) <= len(longest_folder(SOCKETS))
