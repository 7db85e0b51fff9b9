"""Cases and quizzes that trainers write themselves, without code: typed, read, checked, and carried as one file. Nobody's data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from workbench.domain.facts import FACT
from workbench.domain.procedure.corrections import check_corrections
from workbench.domain.rules.clauses import clauses
from workbench.errors import InputError, Words, WorkbenchError
from workbench.ui.pages.training.state import ROUNDS, TrainingSession, editable, read_fact
from workbench.ui.pages.training.teaching import Facts, plain_household, result_in

FORMAT = "luan-training-set-1"
MOST_CASES = 60
LONGEST = {"title": 60, "ask": 600, "explain": 2_000}
"""Characters of what a trainer writes."""
KINDS = ("lifted", "unregistered")


@dataclass(frozen=True)
class OwnCase:
    """A trainer's household: what is asked of it (`ask`), and why the rules answer as they do (`explain`, `clause`).

    `result`: what the rules said in `round_name`, when it was written; another round may have another line, and result.
    """

    title: str
    kind: str
    facts: Facts
    ask: str
    explain: str
    clause: str
    round_name: str
    result: str


@dataclass(frozen=True)
class TrainingSet:
    """Cases put together: a tour on paper, and a quiz."""

    title: str
    cases: tuple[OwnCase, ...] = ()

    def with_case(self, written: OwnCase, number: int | None = None) -> "TrainingSet":
        """The set with a case more, or with the case of a number (from 0) written anew; raises InputError for too many."""
        if number is not None and 0 <= number < len(self.cases):
            return replace(self, cases=(*self.cases[:number], written, *self.cases[number + 1 :]))
        if len(self.cases) >= MOST_CASES:
            raise InputError(
                Words(
                    f"一套最多 {MOST_CASES} 个案例；请另建一套",
                    f"a set holds at most {MOST_CASES} cases; begin another",
                    code="ui.training-set-full",
                )
            )
        return replace(self, cases=(*self.cases, written))

    def without(self, number: int) -> "TrainingSet":
        """Return the set without the case of a number."""
        return replace(self, cases=tuple(each for at, each in enumerate(self.cases) if at != number))

    def moved_up(self, number: int) -> "TrainingSet":
        """Return the set with a case one place earlier."""
        if not 0 < number < len(self.cases):
            return self
        order = list(self.cases)
        order[number - 1], order[number] = order[number], order[number - 1]
        return replace(self, cases=tuple(order))


def case_typed(typed: Mapping[str, str], shown: Mapping[str, Any], round_name: str) -> OwnCase:
    """A case as a form has it: `typed` by field, facts as `fact:NAME`; `shown` are the facts that the form began with.

    What follows from a change follows: a net income typed anew gives the income per person, unless that was typed too.
    Raises InputError that names the fact, the value and what is accepted.
    """
    kind = _one_of(typed.get("kind", ""), KINDS, ("户类型", "kind"))
    session = TrainingSession(round_name)
    session.begin(kind)
    session.facts = {**session.facts, **{name: value for name, value in shown.items() if name in _names(kind)}}
    before = dict(session.facts)
    changes = {
        name: value
        for name in _names(kind)
        if (text := typed.get(f"fact:{name}")) is not None and (value := read_fact(name, text)) != before.get(name)
    }
    session.put_all(changes)
    return _written(typed, kind, session.facts, round_name)


def document(training_set: TrainingSet) -> dict[str, Any]:
    """A set as plain data: what the store holds and a file carries."""
    return {"format": FORMAT, "name": training_set.title, "cases": [asdict(each) for each in training_set.cases]}


def set_of(content: Any) -> TrainingSet:
    """The set of plain data, from the store or somebody's file; raises InputError that names the case and what is wrong."""
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("cases"), list):
        raise InputError(
            Words(
                "不是培训案例文件；请选用“下载（一个文件）”得到的文件",
                "no file of training cases; choose one that was downloaded as a set",
                code="ui.no-training-set",
            )
        )
    training_set = TrainingSet(_text(content.get("name"), "title"))
    for number, entry in enumerate(content["cases"], 1):
        try:
            training_set = training_set.with_case(_case_of(entry))
        except WorkbenchError as error:
            words = error.words
            raise InputError(
                Words(f"第 {number} 个案例：{words.zh}", f"case {number}: {words.en}", code="ui.training-case-refused")
            ) from None
    return training_set


def _case_of(entry: Any) -> OwnCase:
    if not isinstance(entry, dict) or not isinstance(entry.get("facts"), dict):
        raise InputError(Words("内容不完整", "it is not whole", code="ui.training-case-not-whole"))
    kind = _one_of(entry.get("kind"), KINDS, ("户类型", "kind"))
    round_name = _one_of(entry.get("round_name"), ROUNDS, ("期次", "round"))
    names = [name for name in plain_household(kind) if name != "kind"]
    unknown = [str(name) for name in entry["facts"] if name not in plain_household(kind)]
    if unknown:
        raise InputError(
            Words(
                f"{unknown[0][:40]}：这一户没有此项",
                f"{unknown[0][:40]}: not a fact of this household",
                code="ui.training-case-fact",
            )
        )
    # Read as a form is: a file from elsewhere may hold whatever anybody put into it.
    given = {name: read_fact(name, _as_typed(entry["facts"][name])) for name in names if name in entry["facts"]}
    facts = {**plain_household(kind), **given}
    check_corrections({**facts, "round": round_name}, {name: given[name] for name in given if name in FACT})
    return _written(
        {key: str(entry.get(key, "")) for key in ("title", "ask", "explain", "clause")}, kind, facts, round_name
    )


def _written(typed: Mapping[str, str], kind: str, facts: Facts, round_name: str) -> OwnCase:
    clause = typed.get("clause", "")
    return OwnCase(
        title=_text(typed.get("title"), "title"),
        kind=kind,
        facts=facts,
        ask=_text(typed.get("ask"), "ask"),
        explain=_text(typed.get("explain"), "explain"),
        clause=_one_of(clause, tuple(clauses()), ("条款", "clause")) if clause else "",
        round_name=round_name,
        # The rules say it, not the trainer: an answer that the rules would not give teaches what is wrong.
        result=result_in(facts, kind, round_name),
    )


def _names(kind: str) -> tuple[str, ...]:
    return tuple(name for section in editable(kind).values() for name in section)


def _as_typed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _text(value: Any, field: str) -> str:
    labels = {"title": ("名称", "title"), "ask": ("题目", "question"), "explain": ("解释", "explanation")}[field]
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > LONGEST[field]:
        raise InputError(
            Words(
                f"{labels[0]}：要写，不超过 {LONGEST[field]} 个字",
                f"{labels[1]}: needed, at most {LONGEST[field]} characters",
                code="ui.training-text",
            )
        )
    return text


def _one_of(value: Any, accepted: tuple[str, ...], labels: tuple[str, str]) -> str:
    if value not in accepted:
        raise InputError(
            Words(
                f"{labels[0]}“{str(value)[:40]}”：应为 {'、'.join(accepted)} 之一",
                f"{labels[1]} {str(value)[:40]!r}: one of {', '.join(accepted)}",
                code="ui.training-choice",
            )
        )
    return str(value)
