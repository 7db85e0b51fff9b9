"""Tiers that the register has filed, put beside the facts: whoever reads states reads them (contract §4).

Without a register, or with one that has filed nothing in a round, its facts are as they were.
"""

import polars as pl

from workbench.store.facts import FactStore


def with_filed_tiers(
    store: FactStore, round_name: str, facts: pl.DataFrame, register: str | None = None
) -> pl.DataFrame:
    """Facts of a round with `filed_tier` as the register has filed it, else as they had it.

    `facts` holds household_id, county_code, filed_tier; `register`: the URL of a register that is not in the store. None is
    made where there is none.
    """
    filed = _filed(store, round_name, facts["county_code"].unique().to_list(), register)
    if filed is None:
        return facts
    place = ["county_code", "household_id"]
    # By county and number: two counties may use the same number.
    rows = facts.select(place).join(filed, on=place, how="left", maintain_order="left")["ours"]
    return facts.with_columns(filed_tier=pl.select(pl.coalesce(rows, facts["filed_tier"])).to_series())


def _filed(store: FactStore, round_name: str, counties: list[str], url: str | None) -> pl.DataFrame | None:
    """county_code, household_id, `ours`; None where nothing was filed."""
    # Late: where there is no register, the database's library need not be loaded.
    from workbench.register.location import register_exists  # noqa: PLC0415

    if not register_exists(store.root, url):
        return None
    from workbench.register.access.acting_user import existing_register  # noqa: PLC0415
    from workbench.register.unit_of_work.fact_import import filed_tiers  # noqa: PLC0415

    register = existing_register(store, url)
    if register is None:
        return None
    with register.engine.connect() as connection:
        rows = [
            (county, *filed) for county in counties for filed in filed_tiers(connection, round_name, county).items()
        ]
    register.engine.dispose()
    schema = {"county_code": pl.String, "household_id": pl.String, "ours": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row") if rows else None
