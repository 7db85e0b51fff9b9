"""Widgets' scripts: a page of the own server loads each once from there, JupyterLab gets them with the widget."""

import re

import pytest

from workbench.server.application import assets
from workbench.ui.kit.charts.echarts import EChart
from workbench.ui.kit.controls.pane import Pane
from workbench.ui.kit.frame.scripted import STATIC, Scripted
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.intake.page import page as intake_page


@pytest.fixture
def _served(monkeypatch):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0")


@pytest.mark.usefixtures("_served")
@pytest.mark.parametrize("widget", [Pane, EChart])
def test_under_the_own_server_a_widget_names_its_script_as_the_frame_does(widget):
    named = re.search(r"static/([\w.]+\?v=\w+)", widget().get_state()["_esm"])[1]
    assert assets("/base/")[widget.script] == f"/base/voila/static/{named}"
    assert len(widget().get_state()["_esm"]) < 300


def test_elsewhere_a_widget_brings_its_script(monkeypatch):
    monkeypatch.delenv("SERVER_SOFTWARE", raising=False)
    assert Pane().get_state()["_esm"] == (STATIC / "pane.js").read_text(encoding="utf-8")


def test_every_script_of_a_widget_is_there_and_exports_what_the_module_takes():
    assert CountyStandardPage
    assert intake_page  # both for what they import: every widget of ours is on one of them
    scripts = {each.script for each in _below(Scripted)}
    assert len(scripts) > 7
    for name in scripts:
        assert re.search(r"^export default \{", (STATIC / name).read_text(encoding="utf-8"), re.MULTILINE), name


def _below(kind):
    return [each for sub in kind.__subclasses__() for each in (sub, *_below(sub)) if each.script]
