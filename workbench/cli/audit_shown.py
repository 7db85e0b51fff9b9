"""What a verification found, in words for people."""

from workbench.cli.output import errors, say
from workbench.store.register.covered_files import KINDS
from workbench.store.register.seals import RECORD_NAMES
from workbench.store.register.verifying import Changed, Verified
from workbench.store.register.witnesses import Compared

_SHOWN = 20
_STATES = {"changed": "已被改动 changed", "missing": "缺失 missing", "added": "为外加 added"}
_VERDICTS = {
    "continues": "相符，其后各条由此接续 holds: the chain goes on from it",
    "cut": "不符：其后的留痕被截去 does not hold: events were cut off the end",
    "rewritten": "不符：留痕被改写，或不是同一登记库 does not hold: the chain was rewritten, or is another register's",
    "absent": "不符：没有这一条 does not hold: no event has this hash",
}
_WITNESSES = {"against": "备份 backup", "against_head": "所印校验码 printed head"}


def show_verified(found: Verified, witnesses: list[tuple[str, Compared]], waiting: int) -> None:
    """What holds, what does not and where, and what could not be looked at."""
    if found.unreadable is not None:
        errors.print(str(found.unreadable))
        return
    if found.broken is None:
        say(
            f"{found.events:,} 条留痕，链条完整；{found.records:,} 条记录、{found.holding:,} 个文件与留痕一致 "
            f"events, the chain holds; {found.records:,} records and {found.holding:,} files are as told"
        )
    else:
        _show_broken(found)
    if found.head is not None:
        say(f"末条 head: {found.head[0]}:{found.head[1]}")
    _show_beside(found, waiting)
    for name, each in witnesses:
        where = f"（自第 {each.difference} 条起 from event {each.difference}）" if each.difference else ""
        (say if each.verdict == "continues" else errors.print)(
            f"{_WITNESSES[name]} {each.event or ''}: {_VERDICTS[each.verdict]}{where}"
        )


def _show_broken(found: Verified) -> None:
    errors.print(
        f"第 {found.broken} 条留痕不符：该条或它所写的记录、文件被改动、缺失 "
        f"event {found.broken} does not hold: it, or a record or file that it wrote, was changed or is missing"
    )
    lines = [_of_record(each) for each in found.changed]
    for wrong in found.files:
        zh, en = KINDS[wrong.what][1]
        where = " ".join(each for each in (wrong.round, wrong.county) if each)
        lines.append(
            f"{zh} {en} {where} {wrong.path}: {_STATES[wrong.state]} 不经工作台 outside of the workbench ({_event(wrong.event)})"
        )
    for line in lines[:_SHOWN]:
        errors.print(f"  ✗ {line}")
    if len(lines) > _SHOWN:
        errors.print(f"  … 其余用 the rest with --json ({len(lines):,})")


def _of_record(changed: Changed) -> str:
    zh, en = RECORD_NAMES.get(changed.kind, (changed.kind, changed.kind))
    return f"{zh} {en} {changed.key}: 与最后一次留痕不同 not what its last event told ({_event(changed.event)})"


def _event(event: int | None) -> str:
    return f"第 {event} 条 event {event}" if event else "没有留痕提到它 no event tells of it"


def _show_beside(found: Verified, waiting: int) -> None:
    """What breaks nothing but should be known."""
    for each in found.not_covered:
        zh, en = KINDS[each.what][1]
        say(
            f"未核对 not covered: {zh} {en}，{each.files:,} 个文件 files，没有留痕提到 no event tells of them（如 e.g. {each.example}）；"
            "纳入留痕 to cover them from now on: workbench audit cover"
        )
    if waiting:
        say(
            f"有 {waiting} 项写入中断、尚未完成 writes were interrupted and are not finished; 在可写的原处运行任一命令即完成 any command where the store can be written finishes them"
        )
    for earlier in found.times[:_SHOWN]:
        say(
            f"第 {earlier.event} 条的时间早于前一条 event {earlier.event} is earlier than the one before: {earlier.at} < {earlier.before}；"
            "时钟可能被拨回 a clock may have been set back"
        )
    if len(found.times) > _SHOWN:
        say(f"  … 其余用 the rest with --json ({len(found.times):,})")
