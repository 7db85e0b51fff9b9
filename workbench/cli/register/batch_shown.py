"""What a batch of steps came to, as a command shows it: the households done, and those skipped with what to do about them."""

import typer

from workbench.cli.output import emit, say
from workbench.domain.facts import label_of
from workbench.errors import Words
from workbench.register.procedure.proposals import SkippedHousehold
from workbench.safeguards.plain_data import Json

_SHOWN = 20


def show_batch(done: list[str], skipped: list[SkippedHousehold], what: Words, *, as_json: bool) -> None:
    """Print a batch; ends the command with status 1 where some households were skipped."""

    def show() -> None:
        say(_counted(what, len(done)))
        show_skipped(Words("留待处理", "left"), skipped)

    emit({"done": done, "left": [skipped_record(each) for each in skipped]}, show, as_json=as_json)
    if skipped:
        # After the output: what was done is done, and whoever called learns that something is left.
        raise typer.Exit(1)


def _counted(what: Words, count: int) -> Words:
    return Words(f"{what.zh}：{count:,} 户", f"{what.en}: {count:,} households")


def show_skipped(title: Words, skipped: list[SkippedHousehold]) -> None:
    """Print the first of the skipped households, each with why and what to collect; nothing where there are none."""
    if not skipped:
        return
    say(_counted(title, len(skipped)))
    for each in skipped[:_SHOWN]:
        say(each.why.after(f"  {each.household_id}: ") + _to_collect(each))
    if len(skipped) > _SHOWN:
        say(Words(f"  … 共 {len(skipped):,} 户，全部请用 --json", f"  … {len(skipped):,} in all: see them with --json"))


def _to_collect(skipped: SkippedHousehold) -> Words:
    """The facts that a household still lacks, said after the reason why it was left."""
    if not skipped.missing:
        return Words("", "")
    # With the county's own groups, which no vocabulary knows by name.
    named = [label_of(name, skipped.own_groups) for name in skipped.missing]
    return Words(
        f"（需补充：{'、'.join(zh for zh, _ in named)}）", f" (to collect: {', '.join(en for _, en in named)})"
    )


def skipped_record(each: SkippedHousehold) -> Json:
    """Return a skipped household for JSON."""
    return {"household_id": each.household_id, "reason": each.why, "missing": each.missing}
