"""Tables of the procedure: accounts, visits, entries and their steps, filings, standards, settings.

Personal data (what a visit found, notes of a case, names of members) is in tables of its own, `personal_…`: whoever
may not read it reads the others. Times are ISO 8601 text in Beijing time, days `YYYY-MM-DD`.
"""

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.register.db.engine import Base

_ID, _NAME, _CODE, _HASH, _TIME, _DAY = String(64), String(100), String(32), String(64), String(32), String(10)


class Account(Base):
    """Somebody who may act; `county`, `township`, `village` are the area, as finely as the role has it."""

    __tablename__ = "account"

    account: Mapped[str] = mapped_column(_NAME, primary_key=True)
    name: Mapped[str] = mapped_column(_NAME)
    role: Mapped[str] = mapped_column(_CODE)
    county: Mapped[str | None] = mapped_column(_CODE)
    township: Mapped[str | None] = mapped_column(_NAME)
    village: Mapped[str | None] = mapped_column(_NAME)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class Password(Base):
    """The Argon2 hash of an account's password; `must_change` where an administrator set it."""

    __tablename__ = "password"

    account: Mapped[str] = mapped_column(ForeignKey("account.account"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[str] = mapped_column(_TIME)
    # Empty, not false, where it is one's own: empty columns are in no checksum (decision 0016).
    must_change: Mapped[bool | None] = mapped_column(Boolean)


class Setting(Base):
    """A figure of the procedure that a county sets for itself (`parameters/procedure.yaml` names them), from a day on."""

    __tablename__ = "setting"

    county: Mapped[str] = mapped_column(_CODE, primary_key=True)
    name: Mapped[str] = mapped_column(_CODE, primary_key=True)
    effective: Mapped[str] = mapped_column(_DAY, primary_key=True)
    value: Mapped[str] = mapped_column(_NAME)
    reason: Mapped[str] = mapped_column(Text)


class Visit(Base):
    """A visit to a household in a round (§2.1.1-a)."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    household_id: Mapped[str] = mapped_column(_ID, index=True)
    round: Mapped[str] = mapped_column(String(7))
    county: Mapped[str] = mapped_column(_CODE)
    township: Mapped[str | None] = mapped_column(_NAME)
    village: Mapped[str | None] = mapped_column(_NAME)
    day: Mapped[str] = mapped_column(_DAY)
    visitors: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(_NAME)
    at: Mapped[str] = mapped_column(_TIME)
    # When it was withdrawn, None for a visit that stands: what was found is not lost, and counts no more.
    withdrawn_at: Mapped[str | None] = mapped_column(_TIME)


class VisitFinding(Base):
    """What a visit found in one of the five domains; may tell of illness, hence personal."""

    __tablename__ = "personal_visit_finding"

    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(_CODE, primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Correction(Base):
    """A fact corrected on the spot: typed once, here, and put into the facts of the round (`applied`)."""

    __tablename__ = "amendment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    household_id: Mapped[str] = mapped_column(_ID)
    round: Mapped[str] = mapped_column(String(7))
    county: Mapped[str] = mapped_column(_CODE)
    fact: Mapped[str] = mapped_column(_CODE)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    applied: Mapped[bool] = mapped_column(Boolean, default=False)


class Entry(Base):
    """A household's place in a round's procedure: for a tier (`kind` risk) or the edge register (edge).

    `version` counts changes: who saw an older one is told, and overwrites nothing. `rule`, `facts_hash`, `rules_hash`,
    `standard_hash` are what the proposal was made upon. `adjustment` counts out-of-round adjustments.
    """

    __tablename__ = "entry"
    __table_args__ = (
        # Of two who begin a household's entry at once the database refuses the second.
        UniqueConstraint("kind", "household_id", "round"),
        # In the order of lists by village: whoever works in one reads no other.
        Index("entry_place", "round", "county", "township", "village", "household_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(_CODE)
    household_id: Mapped[str] = mapped_column(_ID)
    round: Mapped[str] = mapped_column(String(7))
    county: Mapped[str] = mapped_column(_CODE)
    township: Mapped[str | None] = mapped_column(_NAME)
    village: Mapped[str | None] = mapped_column(_NAME)
    stage: Mapped[str] = mapped_column(_CODE)
    version: Mapped[int] = mapped_column(Integer)
    changed_by: Mapped[str] = mapped_column(_NAME)
    changed_at: Mapped[str] = mapped_column(_TIME)
    rule: Mapped[str | None] = mapped_column(_CODE)
    proposal: Mapped[str | None] = mapped_column(_CODE)
    reason: Mapped[str | None] = mapped_column(Text)
    facts_hash: Mapped[str | None] = mapped_column(_HASH)
    rules_hash: Mapped[str | None] = mapped_column(_HASH)
    standard_hash: Mapped[str | None] = mapped_column(_HASH)
    adjustment: Mapped[int] = mapped_column(Integer, default=0)
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id"))


class EntryStep(Base):
    """One step that an entry took, in order; never changed."""

    __tablename__ = "entry_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    step: Mapped[str] = mapped_column(_CODE)
    stage: Mapped[str] = mapped_column(_CODE)
    proposal: Mapped[str | None] = mapped_column(_CODE)
    reason: Mapped[str | None] = mapped_column(Text)
    account: Mapped[str] = mapped_column(_NAME)
    at: Mapped[str] = mapped_column(_TIME)


class Filing(Base):
    """A numbered list filed with the county (§2.1.1-b), with the hashes of all that it rests on."""

    __tablename__ = "filing"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[str] = mapped_column(_NAME, unique=True)
    kind: Mapped[str] = mapped_column(_CODE)
    round: Mapped[str] = mapped_column(String(7))
    county: Mapped[str] = mapped_column(_CODE)
    account: Mapped[str] = mapped_column(_NAME)
    at: Mapped[str] = mapped_column(_TIME)
    households: Mapped[int] = mapped_column(Integer)
    counts: Mapped[str] = mapped_column(Text)
    list_hash: Mapped[str] = mapped_column(_HASH)
    facts_hash: Mapped[str] = mapped_column(_HASH)
    rules_hash: Mapped[str] = mapped_column(_HASH)
    # Beside their hash the rules themselves: a list is proved from what was kept with it.
    rules: Mapped[str] = mapped_column(Text)
    standard_id: Mapped[int | None] = mapped_column(ForeignKey("standard.id"))
    standard_hash: Mapped[str | None] = mapped_column(_HASH)
    model: Mapped[str | None] = mapped_column(_NAME)


class FiledRow(Base):
    """A household on a filed list; never changed."""

    __tablename__ = "filed_row"

    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    household_id: Mapped[str] = mapped_column(_ID, index=True)
    township: Mapped[str | None] = mapped_column(_NAME)
    village: Mapped[str | None] = mapped_column(_NAME)
    result: Mapped[str] = mapped_column(_CODE)
    rule: Mapped[str] = mapped_column(_CODE)
    reason: Mapped[str | None] = mapped_column(Text)
    adjustment: Mapped[int] = mapped_column(Integer)


class CountyStandard(Base):
    """A version of a county's edge-household standard (§2.2-a): its text, and the preview at the moment of submission.

    Approved while a round is under way, it applies after it (`after_round`), unless it was approved for one (`for_round`).
    """

    __tablename__ = "standard"
    __table_args__ = (UniqueConstraint("county", "version"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    county: Mapped[str] = mapped_column(_CODE)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(_CODE)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(_HASH)
    effective: Mapped[str | None] = mapped_column(_DAY)
    reason: Mapped[str | None] = mapped_column(Text)
    preview: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(_NAME)
    drafted_by: Mapped[str] = mapped_column(_NAME)
    drafted_at: Mapped[str] = mapped_column(_TIME)
    submitted_by: Mapped[str | None] = mapped_column(_NAME)
    submitted_at: Mapped[str | None] = mapped_column(_TIME)
    approved_by: Mapped[str | None] = mapped_column(_NAME)
    approved_at: Mapped[str | None] = mapped_column(_TIME)
    for_round: Mapped[str | None] = mapped_column(String(7))
    after_round: Mapped[str | None] = mapped_column(String(7))
