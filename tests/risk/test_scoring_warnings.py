"""What a model has never seen is said when it scores."""

from types import SimpleNamespace

from workbench.risk.scoring.scoring import _never_seen


def test_a_county_that_was_not_in_the_training_data_is_named():
    model = SimpleNamespace(about={"counties": {"341524": {}}})
    (words,) = _never_seen(model, ["341524", "341502"])
    assert "341502" in words.zh
    assert "341524" not in words.en
    assert _never_seen(model, ["341524"]) == []
    assert _never_seen(SimpleNamespace(about={}), ["341502"]) == []
