"""How many households the edge register holds, by county and state: figures without a name, for who reads no register."""

from workbench.store.facts import FactStore


def edge_counts(facts: FactStore, url: str | None) -> dict[str, dict[str, int]]:
    """Count by county the households managed (`active`) and those that left (`left`); empty where nobody has begun a register."""
    # Late: where there is no register, the database's library need not be loaded.
    from workbench.register.location import register_exists  # noqa: PLC0415

    if not register_exists(facts.root, url):
        return {}
    from sqlalchemy import func, select  # noqa: PLC0415

    from workbench.register.access.acting_user import existing_register  # noqa: PLC0415
    from workbench.register.db.follow_up_tables import EdgeHousehold  # noqa: PLC0415

    register = existing_register(facts, url)
    if register is None:
        return {}
    query = select(EdgeHousehold.county, EdgeHousehold.state, func.count()).group_by(
        EdgeHousehold.county, EdgeHousehold.state
    )
    counts: dict[str, dict[str, int]] = {}
    with register.engine.connect() as connection:
        for county, state, households in connection.execute(query):
            counts.setdefault(county, {})[state] = households
    register.engine.dispose()
    return counts
