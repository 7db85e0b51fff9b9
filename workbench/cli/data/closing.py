"""Commands that close a round, and open it again."""

from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import CountyOption, JsonOption, RoundOption, StoreOption, checked_round, open_store
from workbench.cli.output import emit, say
from workbench.cli.register.options import with_acting_user
from workbench.clock import now_in_beijing
from workbench.errors import Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.unit_of_work.closing import close_here, reopen
from workbench.settings import register_url, who_acts


def close_command(
    round_name: RoundOption, county: CountyOption = None, store: StoreOption = None, *, as_json: JsonOption = False
) -> None:
    """Close a round: neither its facts nor its procedure can be changed any more."""
    # Closing is for whoever looks after the store; only opening again wants an administrator (0019).
    who = who_acts()
    facts, now = open_store(store), now_in_beijing()
    # Corrections that still wait are put in by it first: afterwards the round takes none (0019).
    closed = close_here(facts, register_url(), who, now, checked_round(round_name), county)

    def show() -> None:
        listed = (
            Words("、".join(closed), ", ".join(closed)) if closed else Words("（此前已封存）", "(it was closed before)")
        )
        say(Words(f"期次 {round_name}：已封存 ", f"round {round_name}: closed ") + listed)

    emit({"round": round_name, "closed": closed}, show, as_json=as_json)


@with_acting_user
def reopen_command(
    user: ActingUser,
    round_name: RoundOption,
    reason: Annotated[str, typer.Option("--reason", help=both("理由", "the reason"))],
    county: CountyOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Open a closed round again: for administrators, with a reason; it is an event."""
    opened = reopen(user, checked_round(round_name), county, reason)

    def show() -> None:
        listed = ", ".join(opened)
        say(
            Words(f"期次 {round_name}：已重新开放 {listed}", f"round {round_name}: open again: {listed}")
            if opened
            else Words(f"期次 {round_name}：没有封存的县区", f"round {round_name}: no county of it is closed")
        )

    emit({"round": round_name, "reopened": opened}, show, as_json=as_json)
