"""Did help help, on the page and in a notebook: the sentence, the figures beside it, and that it follows no choice of the form."""

import pytest

from tests.register.conftest import COUNTY
from tests.risk.helped_county import ROUNDS, helped_county
from workbench.errors import InputError
from workbench.notebook import help_effect, open_place
from workbench.risk.help.ceiling_effect import Verdict
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.panels.help_panel import HelpPanel
from workbench.ui.pages.county_standard.state import StandardSession


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return helped_county(tmp_path_factory.mktemp("helped"), 6_000, 0.6)


@pytest.mark.parametrize(("code", "said"), [("zh", "帮上了"), ("en", "it helped")])
def test_the_panel_says_what_was_compared_and_what_it_is_not(store, code, said):
    panel = HelpPanel(StandardSession(store, ROUNDS[-1], COUNTY), Language(code))
    panel.fill()
    html = panel.html.value
    assert said in html
    assert 'data-verdict="fewer"' in html
    assert html.count('<th scope="row">') == 5
    assert ("哪一项措施" if code == "zh" else "no measure by itself") in html
    assert ("模拟数据" if code == "zh" else "Simulated") in html
    assert "data-widths" in html
    assert "若结论就变" not in html


def test_it_follows_the_standards_that_were_in_force_not_the_choice(store):
    session = StandardSession(store, ROUNDS[-1], COUNTY)
    panel = HelpPanel(session, Language("zh"))
    panel.fill()
    before = panel.html.value
    session.put("income.ceiling", {"multiple": 1.2})
    panel.fill()
    assert panel.html.value == before


def test_a_notebook_has_the_figures_of_the_panel(store):
    result = help_effect(open_place(county=COUNTY, store=store.root))
    assert result.effect.verdict is Verdict.FEWER
    assert result.frame.index.to_list()[:2] == ["help_plan", "slips"]
    assert result.needed.loc["least difference seen", "value"] > 0
    shown = result._repr_html_()
    assert "帮上了" in shown
    assert "收入若有 10% 的误差" in shown
    assert "。。" not in shown
    assert "有帮扶计划" in shown
    assert "help_plan" not in shown
    assert "slips" not in shown
    with pytest.raises(InputError):
        help_effect(open_place(store=store.root))


def test_an_estimate_of_too_few_is_not_shown(tmp_path):
    store = helped_county(tmp_path, 700, 0.9)
    panel = HelpPanel(StandardSession(store, ROUNDS[-1], COUNTY), Language("zh"))
    panel.fill()
    assert "还说不了" in panel.html.value
    assert panel.html.value.count('<th scope="row">') == 1
    assert help_effect(open_place(county=COUNTY, store=store.root)).frame.index.to_list() == ["help_plan"]


def test_without_a_register_what_is_lacking_is_said(tmp_path):
    alone = helped_county(tmp_path, 60, 0.6)
    (tmp_path / "register.sqlite").rename(tmp_path / "away.sqlite")
    for marker in tmp_path.glob("*register*"):
        if marker.is_file():
            marker.unlink()
    panel = HelpPanel(StandardSession(alone, ROUNDS[-1], COUNTY), Language("zh"))
    panel.fill()
    assert "还说不了" in panel.html.value
    assert "<table" not in panel.html.value
