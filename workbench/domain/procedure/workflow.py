"""The procedure of a household's tier or entry: visited, proposed, reviewed, filed; who moves it where, and what each step needs.

LA2019-15 §2.1.1-a, -b (visit, proposal, review, filing), §2.1.2-b (out of round), §2.2-c (edge households).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from workbench.domain.procedure.roles import Right
from workbench.domain.rules.tiers import TIERS
from workbench.errors import RefusedError, Words


class Stage(StrEnum):
    """Where a household's entry of a round stands."""

    NEW = "new"
    VISITED = "visited"
    PROPOSED = "proposed"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    FILED = "filed"


STAGES: dict[Stage, tuple[str, str]] = {
    Stage.NEW: ("未走访", "not visited"),
    Stage.VISITED: ("已走访", "visited"),
    Stage.PROPOSED: ("已上报", "proposed"),
    Stage.RETURNED: ("已退回", "returned"),
    Stage.REVIEWED: ("已审核", "reviewed"),
    Stage.FILED: ("已备案", "filed"),
}
"""Chinese and English label of every stage."""


VISIT_DOMAINS: dict[str, tuple[str, str]] = {
    "industry": ("产业", "industry"),
    "employment": ("就业", "employment"),
    "education": ("教育", "education"),
    "medical": ("医疗", "medical care"),
    "housing": ("住房", "housing"),
}
"""What a visit looks at, all five of it (§2.1.1-a)."""

EDGE_PROPOSALS: dict[str, tuple[str, str]] = {
    "enter": ("纳入", "enter"),
    "keep": ("继续在管", "keep"),
    "stay_out": ("不纳入", "stay out"),
    "leave_risk_gone": ("退出：风险消除", "leave: risk gone"),
    "leave_registered": ("退出：已入建档立卡", "leave: entered in the poor register"),
    "leave_moved": ("退出：迁出", "leave: moved away"),
    "leave_died": ("退出：整户死亡", "leave: all members died"),
}
"""What can be proposed for a household of the edge register (§2.2-c): Chinese and English label."""
FOLLOWS_RULE = {"in": {"enter", "keep"}, "out": {"stay_out"}}
"""What follows from what the standard says of a household; any other proposal differs from it."""
# Ways out that say there is no risk. Who moved away, died or is registered leaves whatever the income.
_DROPS = {"stay_out", "leave_risk_gone"}


@dataclass(frozen=True)
class Step:
    """A move: the right that it takes, from which stages, to which; `needs_reason`: never without words."""

    name: str
    zh: str
    en: str
    right: Right
    sources: frozenset[Stage]
    target: Stage
    clause: str
    needs_reason: bool = False


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("visit", "走访", "visit", Right.VISIT,
             frozenset({Stage.NEW, Stage.VISITED, Stage.RETURNED}), Stage.VISITED, "§2.1.1-a"),
        Step("propose", "村级初评上报", "propose", Right.PROPOSE,
             frozenset({Stage.VISITED, Stage.RETURNED}), Stage.PROPOSED, "§2.1.1-b"),
        Step("agree", "乡镇审核通过", "approve", Right.REVIEW, frozenset({Stage.PROPOSED}), Stage.REVIEWED, "§2.1.1-b"),
        Step("return", "退回", "return", Right.REVIEW,
             frozenset({Stage.PROPOSED}), Stage.RETURNED, "§2.1.1-b", needs_reason=True),
        Step("send_back", "备案前退回", "send back before filing", Right.FILE,
             frozenset({Stage.REVIEWED}), Stage.RETURNED, "§2.1.1-b", needs_reason=True),
        # Of what is on its way only: a list that was filed stays as filed, and names its version.
        Step("standard_changed", "因标准变化退回", "send back under a new standard", Right.SET_STANDARD,
             frozenset({Stage.PROPOSED, Stage.REVIEWED}), Stage.RETURNED, "§2.2-a", needs_reason=True),
        Step("file", "备案", "file", Right.FILE, frozenset({Stage.REVIEWED}), Stage.FILED, "§2.1.1-b"),
        # Back to where every step is taken anew: an adjustment goes through the same review (§2.1.2-b).
        Step("reopen", "随时调整", "adjust between rounds", Right.VISIT,
             frozenset({Stage.FILED}), Stage.VISITED, "§2.1.2-b", needs_reason=True),
        Step("withdraw_review", "撤回审核", "withdraw the review", Right.REVIEW,
             frozenset({Stage.REVIEWED}), Stage.PROPOSED, "§2.1.1-b"),
        Step("withdraw_return", "撤回退回", "withdraw the return", Right.REVIEW,
             frozenset({Stage.RETURNED}), Stage.PROPOSED, "§2.1.1-b"),
        # Back to where the step before had led, which the register knows: a household returned is returned again.
        Step("withdraw_proposal", "撤回上报", "withdraw the proposal", Right.PROPOSE,
             frozenset({Stage.PROPOSED}), Stage.VISITED, "§2.1.1-b"),
        Step("withdraw_visit", "撤回走访", "withdraw the visit", Right.VISIT,
             frozenset({Stage.VISITED}), Stage.NEW, "§2.1.1-a"),
    )
}  # fmt: skip
"""No step leads past another: what is filed was reviewed, what is reviewed was proposed, what is proposed was visited.

A household returned may be proposed again without another visit of the round: the visit that it had still stands.
"""

WITHDRAWALS = {"agree": "withdraw_review", "return": "withdraw_return"}
"""The steps of a township that can be withdrawn until somebody takes the next one, and the step that does it."""
VILLAGE_WITHDRAWALS = {"propose": "withdraw_proposal", "visit": "withdraw_visit"}
"""Those of a village, which can be withdrawn until the township has taken them up."""
ASIDE = frozenset({"standard_changed", *WITHDRAWALS.values(), *VILLAGE_WITHDRAWALS.values()})
"""Steps that do not lead on: nobody waits for them, and no page offers them as what comes next."""
_UNDOES = {name: undone for undone, name in {**WITHDRAWALS, **VILLAGE_WITHDRAWALS}.items()}
SENT_BACK = frozenset({"return", "send_back", "standard_changed"})
"""The steps that return a household to the village; the last one follows from an approval, nobody takes it by itself."""


def undone_by(step_name: str) -> str | None:
    """The step that a withdrawal takes back; None for any other step."""
    return _UNDOES.get(step_name)


def standing_steps(names: Sequence[str]) -> list[int]:
    """The positions of the steps that stand, in their order: each withdrawal takes away the last one before it."""
    standing: list[int] = []
    for position, name in enumerate(names):
        if name in _UNDOES:
            standing.pop()
        else:
            standing.append(position)
    return standing


def unanswered_return(names: Sequence[str]) -> int | None:
    """The position of the step that sent a household back and that no proposal has answered yet; None where there is none."""
    # Whoever has visited it since still answers that; only a proposal, or the return withdrawn, ends it.
    said = [position for position in standing_steps(names) if names[position] in {"propose", *SENT_BACK}]
    return said[-1] if said and names[said[-1]] in SENT_BACK else None


def withdrawn_proposal(names: Sequence[str]) -> int | None:
    """The position of the proposal that the last step withdrew; None where the last step was another."""
    if not names or undone_by(names[-1]) != "propose":
        return None
    return standing_steps(names[:-1])[-1]


def gives_reason(text: str | None) -> bool:
    """Whether a reason says anything in words: a lone figure or mark stands in the record for ever and tells nobody why."""
    return any(character.isalpha() for character in text or "")


def advance(stage: Stage, step_name: str, reason: str | None = None) -> Stage:
    """The stage after a step; raises RefusedError where the step cannot be taken from here, or lacks its reason."""
    step = STEPS[step_name]
    if stage not in step.sources:
        zh, en = STAGES[stage]
        may = [other for other in STEPS.values() if stage in other.sources and other.name not in ASIDE]
        raise RefusedError(
            Words(
                f"此户{zh}，不能{step.zh}（{step.clause}）；现在可以：{'、'.join(other.zh for other in may)}",
                f"the household is {en}: cannot {step.en} ({step.clause}); possible now: {', '.join(other.en for other in may)}",
                code="domain.step-not-possible",
            )
        )
    if step.needs_reason and not gives_reason(reason):
        raise RefusedError(
            Words(f"{step.zh}要写明理由", f"a reason is needed to {step.en}", code="domain.reason-needed"),
            field="reason",
        )
    return step.target


def check_proposal(rule_tier: int | None, proposed: int, reason: str | None) -> None:
    """Raise RefusedError where a proposal departs from the rule's tier, or the rule cannot tell, and no reason is given.

    The rule stands beside the proposal and decides nothing: people may differ from it, in words.
    """
    if proposed not in (1, 2, 3):
        raise RefusedError(
            Words(f"等级 {proposed}：应为 1、2、3", f"tier {proposed}: must be 1, 2 or 3", code="domain.tier-must")
        )
    # An undetermined rule (None) equals no tier, so that every proposal then needs its reason.
    if proposed == rule_tier or gives_reason(reason):
        return
    says_zh, says_en = (
        ("规则暂不能判定", "the rule cannot tell") if rule_tier is None
        else (f"规则为{_tier_words(rule_tier)}", f"the rule says tier {rule_tier}")
    )  # fmt: skip
    raise RefusedError(
        Words(
            f"{says_zh}，上报{_tier_words(proposed)}：不同于规则要写明理由",
            f"{says_en}, the proposal tier {proposed}: to differ from the rule needs a reason",
            code="domain.rule-says-proposal-tier",
        ),
        field="reason",
    )


def _tier_words(tier: int) -> str:
    """A tier in Chinese as offices and every page write it: 一级（红）."""
    label, _, colour = TIERS[tier]
    return f"{label.split()[0]}（{colour}）"


def check_edge_proposal(rule: str | None, proposed: str, reason: str | None, *, active: bool) -> None:
    """Raise RefusedError where a proposal for the edge register needs a reason and has none.

    `active`: the household is in the register; leaving it always needs a reason. A household below the line is not turned away by anybody: its way is that of §2.2-d.
    """
    allowed = [name for name in EDGE_PROPOSALS if (name == "keep" or name.startswith("leave")) == active]
    if proposed not in allowed:
        listed = "、".join(f"{name}（{EDGE_PROPOSALS[name][0]}）" for name in allowed)
        raise RefusedError(
            Words(
                f"{proposed}：此户{'在' if active else '不在'}边缘户台账中，可以上报：{listed}",
                f"{proposed}: the household is {'' if active else 'not '}in the edge register; possible: {', '.join(allowed)}",
                code="domain.household-edge-register-possible",
            )
        )
    if rule == "below_line" and proposed in _DROPS:
        raise RefusedError(
            Words(
                "此户收入低于扶贫标准，应走建档立卡程序（§2.2-d），不能不纳入或以风险消除退出",
                "the household is below the line: it is registered as poor by its own procedure (§2.2-d), and is not turned away",
                code="domain.household-below-line-goes",
            )
        )
    # Where the rule cannot tell (None) nothing follows from it, and every proposal needs its reason.
    follows = proposed in FOLLOWS_RULE.get(rule or "", set())
    if not follows and not gives_reason(reason):
        zh, en = EDGE_PROPOSALS[proposed]
        raise RefusedError(
            Words(
                f"上报“{zh}”与规则不同，要写明理由",
                f"to propose {en!r} against the rule needs a reason",
                code="domain.propose-against-rule-needs",
            ),
            field="reason",
        )
