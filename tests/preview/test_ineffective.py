"""Every setting that is said to have no effect has none, and of the family each one is named."""

from hypothesis import given

from tests.preview.test_slips_agree import scope_of
from tests.reference import GROUPS
from tests.strategies import LINE, households, standard
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.membership import full_mask
from workbench.preview.ineffective import ineffective

PLAIN = {"income": {"ceiling": {"multiple": 1.5}}}


def said(data):
    parsed = parse_standard(data)
    return [note.en.partition(":")[0] for note in ineffective(parsed, edge_limits(parsed, LINE))]


def test_each_setting_without_effect_is_named():
    groups = {"ceiling": {"multiple": 1.5}, "group_ceilings": {"dibao": 1.5, "illness": 1.2, "disability": 1.8}}
    drop, rigid = ({"share": share, "ceiling": {"multiple": ceiling}} for share, ceiling in ((1.0, 2.0), (0.3, 1.5)))
    listed = [group for group in GROUPS if group != "disability"]
    assert said(PLAIN) == []
    assert said({"income": groups, "groups": listed}) == [
        f"income.group_ceilings.{group}" for group in ("dibao", "illness", "disability")
    ]
    assert said({**PLAIN, "groups": []}) == ["groups"]
    assert said({"income": {"ceiling": {"multiple": 1.0}}}) == ["income.ceiling"]
    assert said({"income": {"ceiling": {"multiple": 1.0}, "group_ceilings": {"dibao": 1.2}}}) == []
    assert said({**PLAIN, "require_group": False, "groups": ["dibao"]}) == ["groups"]
    assert said({**PLAIN, "routes": {"income_drop": drop}}) == ["routes.income_drop"]
    assert said({**PLAIN, "routes": {"rigid_expenditure": rigid}}) == []
    assert said({**PLAIN, "require_group": False, "routes": {"rigid_expenditure": rigid}}) == [
        "routes.rigid_expenditure"
    ]
    assert said({**PLAIN, "budget": 100.0}) == ["budget"]


@given(rows=households, data=standard)
def test_taken_away_it_changes_nobody(rows, data):
    _, limits, index, _ = scope_of(rows, data, False)
    before = full_mask(index, limits)
    for key in said(data):
        parts = key.split(".")
        changed = {**data, "income": dict(data["income"]), "routes": dict(data["routes"])}
        if parts[0] == "routes":
            del changed["routes"][parts[1]]
        elif parts[:2] == ["income", "group_ceilings"]:
            ceilings = {name: each for name, each in data["income"]["group_ceilings"].items() if name != parts[2]}
            changed["income"]["group_ceilings"] = ceilings
        elif key == "groups" and not data["require_group"]:
            changed["groups"] = list(GROUPS)
            changed["income"]["group_ceilings"] = {}
        else:
            continue
        assert (full_mask(index, edge_limits(parse_standard(changed), LINE)) == before).all()
