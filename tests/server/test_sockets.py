"""Between server and kernel: sockets with a name in a private folder, and ports where no such name fits."""

import tempfile

import pytest

from workbench.server.configuration import between_server_and_kernel


@pytest.mark.parametrize(("folder", "transport"), [("/tmp", "ipc"), ("/srv/" + "deep/" * 12, None)])  # noqa: S108 - a name only
def test_a_folder_that_lies_too_deep_for_sockets_leaves_ports(monkeypatch, folder, transport):
    monkeypatch.setattr(tempfile, "tempdir", folder.rstrip("/"))
    assert between_server_and_kernel().get("transport") == transport
