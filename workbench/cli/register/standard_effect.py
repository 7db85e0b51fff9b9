"""What approving a standard for a round under way would change, as a record and in words."""

from workbench.cli.language import label
from workbench.cli.output import say
from workbench.errors import Words
from workbench.register.standards.effect import RESULTS, Effect
from workbench.safeguards.plain_data import Json


def effect_record(effects: Effect | None) -> Json:
    """The effect for JSON; None: nothing was decided for a round under way."""
    if effects is None:
        # null and not 0: nothing was compared, which is another thing than nothing changed.
        return {"standing": None, "changed": None, "households": [], "by_village": []}
    return {
        "standing": effects.standing,
        "changed": len(effects.changed),
        "households": [
            {"household_id": each.household_id, "township": each.entry["township"], "village": each.entry["village"],
             "before": each.before, "after": each.after}
            for each in effects.changed
        ],
        "by_village": [
            {"township": township, "village": village, "households": count}
            for township, village, count in effects.by_village()
        ],
    }  # fmt: skip


def show_effect(effects: Effect) -> None:
    """Print how many go back, by village, and each household with its result before and after."""
    changed, standing = f"{len(effects.changed):,}", f"{effects.standing:,}"
    say(
        Words(
            f"{effects.round}：结果有变化、退回村 {changed} 户；结果不变 {standing} 户",
            f"{effects.round}: {changed} with another result, back to the village; {standing} with the same, which stand",
        )
    )
    unnamed = label(("未注明", "not stated"))
    for township, village, count in effects.by_village():
        say(f"  {township or unnamed} {village or unnamed}: {count:,}")
    for each in effects.changed:
        say(f"    {each.household_id}: {label(RESULTS[each.before])} → {label(RESULTS[each.after])}")
