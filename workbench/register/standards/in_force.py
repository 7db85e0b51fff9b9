"""Which edge-household standard holds in a county, asked here and nowhere else (LA2019-15 §2.2-a).

In force on a day is the approved version with the latest day of effect on or before it. A round has one standard in a
county: that in force on the day of its first proposal there (until then, today), or the version approved for that round.
Where none is, previews use the next approved version, a draft or the reference, named as such, and the register cannot tell.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from workbench.domain.parameters import load_yaml
from workbench.domain.rules.standard import EdgeStandard, decode_standard, parse_standard, read_standard, standard_data
from workbench.errors import FileError, InputError, StoreError, Words
from workbench.register.location import register_exists
from workbench.register.records import StandardRecord
from workbench.register.standards.first_proposals import first_proposal_day, rounds_proposed
from workbench.register.standards.standing import OF_ITS_TIME, STANDINGS, Standing, standing_of
from workbench.safeguards.given_files import read_small
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope

if TYPE_CHECKING:  # a page of a store without a register does not load the database's library
    from sqlalchemy import Connection

    from workbench.register.access.acting_user import ActingUser, Register


class Source(StrEnum):
    """Where a standard comes from; only an approved one is in force."""

    APPROVED = "approved"
    APPROVED_LATER = "approved_later"
    DRAFT = "draft"
    FILE = "file"
    REFERENCE = "reference"


SOURCES: dict[Source, tuple[str, str]] = {
    Source.APPROVED: ("现行标准", "the standard in force"),
    Source.APPROVED_LATER: ("已批准，本期尚未施行", "approved, not in force in this round"),
    Source.DRAFT: ("草案，未施行", "a draft, not in force"),
    Source.FILE: ("文件中的草案，未经批准", "a draft in a file, not approved"),
    Source.REFERENCE: ("参照标准（起点，非建议）", "the reference (a starting point, not advice)"),
}
"""Chinese and English label of every source."""


@dataclass(frozen=True)
class Version:
    """A version of a county's standard, as the register keeps it; `state` is one of `versions.STATES`."""

    id: int
    county: str
    version: int
    hash: str
    effective: str | None
    state: str
    standard: EdgeStandard


@dataclass(frozen=True)
class StandardInUse:
    """The standard that is used for a county and round; `version`: as the register keeps it, None for one that it does not.

    `standing` is of an approved one; that of any other source says nothing.
    """

    standard: EdgeStandard
    source: Source
    version: Version | None = None
    standing: Standing = Standing.PRESENT

    @property
    def in_force(self) -> bool:
        """Whether the county has approved it, and the round is held to it."""
        return self.source is Source.APPROVED

    @property
    def of_its_time(self) -> bool:
        """Whether it is in force, and was so before the next round began: a standard that came later is not called that of the round."""
        return self.in_force and self.standing in OF_ITS_TIME

    @property
    def name(self) -> Words:
        """What it is called: where it comes from, and its version."""
        zh, en = STANDINGS[self.standing] if self.in_force else SOURCES[self.source]
        if self.version is None:
            return Words(zh, en)
        return Words(f"第{self.version.version}版（{zh}）", f"version {self.version.version} ({en})")

    def record(self) -> dict[str, Any]:
        """Plain data of it, for JSON."""
        version = self.version
        return {
            "source": str(self.source), "version": version.version if version else None, "state": version.state if version else None,
            "in_force": self.in_force, "name": {"zh": self.name.zh, "en": self.name.en},
        }  # fmt: skip


def standard_in_use(
    scope: RoundScope, day: dt.date | None = None, register: "str | Register | None" = None
) -> StandardInUse:
    """The standard of a county in a round as it is on a day (None: today, as the register counts its days).

    `register` is one that is open, or the URL of one that is not in the store; a scope of the whole city has only the
    reference. Raises FileError where a county's file breaks the contract and is needed.
    """
    if not scope.county:
        return _reference()
    registered = _registered(scope.store, scope.county, scope.round_name, day, register)
    return registered or _from_file(scope.store.root, scope.county) or _reference()


def standards_in_use(scope: RoundScope, register: "str | Register | None") -> dict[str, StandardInUse]:
    """The standard of each county of a scope as it is today."""
    return {code: standard_in_use(scope.of(code), register=register) for code in scope.counties}


def own_groups_of(user: "ActingUser", county: str, round_name: str) -> Mapping[str, str]:
    """The key groups that the county's standard of a round adds, each with its name."""
    version = approved_standard(user, county, round_name)
    return version.standard.own_groups if version else {}


def approved_standard(user: "ActingUser", county: str, round_name: str) -> Version | None:
    """The one standard that a round has in a county as it is on the user's day; None where none is approved."""
    with user.reading() as connection:
        return standard_of_round(connection, county, round_name, user.today)


def approved_in_use(user: "ActingUser", county: str, round_name: str) -> StandardInUse | None:
    """The one standard that a round has in a county, with how it stands to the round; None where none is approved."""
    with user.reading() as connection:
        version = standard_of_round(connection, county, round_name, user.today)
        return _held_to(connection, version, round_name, user.today) if version else None


def standard_of_round(connection: "Connection", county: str, round_name: str, today: dt.date) -> Version | None:
    """The one standard that a round has in a county; None where the register cannot tell, as none is approved."""
    versions = approved_versions(connection, county)
    # A version approved for the round under way goes before all others: the county decided so, and what it changed went back.
    chosen = [row for row in versions if row["for_round"] == round_name]
    if chosen:
        # Of two approved for the same round the later decision holds.
        return version_of(max(chosen, key=lambda row: (row["approved_at"], row["id"])))
    # A version approved while a round was under way begins with the next one, whatever day it names: households of one
    # round are held to one standard (LA2019-15 §2.2-a).
    usual = [row for row in versions if row["after_round"] is None or row["after_round"] < round_name]
    day = first_proposal_day(connection, county, round_name) or today.isoformat()
    held = [row for row in usual if day_of_effect(row) <= day]
    # A round begun before the county had any standard takes the first that came into force since.
    later = [row for row in usual if day < day_of_effect(row) <= today.isoformat()]
    return version_of(held[-1] if held else later[0]) if held or later else None


def standard_on(connection: "Connection", county: str, day: dt.date) -> Version | None:
    """The standard in force in a county on a day."""
    held = [row for row in approved_versions(connection, county) if day_of_effect(row) <= day.isoformat()]
    return version_of(held[-1]) if held else None


def last_round_begun(connection: "Connection", county: str, today: dt.date) -> str | None:
    """The newest round of a county in which proposals were made under a standard; a version approved now comes after it."""
    begun = rounds_proposed(connection, county)
    return next((name for name in begun if standard_of_round(connection, county, name, today)), None)


def day_of_effect(row: StandardRecord) -> str:
    """The day from which a submitted or approved version holds; none is submitted without one."""
    assert row["effective"] is not None
    return row["effective"]


def version_of(row: StandardRecord) -> Version:
    """A version as its row of the register has it; raises StoreError where its text is not what was registered."""
    from workbench.register.access.acting_user import digest  # noqa: PLC0415

    # What was registered could be read: a text that cannot was changed, as one that says something else.
    try:
        standard = read_standard(row["text"])
    except InputError:
        standard = None
    # The text is what people read and the hash what filings cite: one changed by hand must not be applied in silence.
    if standard is None or digest(standard_data(standard)) != row["hash"]:
        raise StoreError(
            Words(
                f"标准 {row['county']} 第 {row['version']} 版：内容与登记时不同；请管理员核对留痕（workbench audit verify）",
                f"standard {row['county']} v{row['version']}: its text is not what was registered; have the trail verified (workbench audit verify)",
                code="register.standard-text-changed",
            )
        )
    return Version(row["id"], row["county"], row["version"], row["hash"], row["effective"], row["state"], standard)


def approved_versions(connection: "Connection", county: str) -> list[StandardRecord]:
    """The approved versions of a county, by their day of effect."""
    return [row for row in _rows(connection, county) if row["state"] == "approved"]


def _rows(connection: "Connection", county: str) -> list[StandardRecord]:
    from sqlalchemy import select  # noqa: PLC0415

    from workbench.register.db.procedure_tables import CountyStandard  # noqa: PLC0415
    from workbench.register.db.rows import rows_of  # noqa: PLC0415

    table = CountyStandard.__table__
    query = select(table).where(table.c.county == county).order_by(table.c.effective, table.c.id)
    return rows_of(connection, query, StandardRecord)


def _registered(
    store: FactStore, county: str, round_name: str, day: dt.date | None, register: "str | Register | None"
) -> StandardInUse | None:
    """The standard of the round; else the next one approved, else the newest on its way; None where the register has none."""
    opened = opened_register(store, register)
    if opened is None:
        return None
    from workbench.register.clock import today_at  # noqa: PLC0415

    with opened.engine.connect() as connection:
        today = day or today_at(opened)
        in_force = standard_of_round(connection, county, round_name, today)
        if in_force is not None:
            return _held_to(connection, in_force, round_name, today)
        rows = _rows(connection, county)
    # What the county has approved goes before what it only considers, whichever was written down last.
    approved = [row for row in rows if row["state"] == "approved"]
    if approved:
        return _in_use(approved[0], Source.APPROVED_LATER)
    considered = [row for row in rows if row["state"] in ("draft", "submitted")]
    return _in_use(max(considered, key=lambda row: row["version"]), Source.DRAFT) if considered else None


def _held_to(connection: "Connection", version: Version, round_name: str, today: dt.date) -> StandardInUse:
    """An approved version as the standard of a round, with how it stands to the round and to the day."""
    began = first_proposal_day(connection, version.county, round_name)
    # A version is in force until a later one replaces it. One approved for the round under way counts even before its own day.
    own = (version.effective or "", version.id)
    replaced = any(
        own < (day_of_effect(row), row["id"]) and day_of_effect(row) <= today.isoformat()
        for row in approved_versions(connection, version.county)
    )
    standing = standing_of(own[0], round_name, began, present=not replaced)
    return StandardInUse(version.standard, Source.APPROVED, version, standing)


def _in_use(row: StandardRecord, source: Source) -> StandardInUse:
    registered = version_of(row)
    return StandardInUse(registered.standard, source, registered)


def opened_register(store: FactStore, register: "str | Register | None") -> "Register | None":
    """The register there is, opened; None where nobody has begun one."""
    if register is not None and not isinstance(register, str):
        return register
    if not register_exists(store.root, register):
        return None
    from workbench.register.access.acting_user import existing_register  # noqa: PLC0415

    return existing_register(store, register)


def _from_file(root: Path, county: str) -> StandardInUse | None:
    """A draft that lies beside the facts as `standards/<county>.yaml`."""
    path = root / "standards" / f"{quote(county, safe='')}.yaml"
    if not path.exists():
        return None
    content = read_small(path)
    try:
        standard = read_standard(decode_standard(content))
    except InputError as error:
        raise FileError(path, error.words) from None
    if standard.county not in (None, county):
        message = Words(
            f"county 为 {standard.county}，应为 {county}",
            f"county is {standard.county}, must be {county}",
            code="register.county-must",
        )
        raise FileError(path, message)
    return StandardInUse(standard, Source.FILE)


def _reference() -> StandardInUse:
    return StandardInUse(parse_standard(load_yaml("edge_standard")), Source.REFERENCE)
