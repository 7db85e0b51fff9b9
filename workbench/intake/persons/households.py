"""Members grouped into households, and the facts derived from them as `parameters/intake_facts.yaml` says."""

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from workbench.domain.facts import FACT, FactType
from workbench.domain.parameters import load_yaml
from workbench.errors import Words
from workbench.intake.findings.problems import Findings
from workbench.intake.findings.result import COUNTY, KEY
from workbench.intake.persons import family_types, identity_numbers
from workbench.intake.persons.heads_only import names_only_heads
from workbench.intake.persons.members import ID_NUMBER, PERSON, Members, bad, parsed
from workbench.intake.reading.rows import rows_where
from workbench.intake.reading.sheet import ROW
from workbench.intake.reading.text import to_the_hundredth
from workbench.intake.tables.layouts import HOUSEHOLD, Layout, columns

ROWS = "#rows"
INCOMPLETE = "#incomplete"
_HEALTH = "健康状况"
_PARTS = ("income_wage", "income_business", "income_property", "income_transfer", "cost_business")


def derive(members: Members, layout: Layout | None, round_name: str, findings: Findings) -> pl.DataFrame:
    """One row a household, sorted by `household_id`: the facts that the file provides, `#rows` and `#incomplete`."""
    rules = load_yaml("intake_facts")
    once = rows_where(members.frame, ~_again_in_household(members.present))
    once = family_types.with_ages(once, members.present, round_name)
    shared = _household_columns(rules, members.present)
    households = once.group_by(HOUSEHOLD, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias(ROWS),
        pl.col(COUNTY).first(),
        *(expr for name in shared for expr in _agreed(name)),
        *(pl.col(name).drop_nulls().first().alias(name) for name in ("乡", "村") if name in members.present),
        *_member_facts(rules, members.present),
        *family_types.of_members(members.present),
    )
    _report_contradictions(once, households, shared, findings)
    households = households.with_columns(_persons(rules, members.present).alias("persons"))
    incomplete = pl.lit(value=True) if names_only_heads(members) else _incomplete(households, members)
    households = households.with_columns(incomplete.alias(INCOMPLETE))
    if rules["persons"]["column"] not in members.present:  # then the rows are counted, and one is missing
        households = households.with_columns(pl.when(~pl.col(INCOMPLETE)).then(pl.col("persons")).alias("persons"))
    facts = {name: expr for name, expr in _facts(rules, members.present, layout).items() if expr is not None}
    frame = households.select(
        pl.col(HOUSEHOLD).alias(KEY),
        COUNTY,
        *(
            pl.col(name).alias(fact)
            for name, fact in (("乡", "township"), ("村", "village"))
            if name in households.columns
        ),
        "persons",
        ROWS,
        INCOMPLETE,
        *(expr.alias(name) for name, expr in facts.items()),
        *family_types.of_households(members.present, INCOMPLETE),
    )
    frame = _with_net_income(frame, rules["net_income"])
    return _with_income_pc(frame, rules["income_pc"]).sort(KEY)


def _again_in_household(present: frozenset[str]) -> pl.Expr:
    """Whether a row repeats a member of the same household; a member is counted once."""
    keys: list[pl.Expr] = []
    if ID_NUMBER in present:
        keys.append(identity_numbers.person_key(pl.col(ID_NUMBER)))
    if PERSON in present:
        keys.append(pl.col(PERSON))
    again = [key.is_not_null() & ~pl.struct(HOUSEHOLD, key.alias("#member")).is_first_distinct() for key in keys]
    return pl.any_horizontal(again or [pl.lit(value=False)])


# -- what the rows of a household agree on ------------------------------------------------------------------------------


def _household_columns(rules: dict[str, Any], present: frozenset[str]) -> list[str]:
    """The columns whose value is the household's, repeated on the rows of its members."""
    named = [rule["column"] for rule in rules["numbers"].values()] + [rules["persons"]["column"]]
    named += [one["column"] for rule in rules["codes"].values() if rule.get("per") != "member" for one in rule["from"]]
    return [name for name in dict.fromkeys(named) if name in present]


def _agreed(name: str) -> Iterable[pl.Expr]:
    """The one value of a household, null where its rows differ or a cell is bad; and whether that is so."""
    values = parsed(name).drop_nulls()
    if columns()[name].type == "code":
        # "" is the meaning of a code that says nothing.
        values = values.filter(values != "")
    # A cell that cannot be read may be the very one that differs.
    doubtful = (values.n_unique() > 1) | bad(name).any()
    yield pl.when(~doubtful).then(values.first()).alias(f"={name}")
    yield doubtful.alias(f"?{name}")
    yield (values.n_unique() > 1).alias(f"≠{name}")


def _report_contradictions(
    members: pl.DataFrame, households: pl.DataFrame, shared: list[str], findings: Findings
) -> None:
    for name in shared:
        differing = households.filter(pl.col(f"≠{name}"))[HOUSEHOLD]
        if differing.is_empty():
            continue
        rows = members.filter(pl.col(HOUSEHOLD).is_in(differing.implode()) & parsed(name).is_not_null())
        rows = rows.filter(parsed(name) != parsed(name).first().over(HOUSEHOLD)).unique(HOUSEHOLD, keep="first")
        findings.problem(
            rows.select(row=ROW, value=pl.col(name)), name, "contradiction",
            Words(
                "与同户其他行不一致；此项记为未知，请统一后再导入",
                "differs from the other rows of the household; the fact is not known until the rows agree",
            ),
        )  # fmt: skip


# -- counts and codes of members ----------------------------------------------------------------------------------------


def _member_facts(rules: dict[str, Any], present: frozenset[str]) -> Iterable[pl.Expr]:
    """Facts that ask every member; null where one is not known, unless another settles it."""
    for fact, rule in rules["counts"].items():
        if rule["column"] in present:
            yield _count(_is_one_of(rule["column"], rule["values"])).alias(fact)
    for fact, rule in rules["sums"].items():
        if rule["column"] in present:
            yield _count(parsed(rule["column"])).cast(pl.Float64).alias(fact)
    if ID_NUMBER in present and _HEALTH in present:
        yield _count(_severe(rules["severe_disability"])).alias("severely_disabled")
    for fact, rule in rules["codes"].items():
        asked = rule if rule.get("per") == "member" else rule.get("members")
        sources = [one for one in asked["from"] if one["column"] in present] if asked else []
        if asked is rule and sources:
            yield _worst_member(_member_worst(sources), _top(rule)).alias(f"*{fact}")
        # The lowest level over several sources cannot be told with one of them missing.
        elif sources and len(sources) == len(asked["from"]):
            yield _worst_member(_member_best(sources), _top(asked)).alias(f"*{fact}")


def _count(value: pl.Expr) -> pl.Expr:
    # One member who is not known makes the count unknown: without them it would be too low and look certain.
    return pl.when(~value.is_null().any()).then(value.sum())


def _is_one_of(name: str, values: list[str]) -> pl.Expr:
    if not columns()[name].multiple:
        return parsed(name).is_in(values).cast(pl.Int64)
    return pl.any_horizontal([parsed(name).list.contains(value) for value in values]).cast(pl.Int64)


def _severe(rule: dict[str, Any]) -> pl.Expr:
    """1 or 0; null for a disabled member whose certificate number the file does not bear."""
    grade = identity_numbers.grade(pl.col(ID_NUMBER), rule["types"], rule["known_grades"])
    able = ~parsed(_HEALTH).list.contains("残疾")
    return pl.when(grade.is_not_null()).then(grade.is_in(rule["grades"]).cast(pl.Int64)).when(able).then(0)


def _level(source: dict[str, Any]) -> pl.Expr:
    """The level (or 1 / 0 of a boolean) that a member's cell gives; of several codes in a cell the highest."""
    name, levels = source["column"], {code: int(level) for code, level in source["values"].items()}
    if not columns()[name].multiple:
        return parsed(name).replace_strict(levels, default=None, return_dtype=pl.Int64)
    each = pl.element().replace_strict(levels, default=None, return_dtype=pl.Int64)
    return parsed(name).list.eval(each).list.max()


def _top(rule: dict[str, Any]) -> int:
    return max(int(level) for source in rule["from"] for level in source["values"].values())


def _member_worst(sources: Sequence[dict[str, Any]]) -> pl.Expr:
    worst = pl.max_horizontal([_level(source) for source in sources])
    unreadable = pl.any_horizontal([bad(source["column"]) for source in sources])
    top = max(int(level) for source in sources for level in source["values"].values())
    # Nothing lies above the top, so that an unreadable cell cannot change it.
    return pl.when((worst == top) | ~unreadable).then(worst)


def _member_best(sources: Sequence[dict[str, Any]]) -> pl.Expr:
    """The lowest level over all sources; above the lowest possible only if every source is known."""
    levels = [_level(source) for source in sources]
    best = pl.min_horizontal(levels)
    known = ~pl.any_horizontal([level.is_null() for level in levels])
    return pl.when((best == 0) | known).then(best)


def _worst_member(level: pl.Expr, top: int) -> pl.Expr:
    # As with Kleene's "or": one member at the top settles it, whoever else is not known.
    return pl.when((level == top).any()).then(top).when(~level.is_null().any()).then(level.max())


# -- facts of the household ---------------------------------------------------------------------------------------------


def _persons(rules: dict[str, Any], present: frozenset[str]) -> pl.Expr:
    name = rules["persons"]["column"]
    rows = pl.col(ROWS) if rules["persons"]["rows_where_not_stated"] else pl.lit(None, pl.Int64)
    if name not in present:
        return rows
    return pl.when(pl.col(f"?{name}")).then(None).otherwise(pl.coalesce(pl.col(f"={name}"), rows))


def _incomplete(households: pl.DataFrame, members: Members) -> pl.Expr:
    """Households of which a member is missing: fewer rows than persons, or a rejected row's number begins with theirs."""
    missing = pl.col(ROWS) < pl.col("persons").fill_null(0)
    if PERSON not in members.present or members.rejected.is_empty():
        return missing
    known = set(households[HOUSEHOLD])
    lengths = {len(one) for one in known}
    numbers = members.rejected[PERSON].drop_nulls()
    # A person's number begins with the household's: a rejected row so still tells whose member is missing.
    strayed = {number[:length] for number in numbers for length in lengths if number[:length] in known}
    return missing | pl.col(HOUSEHOLD).is_in(sorted(strayed))


def _facts(rules: dict[str, Any], present: frozenset[str], layout: Layout | None) -> dict[str, pl.Expr | None]:
    counted = [
        *(fact for table in ("counts", "sums") for fact, rule in rules[table].items() if rule["column"] in present),
        *(["severely_disabled"] if ID_NUMBER in present and _HEALTH in present else []),
    ]
    facts: dict[str, pl.Expr | None] = {name: pl.when(~pl.col(INCOMPLETE)).then(pl.col(name)) for name in counted}
    for fact, rule in rules["numbers"].items():
        facts[fact] = pl.col(f"={rule['column']}") if rule["column"] in present else None
    for fact, rule in rules["codes"].items():
        facts[fact] = _coded(fact, rule, present)
    if facts["kind"] is None and layout is not None and layout.kind is not None:
        facts["kind"] = pl.lit(layout.kind["value"])
    return facts


def _coded(fact: str, rule: dict[str, Any], present: frozenset[str]) -> pl.Expr | None:
    sources = [source for source in rule["from"] if source["column"] in present]
    if rule.get("per") == "member":
        return _typed(fact, _complete(fact, _top(rule))) if sources else None
    if rule["combine"] == "first":
        return _first(sources) if sources else None
    levels = [_household_level(source, rule.get("other")) for source in sources]
    doubtful = [pl.col(f"?{source['column']}") for source in sources]
    if "members" in rule and {one["column"] for one in rule["members"]["from"]} <= present:
        levels.append(_complete(fact, _top(rule)))
    if not levels:
        return None
    worst = pl.max_horizontal(levels)
    certain = ~pl.any_horizontal(doubtful or [pl.lit(value=False)])
    return _typed(fact, pl.when((worst == _top(rule)) | certain).then(worst))


def _complete(fact: str, top: int) -> pl.Expr:
    """What the members say; with a member missing only what no further member can change."""
    return pl.when((pl.col(f"*{fact}") == top) | ~pl.col(INCOMPLETE)).then(pl.col(f"*{fact}"))


def _first(sources: Sequence[dict[str, Any]]) -> pl.Expr:
    """The first source that says something, unless it says what cannot be read or two things at once."""
    said = []
    for source in sources:
        value = pl.col(f"={source['column']}")
        said.append(value.replace_strict(source["values"], default=None) if "values" in source else value)
    result = pl.lit(None, pl.String)
    for source, value in reversed(list(zip(sources, said, strict=True))):
        result = pl.when(pl.col(f"?{source['column']}")).then(None).otherwise(pl.coalesce(value, result))
    return result


def _household_level(source: dict[str, Any], other: bool | None) -> pl.Expr:  # noqa: FBT001 - a level of YAML
    value = pl.col(f"={source['column']}")
    levels = {code: int(level) for code, level in source["values"].items()}
    known = value.replace_strict(levels, default=None, return_dtype=pl.Int64)
    return known if other is None else pl.when(value.is_not_null()).then(known.fill_null(int(other)))


def _typed(fact: str, level: pl.Expr) -> pl.Expr:
    return level.cast(pl.Boolean) if FACT[fact].type is FactType.BOOLEAN else level


def _with_net_income(frame: pl.DataFrame, rule: dict[str, Any]) -> pl.DataFrame:
    ways = []
    if rule["from_parts"] and set(_PARTS) <= set(frame.columns):
        # A part that is not known is not nought.
        ways.append(pl.sum_horizontal(*_PARTS[:-1], ignore_nulls=False) - pl.col(_PARTS[-1]))
    if rule["from_income_pc"] and "income_pc" in frame.columns:
        ways.append(to_the_hundredth(pl.col("income_pc") * pl.col("persons")))
    return frame.with_columns(pl.coalesce(ways).cast(pl.Float64).alias("net_income")) if ways else frame


def _with_income_pc(frame: pl.DataFrame, rule: dict[str, Any]) -> pl.DataFrame:
    """The income per person of a list that states none, from the household's; no column where nobody's is known."""
    if not rule["from_net_income"] or "income_pc" in frame.columns or "net_income" not in frame.columns:
        return frame
    share = to_the_hundredth(pl.col("net_income") / pl.when(pl.col("persons") > 0).then("persons"))
    shared = frame.with_columns(share.alias("income_pc"))
    # An empty column would wipe what is known of the households from elsewhere (0004).
    return frame if shared["income_pc"].null_count() == len(shared) else shared
