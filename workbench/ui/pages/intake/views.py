"""What the intake page shows of a session, as HTML, and the list of findings as a file."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from workbench.domain.facts import KINDS
from workbench.domain.parameters import counties, tier_parameters
from workbench.domain.rounds import months_between
from workbench.domain.rules.legal_readings import reading
from workbench.errors import QuestionError
from workbench.intake.export import OWN_PERSONS
from workbench.intake.findings.problems import Problem
from workbench.intake.household_list import NAME as OWN_HOUSEHOLDS
from workbench.intake.tables.layouts import layouts
from workbench.statistics.tiers import UNDETERMINED_KEY, count_tiers, lifted_facts
from workbench.store.round_scope import RoundScope
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.files.download import CSV, XLSX, File, Sheet, csv_bytes, file_name, xlsx_bytes
from workbench.ui.kit.texts.facts import fact_label, fact_value
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.intake.account import following, jobs_are_done, own_county
from workbench.ui.pages.intake.reasons import problem_in_words, reasons
from workbench.ui.pages.intake.state import LARGE, PAGE_ROWS, IntakeSession

# A day of eight digits says its month too; a longer number says none.
_MONTH_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.年/ ]?(1[0-2]|0?[1-9])(?:[-_.月]?[0-3]?\d)?(?!\d)")
_MONTHS_AROUND = 3


def options_html(session: IntakeSession, t: Language) -> Markup:
    """County and kind of files that do not say them, the mapping in use, the layouts that are recognised."""
    as_written = ("", t("按文件所写"))
    named = [as_written, *_counties(t)]
    kinds = [as_written, *((code, t.label(label)) for code, label in KINDS.items())]
    return render(
        "intake_options", t,
        sends=sends, counties=named, county=session.given_county, kinds=kinds, kind=session.given_kind,
        mapping=session.choice.name,
        layouts=[t.label((each.zh, each.en)) for each in layouts()],
    )  # fmt: skip


def _counties(t: Language) -> list[tuple[str, str]]:
    """The counties that a file may be of: an officer's own, or all for whoever keeps the system."""
    own = own_county()
    return [(code, county_name(code, t)) for code in counties() if own in ("", code)]


def outcome_html(session: IntakeSession, t: Language, *, reading: bool) -> Markup:
    """Return what came of reading; where nothing did yet, how to begin."""
    outcome = session.outcome
    # Nothing while it is read: the bar of the work says so already.
    if not session.name or (outcome is None and reading):
        return Markup()
    if outcome is None or outcome.result is None:
        trouble = t.words(outcome.trouble) if outcome and outcome.trouble else ""
        questions = outcome.question.all() if outcome and outcome.question else ()
        asked = {each.asks: each for each in questions}
        return render(
            "intake_trouble", t,
            sends=sends, file=session.name, trouble=trouble, asked=" ".join(_asked(each, t) for each in questions),
            # One form only where it can answer all that is asked; columns are answered below, each for itself.
            answers=bool(asked) and asked.keys() <= {"county", "kind"}, county="county" in asked, kind="kind" in asked,
            counties=_counties(t),
            kinds=[(code, t.label(label)) for code, label in KINDS.items()],
            # Offered and not taken: what a list does not say is asked, never guessed (0027).
            likely=asked["kind"].likely if "kind" in asked else "",
        )  # fmt: skip
    result = outcome.result
    layout = _layout(result.layout, t)
    refusal = session.refusal() if outcome.taken is None else None
    return render(
        "intake_outcome", t,
        sends=sends, serial=session.serial, file=session.name, result=result, layout=layout,
        named=_named(other_month(session.name, session.round_name), t),
        round=round_title(session.round_name, t), notes=[t.words(note) for note in result.notes if layout not in t.words(note)],
        counties=[(county_name(code, t), table.num_rows) for code, table in result.facts.items()],
        # Once it is taken in, the comparison is of a store that is no more.
        comparison=outcome.comparison if outcome.taken is None else None, fact_label=fact_label, fact_value=fact_value,
        refusal=t.words(refusal) if refusal else "", taken=outcome.taken,
        changed=[(code, county_name(code, t)) for code in outcome.taken or ()], round_name=session.round_name,
        tiers=_of_tiers(session, outcome.taken) if outcome.taken else None, following=following(),
        later=jobs_are_done() and result.accepted_households >= LARGE,
    )  # fmt: skip


def _of_tiers(session: IntakeSession, codes: Sequence[str]) -> tuple[int, int]:
    """Count the lifted households just taken in of which the rules cannot tell yet, and all of them."""
    name, tiers = session.round_name, tier_parameters(session.round_name)
    unknown = every = 0.0
    for code in codes:
        counts = count_tiers(lifted_facts(RoundScope(session.store, name, code)), tiers, reading("default")).city
        unknown += counts[UNDETERMINED_KEY].households
        every += sum(each.households for each in counts.values())
    return round(unknown), round(every)


def _named(month: str, t: Language) -> str:
    return t.round(month) if month else ""


def other_month(file: str, round_name: str) -> str:
    """The month that a file's name says, `YYYY-MM`, where it is too far from the round for lists of it; else empty."""
    for year, month in _MONTH_IN_NAME.findall(file):
        named = f"{year}-{int(month):02d}"
        # A list is drawn in the weeks around its round; half a year off is another round's.
        if abs(months_between(named, round_name)) > _MONTHS_AROUND:
            return named
    return ""


def _asked(question: QuestionError, t: Language) -> str:
    """What the page's own controls answer, in its own words."""
    match question.asks:
        case "kind":
            likely = t.label(KINDS[question.likely]) if question.likely else ""
            said = t("名单没有写各户是哪一种，请选择。")
            return said + (t("看内容，可能是{kind}。", kind=likely) if likely else "")
        case "county":
            return t("名单没有写属于哪个县区，请选择。")
        case "household_number":
            return t("没有一列认作户编号；请在下面“各列认作什么”里，把能区分各户的那一列认作户编号。")
        case "columns":
            return t("除户编号外，没有一列是认识的；请在下面“各列认作什么”里逐列指明。")
    return t.words(question.message)


def _layout(name: str, t: Language) -> str:
    labels = {each.name: t.label((each.zh, each.en)) for each in layouts()}
    # Neither is a layout that the program knows by a name.
    own = t("各单位自有的名单") if name in (OWN_PERSONS, OWN_HOUSEHOLDS) else t("按列的对应读入")
    return labels.get(name, own)


def findings_html(session: IntakeSession, t: Language) -> Markup:
    """One page of the findings looked at."""
    listed = session.listed()
    lines = runs_of_rows(listed)
    pages = max(1, -(-len(lines) // PAGE_ROWS))
    # The list may have become shorter since the page was chosen.
    number = min(session.number, pages - 1)
    shown = lines[number * PAGE_ROWS : (number + 1) * PAGE_ROWS]
    # Of the whole file, not of the page of it: a filter says how much it would leave.
    counted = Counter(each.reason for kind, each in session.listed_problems() if session.kind in ("", kind))
    words = reasons()
    by_reason = [(key, t.words(words[key][0]) if key in words else key, n) for key, n in counted.most_common()]
    return render(
        "intake_problems", t,
        sends=sends, session=session, reasons=by_reason, number=number, pages=pages, count=len(listed),
        rows=[(kind, each, last, *problem_in_words(each, t)) for kind, each, last in shown], sheets=_several_sheets(session),
    )  # fmt: skip


def runs_of_rows(findings: Sequence[tuple[str, Problem]]) -> list[tuple[str, Problem, int | None]]:
    """Findings as lines: neighbouring rows of which the very same is to be said are one line, with the last of the rows.

    A list of persons has a household's own column in each row: what is wrong with it is said once.
    """
    lines: list[tuple[str, Problem, int | None]] = []
    ends: dict[tuple[object, ...], int] = {}
    for kind, each in findings:
        key = (kind, each.sheet, each.column, each.value, each.reason)
        line = ends.get(key)
        if line is not None and each.row is not None and lines[line][2] == each.row - 1:
            lines[line] = (*lines[line][:2], each.row)
            continue
        ends[key] = len(lines)
        lines.append((kind, each, each.row))
    return lines


def _several_sheets(session: IntakeSession) -> bool:
    """Whether the findings are of several sheets, so that each says of which."""
    return session.result is not None and bool(session.result.parts)


def findings_file(session: IntakeSession, t: Language, ending: str) -> File:
    """All findings looked at, as "xlsx" or "csv"."""
    kinds = {"problem": t("问题"), "warning": t("提示")}
    several = _several_sheets(session)
    rows = [
        [kinds[kind], *([each.sheet] if several else []), each.row, each.column, each.value, *problem_in_words(each, t)]
        for kind, each in session.listed()
    ]
    headers = [
        t("类别"),
        *([t("工作表")] if several else []),
        t("行"),
        t("列"),
        t("值（个人信息已遮盖）"),
        t("发现"),
        t("办法"),
    ]
    sheet = Sheet(t("问题和办法"), headers, rows)
    name = file_name(Path(session.name).stem, t("问题"), ending=f".{ending}")
    return File(name, XLSX, xlsx_bytes([sheet])) if ending == "xlsx" else File(name, CSV, csv_bytes(sheet))
