"""Tables of what follows: the edge register, cases of fallen-back households, entry windows, plans of assistance."""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workbench.register.db.engine import Base

_ID, _NAME, _CODE, _TIME, _DAY = String(64), String(100), String(32), String(32), String(10)


class EdgeHousehold(Base):
    """A household in the edge register (§2.2-c): its officer, how often it is visited, and how it left."""

    __tablename__ = "edge_household"
    __table_args__ = (Index("edge_place", "county", "township", "village"),)

    household_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    county: Mapped[str] = mapped_column(_CODE)
    township: Mapped[str | None] = mapped_column(_NAME)
    village: Mapped[str | None] = mapped_column(_NAME)
    state: Mapped[str] = mapped_column(_CODE)
    version: Mapped[int] = mapped_column(Integer)
    entered_round: Mapped[str] = mapped_column(String(7))
    entered_on: Mapped[str] = mapped_column(_DAY)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    standard_id: Mapped[int | None] = mapped_column(ForeignKey("standard.id"))
    officer: Mapped[str | None] = mapped_column(_NAME)
    # Empty: as the county has it.
    interval_days: Mapped[int | None] = mapped_column(Integer)
    left_on: Mapped[str | None] = mapped_column(_DAY)
    left_round: Mapped[str | None] = mapped_column(String(7))
    left_because: Mapped[str | None] = mapped_column(_CODE)


class Case(Base):
    """A household that meets the poverty criterion, on its way into the national register (§2.1.3, §2.2-d)."""

    __tablename__ = "poverty_case"
    __table_args__ = (Index("case_place", "county", "township", "village"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    household_id: Mapped[str] = mapped_column(_ID, index=True)
    origin: Mapped[str] = mapped_column(_CODE)
    county: Mapped[str] = mapped_column(_CODE)
    township: Mapped[str | None] = mapped_column(_NAME)
    village: Mapped[str | None] = mapped_column(_NAME)
    round: Mapped[str] = mapped_column(String(7))
    stage: Mapped[str] = mapped_column(_CODE)
    version: Mapped[int] = mapped_column(Integer)
    opened_on: Mapped[str] = mapped_column(_DAY)
    publicity_from: Mapped[str | None] = mapped_column(_DAY)
    publicity_until: Mapped[str | None] = mapped_column(_DAY)
    # Empty until it is entered: a case waits for a window that may not have been announced yet (§2.1.3-b).
    window_id: Mapped[int | None] = mapped_column(ForeignKey("entry_window.id"))


class CaseStep(Base):
    """One step of a case: the day it happened, who entered it and when; never changed."""

    __tablename__ = "case_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("poverty_case.id"), index=True)
    step: Mapped[str] = mapped_column(_CODE)
    stage: Mapped[str] = mapped_column(_CODE)
    day: Mapped[str] = mapped_column(_DAY)
    account: Mapped[str] = mapped_column(_NAME)
    at: Mapped[str] = mapped_column(_TIME)


class CaseNote(Base):
    """What was found or decided at a step; may tell of illness, hence personal."""

    __tablename__ = "personal_case_note"

    step_id: Mapped[int] = mapped_column(ForeignKey("case_step.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class EntryWindow(Base):
    """A time in which the national system takes changes (§2.1.3-b)."""

    __tablename__ = "entry_window"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(_NAME, unique=True)
    opens: Mapped[str] = mapped_column(_DAY)
    closes: Mapped[str] = mapped_column(_DAY)


class Plan(Base):
    """A household's plan of assistance (§2.1.4): one a household."""

    __tablename__ = "plan"

    household_id: Mapped[str] = mapped_column(_ID, primary_key=True)
    county: Mapped[str] = mapped_column(_CODE)
    township: Mapped[str | None] = mapped_column(_NAME)
    village: Mapped[str | None] = mapped_column(_NAME)
    version: Mapped[int] = mapped_column(Integer)
    goal: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str] = mapped_column(_NAME)
    made_on: Mapped[str] = mapped_column(_DAY)


class PlanMeasure(Base):
    """A measure of a plan: of the household (`member` empty) or of one member (its number within the household)."""

    __tablename__ = "plan_measure"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    household_id: Mapped[str] = mapped_column(ForeignKey("plan.household_id"), index=True)
    member: Mapped[int | None] = mapped_column(Integer)
    measure: Mapped[str] = mapped_column(_CODE)
    detail: Mapped[str | None] = mapped_column(Text)
    since: Mapped[str] = mapped_column(_DAY)
    until: Mapped[str | None] = mapped_column(_DAY)
    end_reason: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[int | None] = mapped_column(BigInteger)
    starts: Mapped[str | None] = mapped_column(_DAY)
    due: Mapped[str | None] = mapped_column(_DAY)
    link: Mapped[str | None] = mapped_column(_CODE)
    responsible: Mapped[str | None] = mapped_column(_NAME)


class PlanVersion(Base):
    """A plan as it was at one version, whole (`content`, JSON); only ever added to."""

    __tablename__ = "plan_version"

    household_id: Mapped[str] = mapped_column(ForeignKey("plan.household_id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[str | None] = mapped_column(_NAME)
    at: Mapped[str | None] = mapped_column(_TIME)
    reason: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
