"""The figures of the procedure that a county has set for itself, and from which day on."""

import datetime as dt

from sqlalchemy import Connection, delete, insert, select

from workbench.domain.procedure.county_settings import check_setting, settings
from workbench.domain.procedure.day_bounds import check_day
from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.workflow import gives_reason
from workbench.errors import RefusedError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.audit.event import Event
from workbench.register.db.procedure_tables import Setting
from workbench.register.joined_records import ProcedureFigure

_TABLE = Setting.__table__


def setting(connection: Connection, county: str, name: str, day: dt.date) -> int:
    """The value in force in a county on a day: its own, else the declared default."""
    query = (
        select(_TABLE.c.value)
        .where(_TABLE.c.county == county, _TABLE.c.name == name, _TABLE.c.effective <= day.isoformat())
        .order_by(_TABLE.c.effective.desc())
        .limit(1)
    )
    own = connection.execute(query).scalar()
    return settings()[name].value if own is None else int(own)


def set_figure(user: ActingUser, county: str, name: str, value: str, effective: dt.date, reason: str) -> None:
    """Set a figure for a county from a day on, with a reason."""
    user.check(Right.SET_STANDARD, Area(county))
    number = check_setting(name, value)
    if not gives_reason(reason):
        raise RefusedError(
            Words("改动参数要写明理由", "a reason is needed to set a figure", code="register.reason-needed-set-figure")
        )
    # A slip in the year would hold the figure back for decades, in silence.
    check_day("figure_effective", effective, user.today)
    key = {"county": county, "name": name, "effective": effective.isoformat()}
    with user.writing() as connection:
        same = {**key, "value": str(number), "reason": reason}
        if connection.execute(select(_TABLE).filter_by(**same)).one_or_none() is not None:
            return  # sent twice, it is set already
        # Set anew, not beside the old figure: on a day one value holds.
        connection.execute(delete(Setting).where(*(_TABLE.c[column] == part for column, part in key.items())))
        connection.execute(insert(Setting).values(**key, value=str(number), reason=reason))
        details = {"value": number, "effective": key["effective"], "reason": reason}
        user.record(connection, [Event("setting_changed", f"{county} {name}", details, (("setting", county),))])


def figures(user: ActingUser, county: str) -> list[ProcedureFigure]:
    """Every figure of the procedure with the county's value of today and the default, its source, its clause."""
    user.check_anywhere(Right.READ_REGISTER)
    with user.reading() as connection:
        return [
            {"name": each.name, "zh": each.zh, "en": each.en, "unit": each.unit, "clause": each.clause,
             "value": setting(connection, county, each.name, user.today), "default": each.value,
             "verified": each.verified, "reference": each.reference}
            for each in settings().values()
        ]  # fmt: skip
