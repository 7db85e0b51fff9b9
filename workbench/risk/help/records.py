"""Help put beside labels: who was visited, planned for or followed between a round and the next, as the register has it."""

import polars as pl

from workbench.store.facts import FactStore

HELP: dict[str, pl.DataType] = {
    "help_visits": pl.Int64(), "help_plan": pl.Boolean(), "help_edge_register": pl.Boolean(),
}  # fmt: skip
"""Columns beside a label: visits between the rounds, a plan with measures running, membership of the edge register."""
_KEY = ["county_code", "household_id"]


def helped() -> pl.Expr:
    """Whether a household was planned for or followed; null where no register says so. A visit alone is no help."""
    return pl.col("help_plan") | pl.col("help_edge_register")


def with_help(store: FactStore, frame: pl.DataFrame, start: str, end: str, register: str | None = None) -> pl.DataFrame:
    """A frame of households of the round `start` with HELP; all null where no register was begun.

    `frame` holds county_code, household_id; `register`: as for `with_filed_tiers`.
    """
    given = _given(store, frame["county_code"].drop_nulls().unique().sort().to_list(), start, end, register)
    if given is None:
        return frame.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in HELP.items())
    # As texts, whatever they are where there is not one row.
    rows = frame.select(pl.col(_KEY).cast(pl.String)).join(given, on=_KEY, how="left", maintain_order="left").drop(_KEY)
    # Whom the register does not name was not helped, as far as it goes: that is what it is for.
    nothing = {"help_visits": 0, "help_plan": False, "help_edge_register": False}
    return frame.hstack(rows.select(pl.col(name).fill_null(value) for name, value in nothing.items()))


def _given(store: FactStore, counties: list[str], start: str, end: str, url: str | None) -> pl.DataFrame | None:
    # Late: where there is no register, the database's library need not be loaded.
    from workbench.register.location import register_exists  # noqa: PLC0415

    if not register_exists(store.root, url):
        return None
    from workbench.register.access.acting_user import existing_register  # noqa: PLC0415
    from workbench.register.assistance.help_given import help_given  # noqa: PLC0415

    opened = existing_register(store, url)
    if opened is None:
        return None
    rows: list[tuple[str, str, int, bool, bool]] = []
    with opened.engine.connect() as connection:
        for county in counties:
            given = help_given(connection, county, start, end)
            rows += [
                (county, name, given.visits.get(name, 0), name in given.planned, name in given.in_edge_register)
                for name in sorted({*given.visits, *given.planned, *given.in_edge_register})
            ]
    opened.engine.dispose()
    return pl.DataFrame(rows, schema={**dict.fromkeys(_KEY, pl.String), **HELP}, orient="row")
