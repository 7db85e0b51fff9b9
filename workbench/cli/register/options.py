"""The options that the register's commands share, and the acting user who gives them."""

import datetime as dt
import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.language import both
from workbench.cli.options import StoreOption, open_store
from workbench.clock import BEIJING, now_in_beijing
from workbench.domain.procedure.typed_days import typed_day
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import ActingUser, Register, open_register
from workbench.settings import acting_account, register_url

AsOption = Annotated[
    str | None,
    typer.Option(
        "--as", help=both("办理的账号（不写：WORKBENCH_ACCOUNT）", "account of who acts (default: WORKBENCH_ACCOUNT)")
    ),
]
RegisterOption = Annotated[
    str | None,
    typer.Option(
        "--register",
        help=both(
            "登记库的数据库地址（不写：WORKBENCH_REGISTER，否则在数据目录中）",
            "database URL of the register (default: WORKBENCH_REGISTER, else in the store)",
        ),
    ),
]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        help=both(
            "演示用的时刻，只限模拟数据，如 2019-10-08T09:00",
            "another moment, for simulated data only, e.g. 2019-10-08T09:00",
        ),
    ),
]
HouseholdArgument = Annotated[str, typer.Argument(help=both("户编号", "household number"))]
KindOption = Annotated[
    str, typer.Option("--kind", help=both("risk 风险等级，edge 边缘户", "risk: risk tiers, edge: edge households"))
]
VillageOption = Annotated[str | None, typer.Option("--village", help=both("村", "village"))]
TownshipOption = Annotated[str | None, typer.Option("--township", help=both("乡镇", "township"))]
ReasonOption = Annotated[str | None, typer.Option("--reason", help=both("理由", "reason"))]
CountyOption = Annotated[str, typer.Option("--county", help=both("县区代码", "county code"))]
LARGEST_NUMBER = 2**31 - 1
"""The largest number that either kind of database gives a record."""
VersionOption = Annotated[
    int | None,
    typer.Option(
        "--version",
        min=1,
        max=LARGEST_NUMBER,
        help=both("看到的版本；此后已被改动则拒绝", "version as it was seen; refused if changed since"),
    ),
]


def with_options_of(make: Callable[..., Any], parameter: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorate a command whose `parameter` is what `make` returns: the options of `make` are added to the command's own."""
    options = inspect.signature(make, eval_str=True).parameters

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def given(**values: Any) -> None:
            made = make(**{name: values.pop(name) for name in options})
            command(**{parameter: made}, **values)

        own = [each for each in inspect.signature(command, eval_str=True).parameters.values() if each.name != parameter]
        # All by name, since options with and without a default would not do in this order by position.
        together = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *options.values())]
        # The parser reads the signature, not the annotations that `wraps` copied.
        given.__signature__ = inspect.Signature(together)  # type: ignore[attr-defined]
        return given

    return decorate


def the_register(store: Path | None, url: str | None) -> Register:
    """Return the register of a store."""
    return open_register(open_store(store), register_url(url))


def acting_user(
    account: AsOption = None, at: AtOption = None, register: RegisterOption = None, store: StoreOption = None
) -> ActingUser:
    """Return the acting user, as of now; another moment is for demonstrations on simulated data."""
    chosen = acting_account(account)
    # Nobody is taken for granted: an event of the trail names who did it.
    if chosen is None:
        raise InputError(
            Words(
                "请写明由谁办理：--as 账号，或环境变量 WORKBENCH_ACCOUNT",
                "say who acts: --as ACCOUNT, or the environment's WORKBENCH_ACCOUNT",
                code="cli.say-acts-account-environments",
            )
        )
    opened = the_register(store, register)
    return opened.acting_user(chosen, moment(opened, at))


with_acting_user = with_options_of(acting_user, "user")


def moment(register: Register, at: str | None) -> dt.datetime:
    """Return the moment of a command: now, or the one given, which simulated data alone allows."""
    if at is None:
        return now_in_beijing()
    # A decision that could be dated back would be worth nothing as evidence.
    if not register.simulated:
        raise RefusedError(
            Words(
                "--at 只能用于模拟数据：真实的登记按实际时间",
                "--at is for simulated data only: real decisions bear their real time",
                code="cli.simulated-data-only-real",
            )
        )
    try:
        typed = dt.datetime.fromisoformat(at)
        # Typed without a zone: all times of the register are Beijing's.
        return typed.replace(tzinfo=BEIJING) if typed.tzinfo is None else typed.astimezone(BEIJING)
    except ValueError:
        raise InputError(
            Words(
                f"--at {at!r}：应如 2019-10-08T09:00",
                f"--at {at!r}: expected e.g. 2019-10-08T09:00",
                code="cli.options-expected",
            )
        ) from None


def day(text: str | None, user: ActingUser) -> dt.date:
    """Return a day as given, or today."""
    if text is None:
        return user.today
    written = typed_day(text)
    if written is None:
        raise InputError(
            Words(f"日期 {text!r}：应如 2019-10-08", f"day {text!r}: expected e.g. 2019-10-08", code="cli.day-expected")
        )
    return written


def versions_of(households: Sequence[str], version: int | None) -> dict[str, int]:
    """The version seen of the one household that a command names; raises InputError where it names none, or several."""
    if version is None:
        return {}
    # Versions are counted by household: one number cannot be that of several.
    if len(households) != 1:
        raise InputError(
            Words(
                "--version 只用于一户：请写一个户编号",
                "--version is of one household: give one household number",
                code="cli.version-household-give-household",
            )
        )
    return {households[0]: version}


def kind_named(kind: str) -> str:
    """Return the name of a procedure, risk or edge; raises InputError for any other."""
    if kind not in {"risk", "edge"}:
        raise InputError(
            Words(
                f"--kind {kind!r}：应为 risk（风险等级）或 edge（边缘户）",
                f"--kind {kind!r}: expected risk (risk tiers) or edge (edge households)",
                code="cli.kind-expected-risk-risk",
            )
        )
    return kind
