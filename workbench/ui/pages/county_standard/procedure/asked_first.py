"""What a person is asked before a step with a standard: whether what looks like a slip of the pen is meant, and for which round it is."""

from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import InputError, StandardError, Words
from workbench.preview.frontier.request import group_notes
from workbench.preview.unlikely import unlikely, unlikely_day
from workbench.register.standards.in_force import StandardInUse
from workbench.register.standards.standing import Standing
from workbench.ui.kit.controls.pane_fields import Fields, one
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.differences import differences, remark_in_words
from workbench.ui.pages.county_standard.state import StandardSession

_NEXT = "next"
"""In the place of a round: from the one after it on."""


def doubts(session: StandardSession, standard: EdgeStandard, t: Language) -> list[str]:
    """What of a standard is allowed and most likely not meant, a sentence each; whoever keeps or submits it says that it is."""
    try:
        limits = session.scope.limits_of(standard)
    # Of no use in this round at all: whoever submits it is told so by the rules.
    except StandardError:
        return []
    day = unlikely_day(standard, session.round_name)
    return [
        remark_in_words(each, t, standard.own_groups) for each in (*unlikely(standard, limits), *([day] if day else []))
    ]


def doubts_of_version(session: StandardSession, standard: EdgeStandard, t: Language) -> list[str]:
    """What of a version on its way is most likely not meant: as of any choice, whether it does without groups of the notice, and whether it changes nothing at all.

    A draft of that kind does no harm, and a choice is one whenever the page is opened; submitted, it keeps others at work.
    """
    without = [t.words(note) for note in group_notes(standard)]
    return [*doubts(session, standard, t), *without, *as_in_force(session.in_force, standard, t)]


def as_in_force(in_force: StandardInUse, standard: EdgeStandard, t: Language) -> list[str]:
    """Whether a standard says of every household what the one in force says: then nobody need approve it."""
    version = in_force.version
    # In a round of before, another than the one in force may be used: to have that one again is a decision.
    present = in_force.in_force and in_force.standing is Standing.PRESENT
    if version is None or not present or differences(in_force.standard, standard, t):
        return []
    return [t("与现行的第 {number} 版相同，只有名称或施行日期不同。", number=version.version)]


def check_doubts(asked: list[str], *, checked: bool) -> None:
    """Raise InputError where something most likely not meant has not been checked by the person."""
    if asked and not checked:
        listed = "\n".join(asked)
        raise InputError(
            Words(
                f"请先核对，无误再存或提交：{listed}",
                f"check this first, then keep or submit it: {listed}",
                code="ui.standard-not-checked",
            )
        )


def chosen_round(fields: Fields) -> str | None:
    """The round that an approval names; None for the one after it. Raises InputError where neither was chosen."""
    chosen = one(fields, "for_round")
    # Neither is the usual one: who approves decides whether lists already proposed go back.
    if not chosen:
        raise InputError(
            Words(
                "请选从哪一期起用：正在进行的一期不变，还是用于这一期",
                "choose from which round on: the one under way stays as it is, or the version is for it",
                code="ui.approval-round-not-chosen",
            )
        )
    return None if chosen == _NEXT else chosen
