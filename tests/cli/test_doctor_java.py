"""What `doctor` says of Java: missing, too old, broken, or fine; each with what to install."""

import pytest

from workbench.cli.serving.doctor import _java


def java(folder, says):
    folder.mkdir()
    program = folder / "java"
    program.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("says", "fine", "code"),
    [
        ("echo 'openjdk version \"17.0.15\" 2025-04-15' >&2", True, None),
        ("echo 'openjdk version \"21\" 2023-09-19' >&2", True, None),
        ("echo 'java version \"1.8.0_391\"' >&2", False, "cli.java-too-old"),
        ("exit 1", False, "cli.java-does-not-run"),
    ],
)
@pytest.mark.parametrize("home", [False, True])
def test_java_is_asked_for_its_version(tmp_path, monkeypatch, says, fine, code, home):
    java(tmp_path / "bin", says)
    monkeypatch.setenv("PATH", "" if home else str(tmp_path / "bin"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    if home:
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    check = _java()
    assert (check.fine, check.needed) == (fine, False)
    assert fine or (check.state.code == code and "openjdk-17" in check.cure.en)


def test_without_java_it_says_which_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    check = _java()
    assert (check.fine, check.state.code) == (False, "cli.java-not-found")
    assert "Java 17" in check.cure.zh
