"""Tiers and a preview by hand in DuckDB: SQL over the files."""

from pathlib import Path

import duckdb

from benchmarks.by_hand.in_polars import CHECKS, GROUPS, GUARANTEES
from benchmarks.by_hand.record import CEILING_ABOVE, Counted

_TIERS = """
with now as (select * from read_parquet('{root}/facts/round=2019-10/**/*.parquet', hive_partitioning = true) where kind = 'lifted'),
past as (select county_code, household_id, out_of_pocket as before, true as seen
         from read_parquet('{root}/facts/round=2019-05/**/*.parquet', hive_partitioning = true)),
assessed as (
  select labour + 0.5 * weak_labour = 0 as no_labour,
    land_mu / persons < 0.3 and income_business <= 0 and income_property <= 0 as no_resources,
    work_months < 6 and (income_business - cost_business) / persons < 0.5 * 3218 as no_stable_income,
    out_of_pocket > 0.3::double * net_income or (coalesce(seen, false) and out_of_pocket > 1.3::double * before
      and out_of_pocket > 0.15::double * net_income) as rigid,
    {difficulty} as difficulty, {potential} as potential, income_pc < 1.5 * 3218 as near_line,
    income_business - cost_business > 0 and income_business - cost_business < 0.5 * 3218 * persons as small,
    labour > 0 and skilled = 0 as weak, work_months > 0 and work_months < 6 as unstable, cause = '缺资金' as funds
  from now left join past using (county_code, household_id)),
two as (select (difficulty and (no_labour or no_resources or no_stable_income or rigid))
    or (no_labour and no_resources and no_stable_income) as red,
  difficulty or potential or near_line or (small and weak) or (small and unstable) or (small and funds)
    or (weak and unstable) or (weak and funds) or (unstable and funds) as yellow from assessed)
select count(*) filter (red), count(*) filter (not red and yellow), count(*) filter (not red and not yellow),
  count(*) filter (red is null or (not red and yellow is null)) from two
"""
_THREE = "count(*) filter (edge), count(*) filter (edge is null), count(*) filter (income_pc < 3218)"
_PREVIEW = """
with routes as (select *,
    income_pc >= 3218 and (income_pc < {multiple}::double * 3218 or (disability and income_pc < 1.8 * 3218)) and ({groups}) as by_income,
    income_pc >= 3218 and (income_pc < {above}::double or (disability and income_pc < 1.8 * 3218)) and ({groups}) as by_income_above,
    income_pc >= 3218 and income_pc < 2 * 3218 and out_of_pocket > 0.5::double * net_income as by_expenditure
  from {source} where kind = 'unregistered'),
assessed as (select *, (by_income or by_expenditure) and not ({checks}) as edge,
  (by_income_above or by_expenditure) and not ({checks}) as edge_above from routes)
select {asked} from assessed {grouped}
"""


def tiers(root: Path) -> list[int]:
    """Households of tier 1, 2, 3, and undetermined."""
    levels = {
        name: " or ".join(f"{each} = {level}" for each in GUARANTEES)
        for name, level in (("difficulty", 2), ("potential", 1))
    }
    return list(duckdb.connect().execute(_TIERS.format(root=root, **levels)).fetchone())


def _query(source: str, multiple: float, asked: str, grouped: str = "") -> str:
    lists = {"groups": " or ".join(GROUPS), "checks": " or ".join(CHECKS), "above": CEILING_ABOVE}
    return _PREVIEW.format(source=source, multiple=multiple, asked=asked, grouped=grouped, **lists)


def _three(connection: duckdb.DuckDBPyConnection, source: str, multiple: float) -> list[int]:
    return list(connection.execute(_query(source, multiple, _THREE)).fetchone())


def three_counts(root: Path) -> list[int]:
    """Households in, not told, and below the line, and nothing else."""
    return _three(duckdb.connect(), _files(root), 1.5)


def preview(root: Path) -> list[int]:
    """The record of a preview (`Counted`)."""
    inside = [f"count(*) filter (edge and {name})" for name in [*GROUPS, "by_income", "by_expenditure"]]
    missing = [f"count(*) filter (edge is null and {name} is null)" for name in ["income_pc", *GROUPS, *CHECKS]]
    more = ", ".join([*inside, *missing, "count(*) filter (edge_above)"])
    asked = f"county_code, township, {_THREE}, count(*), {more}"
    rows = duckdb.connect().execute(_query(_files(root), 1.5, asked, "group by county_code, township")).fetchall()
    sums = [sum(column) for column in list(zip(*rows, strict=True))[6:]]
    added = sums[-1] - sum(row[2] for row in rows)
    return Counted(sums[:8], sums[8:10], sums[10:-1], added, [row[:6] for row in rows]).record()


def _files(root: Path) -> str:
    return f"read_parquet('{root}/facts/round=2019-10/**/*.parquet', hive_partitioning = true)"


def loaded(root: Path):  # noqa: ANN201 - a function of a multiple
    """The counts of a preview from facts in memory, by the multiple of its ceiling."""
    connection = duckdb.connect()
    columns = ", ".join(["kind", "income_pc", "net_income", "out_of_pocket", *GROUPS, *CHECKS])
    connection.execute(f"create table facts as select {columns} from {_files(root)} where kind = 'unregistered'")  # noqa: S608
    return lambda multiple: _three(connection, "facts", multiple)
