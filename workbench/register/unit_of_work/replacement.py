"""A simulated city put in place of another: only where nobody has decided anything upon the facts that would go."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from workbench.errors import StoreError, Words
from workbench.register.audit.checksums import RECORD_NAMES, RECORDS, kinds_there
from workbench.register.db.engine import open_engine, readable
from workbench.register.location import register_exists, register_path
from workbench.simulation.city import SimulatedRound
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin
from workbench.store.transaction import holding

_OF_NO_FACTS = frozenset({"account", "password", "setting"})
"""Kinds of record that no fact of a household is behind."""


def replace_city(facts: FactStore, url: str | None, rounds: Iterable[SimulatedRound], origin: Origin) -> dict[str, int]:
    """`ingest.write_city` for a store with a register; raises StoreError where that holds decisions, changing nothing."""
    refuse_decided(facts, url)
    with holding(facts.root):
        refuse_decided(facts, url)  # nobody came before us
        return write_city(facts, rounds, origin)


def refuse_decided(facts: FactStore, url: str | None) -> None:
    """Raise StoreError where a register holds decisions about the facts of the store."""
    if url is None and not register_exists(facts.root):
        return
    engine = open_engine(url or f"sqlite:///{register_path(facts.root)}")
    try:
        with readable(), engine.connect() as connection:
            made = _decisions(connection)
    finally:
        engine.dispose()
    if made:
        raise StoreError(_decided(facts, url, made))


def _decisions(connection: Connection) -> dict[str, int]:
    """How many records there are of each kind that rests on facts."""
    counted = {
        kind: connection.execute(text(f"SELECT count(*) FROM {RECORDS[kind][0][0]}")).scalar_one()  # noqa: S608 - our names
        for kind in kinds_there(connection)
        if kind not in _OF_NO_FACTS
    }
    return {kind: count for kind, count in counted.items() if count}


def _decided(facts: FactStore, url: str | None, made: dict[str, int]) -> Words:
    zh = "、".join(f"{RECORD_NAMES[kind][0]} {count:,}" for kind, count in made.items())
    en = ", ".join(f"{RECORD_NAMES[kind][1]} {count:,}" for kind, count in made.items())
    where = (
        Words("该数据目录", "this store")
        if url is None
        else Words("所指的登记库（--register）", "the register given (--register)")
    )
    return Words(
        f"{facts.root}：{where.zh}已有登记（{zh}），其所依据的户不能换掉；没有更改。请用另一个数据目录（--store）；"
        "演示用的登记不再要时，先删去整个数据目录",
        f"{facts.root}: {where.en} holds decisions ({en}), and the households that they are about cannot be replaced; nothing "
        "was changed. Use another store (--store); where the decisions are a demonstration's and no longer wanted, remove the "
        "whole store first",
        code="register.holds-decisions-households-about",
    )
