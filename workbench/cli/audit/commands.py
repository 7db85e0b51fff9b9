"""The trace: `workbench audit verify`, `workbench audit cover`."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.audit.shown import show_verified
from workbench.cli.language import both
from workbench.cli.options import JsonOption, StoreOption
from workbench.cli.output import emit
from workbench.cli.register.options import AsOption, RegisterOption, acting_user
from workbench.clock import now_in_beijing
from workbench.domain.procedure.roles import Right
from workbench.errors import Words, WorkbenchError
from workbench.register.audit.event import Event
from workbench.register.audit.file_events import covering, tell_of_files
from workbench.register.audit.store_verification import unfinished, verify_store
from workbench.register.audit.verification import Verified
from workbench.register.audit.witnesses import Compared, against_backup, against_head
from workbench.safeguards.plain_data import Json
from workbench.settings import register_url, store_path

audit_app = typer.Typer(
    no_args_is_help=True,
)


@audit_app.callback()
def audit() -> None:
    """The group `workbench audit`."""


@audit_app.command(
    "verify",
    help=both(
        "核对留痕：逐条核对链条，每一记录和文件须与其最后一次留痕相符，不符的逐一指明；不写入任何内容，没有留痕提到的列为未核对",
        "Follow the chain of events, and hold every record and file to what its last event told; names what does not hold. "
        "Nothing is written, so that a copy on read-only media can be verified; what no event tells of is named as not covered.",
    ),
)
def verify_command(
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", help=both("与一份备份相对照：留痕须由它接续", "a backup that the chain must go on from")
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option("--head", help=both("与备案文件所印的校验码相对照", "the code printed on a filing document")),
    ] = None,
    store: StoreOption = None,
    register: RegisterOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Follow the chain of events, and hold every record and file to what its last event told; names what does not hold.

    Nothing is written, so that a copy on read-only media can be verified. What no event tells of is named as not covered.
    """
    root, url = store_path(store), register_url(register)
    verified = _verified(root, url)
    # A register that cannot be read has no chain to hold a witness to.
    witnesses = [] if verified.unreadable else _witnesses(root, url, against, head)
    emit(
        _record(verified, witnesses, unfinished(root)),
        lambda: show_verified(verified, witnesses, unfinished(root)),
        as_json=as_json,
    )
    # Unfinished writes, uncovered files and clocks set back are said, and break nothing (0020).
    if verified.broken is not None or any(each.verdict != "continues" for _, each in witnesses):
        raise typer.Exit(1)


def _verified(root: Path, url: str | None) -> Verified:
    """Whatever somebody did to a database, it ends in words: what nobody foresaw is no reason to say nothing."""
    try:
        return verify_store(root, url)
    except WorkbenchError:
        raise
    except Exception as error:  # noqa: BLE001 - the border: nothing passes as verified by it
        # Cut off, since a database's own message may quote a whole statement with its values.
        why = f"{type(error).__name__}: {str(error)[:200]}"
        return Verified(
            0,
            1,
            unreadable=Words(
                f"登记库无法核对（{why}）",
                f"the register cannot be verified ({why})",
                code="cli.register-not-verifiable",
            ),
        )


def _witnesses(root: Path, url: str | None, backup: Path | None, head: str | None) -> list[tuple[str, Compared]]:
    compared = []
    if backup is not None:
        compared.append(("against", against_backup(root, url, backup)))
    if head is not None:
        compared.append(("against_head", against_head(root, url, head)))
    return compared


def _record(verified: Verified, witnesses: list[tuple[str, Compared]], waiting: int) -> Json:
    files = [{**vars(each), "round": each.round, "county": each.county} for each in verified.files]
    return {
        "events": verified.events,
        "broken": verified.broken,
        # Numbers in one table, texts in another: in JSON all keys are texts.
        "changed": [vars(each) | {"key": str(each.key)} for each in verified.changed],
        "unreadable": verified.unreadable,
        "records": verified.records,
        "files": files,
        "files_holding": verified.holding,
        "not_covered": [vars(each) for each in verified.not_covered],
        "unfinished": waiting,
        "times": [vars(each) for each in verified.times],
        "head": None if verified.head is None else {"event": verified.head[0], "hash": verified.head[1]},
        **{name: vars(each) for name, each in witnesses},
    }


@audit_app.command(
    "cover",
    help=both(
        "把数据目录中现有的每个文件纳入留痕，包括建登记库之前就有的",
        "Have the trace tell of every file of the store as it is now, those of before there was a register among them.",
    ),
)
def cover_command(
    account: AsOption = None, register: RegisterOption = None, store: StoreOption = None, *, as_json: JsonOption = False
) -> None:
    """Have the trace tell of every file of the store as it is now, those of before there was a register among them."""
    user = acting_user(account, None, register, store)
    user.check_anywhere(Right.KEEP)
    # What does not hold is never covered: the change would from then on pass as told (0020).
    verified = verify_store(store_path(store), register_url(register))
    if verified.broken is not None:
        show_verified(verified, [], 0)
        raise typer.Exit(1)
    facts, recorded = user.register.facts, []

    # Made inside the act, so that the hashes are those of the files as they are held then.
    def covered() -> list[Event]:
        recorded.append(covering(facts.root))
        return recorded

    tell_of_files(facts, register_url(register), user.person.account, now_in_beijing(), covered)
    count = recorded[0].details["count"]
    emit(
        {"files": count},
        Words(f"已纳入留痕：{count:,} 个文件", f"files covered from now on: {count:,}"),
        as_json=as_json,
    )
