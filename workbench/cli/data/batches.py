"""Commands of intake batches: history and undo, words in the place of a file after `workbench intake`."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from workbench.cli.language import both
from workbench.cli.options import JsonOption, StoreOption, checked_round, open_store
from workbench.cli.output import emit, say, show_table
from workbench.clock import now_in_beijing
from workbench.errors import Words
from workbench.register.unit_of_work.intake_undoing import undo_here
from workbench.safeguards.plain_data import Json
from workbench.settings import register_url, who_acts
from workbench.store.batches.batch import Batch, batches

_COLUMNS = [
    Words("批", "batch"), Words("期次", "round"), Words("县区", "counties"), Words("文件", "files"), Words("账号", "account"),
    Words("时间", "time"), Words("新增", "added"), Words("改动", "changed"), Words("不变", "unchanged"), Words("撤销", "undone"),
]  # fmt: skip


def history_command(
    round_name: Annotated[
        str | None, typer.Option("--round", help=both("只列一个期次 YYYY-MM", "of one round only, YYYY-MM"))
    ] = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List every intake batch: its files, who took it in and when, what it changed, whether it was undone."""
    root = open_store(store).root
    listed = [each for each in batches(root) if round_name is None or each.round == checked_round(round_name)]
    emit(
        {"batches": [_record(each) for each in listed]},
        (lambda: show_table(Words("数据导入批次", "intake batches"), _COLUMNS, [_row(each) for each in listed]))
        if listed
        else Words("还没有导入过数据", "nothing was taken in yet"),
        as_json=as_json,
    )


def undo_command(
    number: Annotated[int, typer.Argument(metavar="BATCH", min=1, help=both("批次的编号", "the number of the batch"))],
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Undo an intake batch: back to exactly what stood before it; refused where something rests on it."""
    # By whoever looks after the store, as taking in is (0025).
    batch = undo_here(open_store(store), register_url(), who_acts(), now_in_beijing(), number)

    def show() -> None:
        counties = ", ".join(batch.counties) or "–"
        say(
            Words(
                f"第 {number} 批已撤销：期次 {batch.round}，县区 {counties} 恢复到导入之前",
                f"batch {number} is undone: round {batch.round}, counties {counties} are as they were before it",
            )
        )

    emit(_record(batch), show, as_json=as_json)


def _record(batch: Batch) -> Json:
    record = asdict(batch)
    # Which files stood before and where the register stood are for the undoing alone.
    return {"batch": record.pop("number")} | {key: record[key] for key in record if key not in {"before", "register"}}


def _row(batch: Batch) -> list[Any]:
    files = ", ".join(each.name for each in batch.files) or "–"
    undone = batch.undone.at if batch.undone else None
    return [
        # As text: a number is shown with marks of thousands, and could not be typed back for `undo`.
        str(batch.number), batch.round, ", ".join(batch.counties) or "–", files, batch.account, batch.at,
        batch.added, batch.changed, batch.unchanged, undone,
    ]  # fmt: skip
