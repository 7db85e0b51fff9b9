"""The options that the register's commands share, and the desk that they are given at."""

import datetime as dt
import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.options import StoreOption, open_store
from workbench.clock import BEIJING, now_in_beijing
from workbench.errors import InputError, RefusedError, Words
from workbench.register.access.acting_user import Desk, Register, open_register
from workbench.settings import acting_account, register_url

AsOption = Annotated[str | None, typer.Option("--as", help="账号 who acts (default: WORKBENCH_ACCOUNT)")]
RegisterOption = Annotated[
    str | None, typer.Option("--register", help="登记库地址 database URL (default: WORKBENCH_REGISTER, in the store)")
]
AtOption = Annotated[
    str | None,
    typer.Option("--at", help="演示用的时刻，只限模拟数据 a moment, for simulated data only: 2019-10-08T09:00"),
]
HouseholdArgument = Annotated[str, typer.Argument(help="户编号 household number")]
KindOption = Annotated[str, typer.Option("--kind", help="risk 风险等级, edge 边缘户")]
VillageOption = Annotated[str | None, typer.Option("--village", help="村 village")]
TownshipOption = Annotated[str | None, typer.Option("--township", help="乡镇 township")]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="理由 reason")]
LARGEST_NUMBER = 2**31 - 1
"""The largest number that either kind of database gives a record."""
VersionOption = Annotated[
    int | None,
    typer.Option(
        "--version",
        min=1,
        max=LARGEST_NUMBER,
        help="看到的版本；已被改动则拒绝 as it was seen; refused if changed since",
    ),
]


def at_desk(command: Callable[..., None]) -> Callable[..., None]:
    """A command that somebody gives at a desk, its first argument: the options of `the_desk` are added to its own."""

    @wraps(command)
    def given(**options: Any) -> None:
        command(the_desk(**{name: options.pop(name) for name in _DESK}), **options)

    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    together = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *_DESK.values())]
    given.__signature__ = inspect.Signature(together)  # type: ignore[attr-defined]
    return given


def the_register(store: Path | None, url: str | None) -> Register:
    """The register of a store."""
    return open_register(open_store(store), register_url(url))


def the_desk(
    account: AsOption = None, at: AtOption = None, register: RegisterOption = None, store: StoreOption = None
) -> Desk:
    """The desk of whoever acts, now; another moment is for demonstrations on simulated data."""
    chosen = acting_account(account)
    if chosen is None:
        raise InputError("--as: 请写明账号 say who acts: --as ACCOUNT, 或 or WORKBENCH_ACCOUNT")
    opened = the_register(store, register)
    return opened.desk(chosen, moment(opened, at))


_DESK = inspect.signature(the_desk, eval_str=True).parameters


def moment(register: Register, at: str | None) -> dt.datetime:
    """Now, or a moment given for simulated data."""
    if at is None:
        return now_in_beijing()
    if not register.simulated:
        raise RefusedError(
            Words(
                "--at 只能用于模拟数据：真实的登记按实际时间",
                "--at is for simulated data only: real decisions bear their real time",
            )
        )
    try:
        return dt.datetime.fromisoformat(at).replace(tzinfo=BEIJING)
    except ValueError:
        raise InputError(f"--at {at!r}: 应如 expected e.g. 2019-10-08T09:00") from None


def day(text: str | None, desk: Desk) -> dt.date:
    """A day as given, or today."""
    if text is None:
        return desk.today
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"日期 day {text!r}: 应如 expected e.g. 2019-10-08") from None


def versions_of(households: Sequence[str], version: int | None) -> dict[str, int]:
    """The version seen of the one household that a command names; raises InputError where it names none, or several."""
    if version is None:
        return {}
    if len(households) != 1:
        raise InputError(
            Words("--version 只用于一户：请写一个户编号", "--version is of one household: give one household number")
        )
    return {households[0]: version}


def kind_named(kind: str) -> str:
    """One of the two procedures."""
    if kind not in {"risk", "edge"}:
        raise InputError(f"--kind {kind!r}: 应为 expected risk (风险等级) 或 or edge (边缘户)")
    return kind
