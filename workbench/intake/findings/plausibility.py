"""Facts held against plausibility rules, whatever file they come from: each household, and the median of a county's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl
import pyarrow as pa

from workbench.domain.facts import FACT
from workbench.domain.parameters import county_names, load_yaml
from workbench.domain.rounds import round_year
from workbench.errors import Words
from workbench.intake.findings.problems import Findings, Problem
from workbench.intake.findings.result import KEY, IntakeResult, to_arrow
from workbench.intake.findings.rules import HOUSEHOLDS, MEDIAN, PREVIOUS_MEDIAN, ROUND_YEAR, VALUE, Rule
from workbench.intake.reading.sheet import ROW

_PERSONS = "persons"
_A_HEAD = "income_pc"
_SHOWN_DECIMALS = 2


@dataclass(frozen=True)
class _County:
    """A county's households of a file, with the row of each, and what the county's round before held."""

    code: str
    facts: pl.DataFrame
    previous: pl.DataFrame | None


def held_against(
    result: IntakeResult, rules: Iterable[Rule], round_name: str, previous: Mapping[str, pa.Table] | None = None
) -> IntakeResult:
    """The result with the findings of the rules; a fact that a `problem` of a household is about is not known in it.

    `previous`: facts of the round before, by county; without it rules that look back find nothing.
    """
    findings = Findings(sheets=result.parts)
    alone: list[tuple[str, Problem]] = []
    facts = dict(result.facts)
    for code, table in result.facts.items():
        before = (previous or {}).get(code)
        county = _County(code, _with_rows(result, code), None if before is None else pl.DataFrame(before))
        doubtful: dict[str, list[str]] = {}
        for rule in rules:
            if rule.of == MEDIAN:
                alone += _medians(county, rule, round_name)
            else:
                _each(county, rule, round_name, findings, doubtful)
        if doubtful:
            facts[code] = _unknown(table, doubtful)
    problems = [each for severity, each in alone if severity == "problem"]
    warnings = [each for severity, each in alone if severity == "warning"]
    # A rule may have made a household's number of persons unknown, and with it their sum.
    uncounted = not result.persons and any(_lacks_persons(table) for table in facts.values())
    return replace(
        result, facts=facts, accepted_persons=None if uncounted else result.accepted_persons,
        problems=(*problems, *_merged(result.problems, findings.sorted_problems(), result.parts)),
        warnings=(*warnings, *_merged(result.warnings, findings.sorted_warnings(), result.parts)),
        notes=(*result.notes, *findings.notes),
    )  # fmt: skip


def column_of(fact: str) -> str:
    """What a list calls the column of a fact."""
    sources = load_yaml("intake_ledgers")["facts"]
    return str(sources[fact]["column"]) if fact in sources else FACT[fact].zh if fact in FACT else fact


def _lacks_persons(table: pa.Table) -> bool:
    return _PERSONS in table.column_names and table[_PERSONS].null_count > 0


def _merged(earlier: Sequence[Problem], later: Sequence[Problem], parts: Sequence[str]) -> list[Problem]:
    """Both from the top of the first sheet down to the end of the last; what is about no row stands first."""
    places = {sheet: place for place, sheet in enumerate(parts)}
    return sorted([*earlier, *later], key=lambda each: (places.get(each.sheet or "", -1), each.row or 0))


def _with_rows(result: IntakeResult, code: str) -> pl.DataFrame:
    """The households with the first row of each in the sheet, not known where the result does not say."""
    facts = pl.DataFrame(result.facts[code])
    if code not in result.rows:
        return facts.with_columns(pl.lit(None, pl.Int64).alias(ROW))
    rows = pl.DataFrame(result.rows[code]).group_by(KEY).agg(pl.col(ROW).min())
    return facts.join(rows, on=KEY, how="left", maintain_order="left")


# -- households ---------------------------------------------------------------------------------------------------------


def _each(county: _County, rule: Rule, round_name: str, findings: Findings, doubtful: dict[str, list[str]]) -> None:
    condition, columns = rule.condition(), set(county.facts.columns)
    for fact in rule.where:
        # Of a file without one of the facts the rule says nothing: an absent column is not a finding.
        if fact not in columns or not condition.names - {VALUE, ROUND_YEAR} <= columns:
            continue
        frame = county.facts.with_columns(pl.col(fact).alias(VALUE))
        # Null is "cannot tell", of which no finding is made.
        wrong = condition.evaluate({ROUND_YEAR: float(round_year(round_name))}).fill_null(value=False)
        hit = frame.filter(wrong)
        report = findings.problem if rule.severity == "problem" else findings.warn
        message = rule.what.words + Words("；", "; ") + rule.cure.words
        report(hit.select(row=ROW, value=pl.col(fact).cast(pl.String)), column_of(fact), rule.id, message)
        if rule.severity == "problem" and len(hit):
            doubtful.setdefault(fact, []).extend(hit[KEY])


def _unknown(table: pa.Table, doubtful: Mapping[str, list[str]]) -> pa.Table:
    frame = pl.DataFrame(table)
    return to_arrow(
        frame.with_columns(
            pl.when(~pl.col(KEY).is_in(households)).then(pl.col(fact)).alias(fact)
            for fact, households in doubtful.items()
        )
    )


# -- medians ------------------------------------------------------------------------------------------------------------


def _medians(county: _County, rule: Rule, round_name: str) -> Iterable[tuple[str, Problem]]:
    condition = rule.condition()
    for fact in rule.where:
        values = _a_head(county.facts, fact, zeros=rule.zeros)
        if values is None or values.is_empty():
            continue
        now = _median(values["#value"])
        before = _before(county, fact, values[KEY], zeros=rule.zeros)
        known = {
            MEDIAN: now, PREVIOUS_MEDIAN: before, HOUSEHOLDS: float(len(values)), ROUND_YEAR: float(round_year(round_name)),
        }  # fmt: skip
        if pl.select(condition.evaluate(known)).item():
            yield (
                rule.severity,
                _finding(county.code, rule, fact, now, before if PREVIOUS_MEDIAN in condition.names else None),
            )


def _a_head(facts: pl.DataFrame, fact: str, *, zeros: bool) -> pl.DataFrame | None:
    """The known values of a fact per head, of a household where the list does not say how many it has; None without any."""
    if fact not in facts.columns:
        return None
    value = pl.col(fact).cast(pl.Float64)
    if fact != _A_HEAD and FACT[fact].money and _PERSONS in facts.columns:
        value = value / pl.when(pl.col(_PERSONS) > 0).then(pl.col(_PERSONS)).otherwise(1)
    values = facts.select(KEY, value.alias("#value")).drop_nulls()
    return values if zeros else values.filter(pl.col("#value") != 0)


def _before(county: _County, fact: str, households: pl.Series, *, zeros: bool) -> float | None:
    """What the round before showed: of these households where it held any of them, else of all."""
    values = None if county.previous is None else _a_head(county.previous, fact, zeros=zeros)
    if values is None or values.is_empty():
        return None
    # Other households joining or leaving would move the median without any figure being wrong.
    same = values.filter(pl.col(KEY).is_in(households.implode()))
    return _median((values if same.is_empty() else same)["#value"])


def _median(values: pl.Series) -> float:
    return round(float(values.median()), _SHOWN_DECIMALS)  # type: ignore[arg-type]


def _finding(code: str, rule: Rule, fact: str, now: float, before: float | None) -> Problem:
    place = Words(*county_names(code))
    column = column_of(fact)
    seen = Words(f"，{column}，中位数 {now:,.2f}", f", {column}, median {now:,.2f}")
    if before is not None:
        seen += Words(f"（上一期次 {before:,.2f}）", f" (round before: {before:,.2f})")
    message = place + seen + Words("：", ": ") + rule.what.words + Words("；", "; ") + rule.cure.words
    return Problem(None, column, f"{now:.2f}", rule.id, message)
