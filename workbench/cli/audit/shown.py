"""What a verification found, in words for people."""

from workbench.cli.output import say, warn
from workbench.errors import Words
from workbench.register.audit.checksums import RECORD_NAMES
from workbench.register.audit.covered_files import KINDS
from workbench.register.audit.file_check import NotCovered, WrongFile
from workbench.register.audit.verification import Changed, Verified
from workbench.register.audit.witnesses import Compared

_SHOWN = 20
_STATES = {
    "changed": Words("已被改动", "changed"),
    "missing": Words("缺失", "missing"),
    "added": Words("为外加", "added"),
}
_VERDICTS = {
    "continues": Words("相符，留痕由此接续", "holds, the chain goes on from it"),
    "cut": Words("不符，末尾的留痕被截去", "does not hold, events were cut off the end"),
    "rewritten": Words(
        "不符，留痕被改写，或属另一登记库", "does not hold, the chain was rewritten, or is another register's"
    ),
    "absent": Words("不符，没有这一条留痕", "does not hold, no event has this hash"),
}
_WITNESSES = {"against": Words("备份", "backup"), "against_head": Words("所印校验码", "printed head")}
_REST = Words("  … 其余 {count:,} 项用 --json 查看", "  … {count:,} more: see --json")


def show_verified(verified: Verified, witnesses: list[tuple[str, Compared]], waiting: int) -> None:
    """What holds, what does not and where, and what could not be looked at."""
    if verified.unreadable is not None:
        warn(verified.unreadable)
        return
    if verified.broken is None:
        say(_whole(verified))
    else:
        _show_broken(verified)
    if verified.head is not None:
        event, hashed = verified.head
        say(Words(f"末条：{event}:{hashed}", f"head: {event}:{hashed}"))
    # Whatever else holds: of files that no event tells of it is never said that they do (0020).
    for each in verified.not_covered:
        say(_not_covered(each))
    if waiting:
        say(_unfinished(waiting))
    # Said, and not counted as broken: a clock may be set back without anybody forging anything (0020).
    _show_times(verified)
    for name, compared in witnesses:
        (say if compared.verdict == "continues" else warn)(_compared(name, compared))


def _whole(verified: Verified) -> Words:
    return Words(
        f"{verified.events:,} 条留痕，链条完整；{verified.records:,} 条记录、{verified.holding:,} 个文件与留痕一致",
        f"{verified.events:,} events, the chain holds; {verified.records:,} records and {verified.holding:,} files are as told",
    )


def _show_broken(verified: Verified) -> None:
    warn(
        Words(
            f"第 {verified.broken} 条留痕不符：该条，或它所写的记录、文件，被改动或缺失",
            f"event {verified.broken} does not hold: it, or a record or file that it wrote, was changed or is missing",
        )
    )
    lines = [*map(_of_record, verified.changed), *map(_of_file, verified.files)]
    for line in lines[:_SHOWN]:
        warn(line)
    if len(lines) > _SHOWN:
        warn(_REST.format(count=len(lines) - _SHOWN))


def _of_record(changed: Changed) -> Words:
    zh, en = RECORD_NAMES.get(changed.kind, (changed.kind, changed.kind))
    event = _event(changed.event)
    return Words(
        f"  ✗ {zh} {changed.key}：与最后一次留痕不同（{event.zh}）",
        f"  ✗ {en} {changed.key}: not what its last event told ({event.en})",
    )


def _of_file(wrong: WrongFile) -> Words:
    # Which event told of it last: from there on the trail and the file part ways.
    (zh, en), state, event = KINDS[wrong.what][1], _STATES[wrong.state], _event(wrong.event)
    where = " ".join(each for each in (wrong.round, wrong.county) if each)
    return Words(
        f"  ✗ {zh} {where} {wrong.path}：不经工作台{state.zh}（{event.zh}）",
        f"  ✗ {en} {where} {wrong.path}: {state.en} outside of the workbench ({event.en})",
    )


def _event(event: int | None) -> Words:
    return Words(f"第 {event} 条", f"event {event}") if event else Words("没有留痕提到它", "no event tells of it")


def _not_covered(files: NotCovered) -> Words:
    zh, en = KINDS[files.what][1]
    return Words(
        f"未核对：{zh} {files.files:,} 个文件，没有留痕提到（如 {files.example}）；事实、评分、模型可纳入：workbench audit cover",
        f"not covered: {files.files:,} files of {en}, no event tells of them (e.g. {files.example}); facts, scores and models can "
        "be: workbench audit cover",
    )


def _unfinished(waiting: int) -> Words:
    return Words(
        f"有 {waiting} 项写入中断、尚未完成；在可写的原处运行任一命令即完成",
        f"{waiting} writes were interrupted and are not finished: any command finishes them where the store can be written",
    )


def _show_times(verified: Verified) -> None:
    # A clock set back is no fault of a file, so it is told apart from them and changes no status.
    for each in verified.times[:_SHOWN]:
        line = Words(
            f"第 {each.event} 条的时间早于前一条（{each.at}，前一条 {each.before}）：时钟可能被拨回",
            f"event {each.event} is earlier than the one before ({each.at}, before it {each.before}): a clock may have been set back",
        )
        say(line)
    if len(verified.times) > _SHOWN:
        say(_REST.format(count=len(verified.times) - _SHOWN))


def _compared(name: str, compared: Compared) -> Words:
    witness, verdict = _WITNESSES[name], _VERDICTS[compared.verdict]
    first = compared.difference
    zh, en = (f"（自第 {first} 条起）", f" (from event {first})") if first else ("", "")
    return Words(f"{witness.zh}：{verdict.zh}{zh}", f"{witness.en}: {verdict.en}{en}")
