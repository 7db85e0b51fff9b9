"""What a version of a county's standard must hold to before it moves on: the line of its year, and who may approve it for when."""

from workbench.domain.parameters import counties, poverty_line
from workbench.domain.rules.edge import edge_limits
from workbench.errors import RefusedError, StandardError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.records import StandardRecord
from workbench.register.standards.free_days import last_day
from workbench.register.standards.in_force import day_of_effect, version_of


def check_line(row: StandardRecord) -> None:
    """Raise StandardError where a standard would leave somebody below the line of its year: by a line of its own, or a ceiling.

    In data from elsewhere (a county that is none of Lu'an's) a standard's own line is the only one there is.
    """
    standard, line = version_of(row).standard, poverty_line(day_of_effect(row)[:7]).value
    if standard.line is not None and standard.line < line and row["county"] in counties():
        raise StandardError(
            {
                "line": Words(
                    f"{standard.line:g} 元低于当年扶贫标准 {line:g} 元；低于扶贫标准的户一户不漏（应纳尽纳），请删去或不低于该标准",
                    f"{standard.line:g} yuan lies below that year's poverty line of {line:g}, and nobody below it is left out: "
                    "drop it, or do not go below",
                    code="register.yuan-lies-below-years",
                )
            }
        )
    # For its refusal alone: no ceiling may lie below the line either.
    edge_limits(standard, standard.line or line)


def check_approval(user: ActingUser, row: StandardRecord, for_round: str | None) -> None:
    """Raise RefusedError where the acting user may not approve, or the version cannot hold for that round."""
    if row["submitted_by"] == user.person.account:
        raise RefusedError(
            Words(
                "提交人不能批准自己提交的标准，请另一名县级经办人批准",
                "who submitted a standard does not approve it: another county officer does",
                code="register.own-standard-not-approved",
            )
        )
    last = last_day(for_round, user.today) if for_round else None
    if last is not None and day_of_effect(row) > last.isoformat():
        raise RefusedError(
            Words(
                f"该标准自 {row['effective']} 起施行，晚于本期（{for_round}）；不能用于本期，请不选“用于本期”",
                f"the standard takes effect on {row['effective']}, after round {for_round}: approve it without that round",
                code="register.standard-takes-effect-after",
            )
        )
