"""The result of reading a file, from one process to another: tables as Arrow files, all else as JSON, in a private folder."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import pyarrow as pa
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from workbench.errors import FileError, InputError, QuestionError, Words, WorkbenchError
from workbench.intake.findings.result import IntakeResult
from workbench.intake.overview import FileOverview
from workbench.safeguards.plain_data import Json, read_json

_TABLES = dict[str, pa.Table]
_RESULT, _REFUSAL, _OVERVIEW = "result.json", "refusal.json", "overview.json"
_OVERVIEWS = TypeAdapter(FileOverview)


def hand_over(folder: Path, result: IntakeResult) -> None:
    """Write a result to a folder."""
    plain: Json = {}
    for name, kind in _kinds().items():
        value = getattr(result, name)
        # Of tables the counties only, in their order, by which the files are numbered.
        plain[name] = list(value) if kind == _TABLES else to_jsonable_python(value)
        for number, table in enumerate(value.values() if kind == _TABLES else ()):
            with (
                pa.OSFile(str(_table_path(folder, name, number)), "wb") as sink,
                pa.ipc.new_file(sink, table.schema) as writer,
            ):
                writer.write_table(table)
    (folder / _RESULT).write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")


def take_over(folder: Path) -> IntakeResult:
    """The result that was written to a folder; its tables stay mapped to its files, which may be removed."""
    plain = read_json((folder / _RESULT).read_bytes())
    values: dict[str, Any] = {}
    for name, kind in _kinds().items():
        if kind == _TABLES:
            values[name] = {code: _table(_table_path(folder, name, number)) for number, code in enumerate(plain[name])}
        else:
            values[name] = TypeAdapter(kind).validate_python(plain[name])
    return IntakeResult(**values)


def hand_over_overview(folder: Path, overview: FileOverview) -> None:
    """Write what a file looks like; what was known of it before is replaced."""
    (folder / _OVERVIEW).write_bytes(_OVERVIEWS.dump_json(overview))


def overview_in(folder: Path) -> FileOverview | None:
    """What a file looks like, where that was written; None where it was not."""
    written = folder / _OVERVIEW
    return _OVERVIEWS.validate_json(written.read_bytes()) if written.exists() else None


def hand_over_refusal(folder: Path, error: WorkbenchError) -> None:
    """Write why a file cannot be used."""
    of_file = isinstance(error, FileError)
    words = error.message if isinstance(error, FileError) else error.words
    asks = [_question(each) for each in error.all()] if isinstance(error, QuestionError) else None
    answer = [of_file, _as_list(words), asks]
    (folder / _REFUSAL).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


def _question(error: QuestionError) -> dict[str, Any]:
    words = _as_list(error.message)
    return {"asks": error.asks, "options": list(error.options), "likely": error.likely, "words": words}


def _as_list(words: Words) -> list[str]:
    return [words.zh, words.en, words.code]


def _as_words(plain: list[str]) -> Words:
    zh, en, code = plain
    return Words(zh, en, code=code)


def refusal(folder: Path, path: Path) -> InputError | None:
    """Why the file cannot be used, where that was written; None where it was not."""
    written = folder / _REFUSAL
    if not written.exists():
        return None
    of_file, words, asks = read_json(written.read_bytes())
    message = _as_words(words)
    if asks is not None:
        # County and kind may be asked for together (0031): the first question carries the others.
        first, *others = (
            QuestionError(path, _as_words(each["words"]), each["asks"], tuple(each["options"]), each["likely"])
            for each in asks
        )
        return QuestionError(path, message, first.asks, first.options, first.likely, tuple(others))
    return FileError(path, message) if of_file else InputError(message)


def _kinds() -> dict[str, Any]:
    # From the class itself, so that no field of the result is forgotten on the way.
    hints = get_type_hints(IntakeResult)
    return {field.name: hints[field.name] for field in fields(IntakeResult)}


def _table_path(folder: Path, name: str, number: int) -> Path:
    return folder / f"{name}-{number}.arrow"


def _table(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
