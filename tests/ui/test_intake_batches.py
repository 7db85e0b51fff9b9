"""What was taken in, on the intake page: listed, looked at again and undone, by those who may; without a browser."""

import datetime as dt

import pytest

from tests.ui.test_intake_page import EXPORT, ROUND, TODAY, read, take
from workbench.errors import RefusedError
from workbench.store.batches.batch import batches
from workbench.store.facts import FactStore
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.intake.batches_panel import BatchesPanel
from workbench.ui.pages.intake.state import IntakeSession


def panel_over(facts, language="zh"):
    said = []
    panel = BatchesPanel(
        facts, Language(language), lambda callback: callback, lambda: said.append("undone"), said.append
    )
    return panel, said


@pytest.fixture
def taken(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_STORE", str(tmp_path))
    session = read(tmp_path)
    take(session)
    return session


def test_what_was_taken_in_is_listed_looked_at_again_and_undone(taken):
    panel, said = panel_over(taken.store)
    panel.fill()
    assert EXPORT.name in panel.pane.html
    assert "pages:tester" in panel.pane.html
    panel.take({"do": "look", "batch": 1})
    seen = panel.pane.html.partition("data-seen")[2]
    assert "新增 " in seen
    assert "发现（新的）" in seen
    with pytest.raises(RefusedError, match="为什么"):
        panel.take({"do": "undo", "batch": 1, "fields": {"reason": [" "]}})
    assert ROUND in taken.store.rounds()
    panel.take({"do": "undo", "batch": 1, "fields": {"reason": ["期次选错了"]}})
    assert taken.store.rounds() == []
    assert batches(taken.store.root)[0].undone.reason == "期次选错了"
    assert "undone" in said
    assert "期次选错了" in panel.pane.html
    assert 'data-send="{&#34;do&#34;: &#34;undo&#34;' not in panel.pane.html


def test_after_an_undoing_nothing_is_shown_as_taken_in(taken):
    assert taken.outcome.taken
    taken.compare_again()
    assert (taken.name, taken.outcome) == ("", None)


def test_a_batch_with_another_upon_it_says_why_it_stays_and_names_no_command(taken, tmp_path):
    later = tmp_path / "后来.csv"
    later.write_bytes(EXPORT.read_bytes().replace("健康".encode("gb18030"), "长期慢性病".encode("gb18030"), 3))
    session = IntakeSession(FactStore(tmp_path), TODAY, ROUND)
    session.give("后来.csv", later)
    session.put(session.asked().read(lambda _done, _total: None))
    take(session)
    for language in ("zh", "en"):
        panel, _ = panel_over(taken.store, language)
        panel.take({"do": "look", "batch": 1})
        seen = panel.pane.html.partition("data-seen")[2]
        assert "2" in seen
        assert "workbench" not in seen
        assert "<form" not in seen


def test_only_whoever_may_take_a_countys_facts_in_sees_and_undoes_its_batches(taken, monkeypatch):
    def refuse(counties):
        if list(counties):
            raise RefusedError("not yours")
        return "x", dt.datetime(2019, 11, 2, tzinfo=dt.UTC)

    monkeypatch.setattr("workbench.ui.pages.intake.batches_panel.taking_in", refuse)
    panel, _ = panel_over(taken.store)
    panel.fill()
    assert EXPORT.name not in panel.pane.html
    with pytest.raises(RefusedError, match="not yours"):
        panel.undo(1, "x")
    assert ROUND in taken.store.rounds()
