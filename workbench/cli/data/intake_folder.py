"""Folders of exports taken in, each file a batch of its own: a file that fails stops itself and no other.

On a cluster each file is read by a worker. What is written waits for its turn, as everything that changes a store does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from workbench.cli.data.facts import IntakeRequest, taken_in
from workbench.cli.language import language, speaking
from workbench.cli.options import open_store
from workbench.cli.output import emit, json_text, progress_bar, say, show_table
from workbench.errors import InputError, Words, WorkbenchError
from workbench.safeguards.plain_data import Json
from workbench.settings import acting_account, register_url
from workbench.store.cluster.counties import ClusterStore
from workbench.store.facts import FactStore

TABLES = (".csv", ".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".et", ".txt", ".tsv")
"""What is taken for a table in a folder; whatever else lies there is named and passed over."""


@dataclass(frozen=True)
class FileQuestion:
    """One file to be taken in by a worker; `language`: in which its findings are said."""

    path: str
    request: IntakeRequest
    language: str


def intake_folder(
    paths: list[Path], request: IntakeRequest, store: Path | None, cluster: ClusterStore | None,
    problems_to: Path | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Take in the files of folders (and files beside them), one by one or each by a worker; prints what became of each.

    Ends with status 1 where a file was refused or rows were rejected; what could be taken in is.
    """
    if problems_to is not None:
        raise InputError(_no_list_of_problems())
    files, others = _listed(paths)
    if cluster is None:
        facts = open_store(store)
        with progress_bar(Words("正在导入", "taking in")) as progress:
            answers = []
            for done, path in enumerate(files, 1):
                answers.append(_record(facts, path, request))
                progress(done, len(files))
    else:
        if register_url() is not None:
            raise InputError(_register_elsewhere())
        # Whose right to take in is asked is this computer's to say, not the worker's surroundings.
        request = replace(request, account=acting_account(request.account))
        asked = [FileQuestion(str(path.absolute()), request, language()) for path in files]
        answers = [json.loads(answer) for answer in cluster.run(file_taken_in, asked)]
    taken = [each for each in answers if "error" not in each]
    record = {
        "files": answers, "passed_over": others, "taken_in": len(taken), "refused": len(answers) - len(taken),
        "accepted_households": sum(each["accepted_households"] for each in taken),
        "rejected_rows": sum(each["rejected_rows"] for each in taken), "dry_run": request.dry_run,
        "simulated": any(each["simulated"] for each in taken),
    }  # fmt: skip
    emit(record, lambda: _show(record), as_json=as_json)
    # As for a single file: a script goes by the status, although all that could be read is taken in.
    if record["refused"] or record["rejected_rows"] or not record["accepted_households"]:
        raise typer.Exit(1)


def file_taken_in(store: FactStore, asked: FileQuestion) -> bytes:
    """A worker's task: one file read and taken in, or what is wrong with it."""
    with speaking(asked.language):
        return json_text(_record(store, Path(asked.path), asked.request)).encode()


def _record(facts: FactStore, path: Path, request: IntakeRequest) -> Json:
    """What `intake` prints of one file, with its name; of one that is refused, the error."""
    try:
        record, _ = taken_in(facts, [path], request)
    except WorkbenchError as error:
        # Said of this file only: the others do not wait for it to be mended.
        zh, en = error.words.zh, error.words.en
        return {"file": path.name, "error": {"code": error.code, "zh": zh, "en": en}}
    return {"file": path.name, **record}


def _listed(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """The tables of the folders in the order of their names, and the names of what is none; links lead nowhere else."""
    files: list[Path] = []
    others: list[str] = []
    for path in paths:
        for each in sorted(path.iterdir()) if path.is_dir() else [path]:
            if each == path or _is_table(each):
                files.append(each)
            else:
                others.append(each.name)
    if not files:
        raise InputError(_nothing_there(paths[0]))
    return files, others


def _is_table(path: Path) -> bool:
    # Office programs leave files that begin like this beside the ones they have open.
    return path.is_file() and path.suffix.lower() in TABLES and not path.name.startswith(("~$", "."))


def _show(record: Json) -> None:
    show_table(
        Words("逐份导入", "file by file"),
        [
            Words("文件", "file"),
            Words("导入户", "households"),
            Words("退回行", "rejected rows"),
            Words("结果", "outcome"),
        ],
        [[each["file"], *_outcome(each)] for each in record["files"]],
    )
    if record["passed_over"]:
        names = record["passed_over"]
        say(Words(f"不是表格，略过：{'、'.join(names)}", f"no tables, passed over: {', '.join(names)}"))


def _outcome(record: Json) -> tuple[object, object, Words]:
    if "error" in record:
        return "", "", Words(record["error"]["zh"], record["error"]["en"])
    done = Words("只检查，未写入", "checked only") if record["dry_run"] else Words("已导入", "taken in")
    return record["accepted_households"], record["rejected_rows"], done


def _nothing_there(folder: Path) -> Words:
    kinds = " ".join(TABLES)
    return Words(
        f"{folder}：目录里没有表格（{kinds}）；请核对目录",
        f"{folder}: no tables in this folder ({kinds}); check the folder",
        code="cli.intake-folder-empty",
    )


def _no_list_of_problems() -> Words:
    return Words(
        "--problems：一次导入整个目录时不写问题清单，每份文件的问题都在 --json 的结果里；或逐份导入",
        "--problems: no list is written of a whole folder; --json has the problems of each file, or take the files in one by one",
        code="cli.problems-of-folder",
    )


def _register_elsewhere() -> Words:
    return Words(
        "--engine spark：登记库在数据库服务器上，集群的工作进程不能登记导入；请不带 --engine spark 运行",
        "--engine spark: the register is in a database server, and the workers of a cluster cannot record an intake there; run without "
        "--engine spark",
        code="cli.intake-register-elsewhere",
    )
