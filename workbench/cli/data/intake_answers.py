"""What `workbench intake` says of a file's columns, and of a question that the file leaves open."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.cli.output import emit
from workbench.errors import QuestionError
from workbench.intake.findings.result import IntakeResult
from workbench.safeguards.plain_data import Json


def column_records(files: Sequence[Path], results: Sequence[IntakeResult]) -> list[Json]:
    """Each header with what it was taken for, as JSON; `file` where there are several."""
    return [
        ({"file": path.name} if len(files) > 1 else {})
        | {
            "header": match.header, "means": match.means, "how": str(match.how), "by": str(match.evidence),
            "confidence": round(match.confidence, 2), "reason": match.reason, "unit": match.unit,
        }
        for path, result in zip(files, results, strict=True)
        for match in result.columns
    ]  # fmt: skip


@contextmanager
def questions_printed(*, as_json: bool) -> Iterator[None]:
    """What a file does not say and somebody must, as the one JSON object of the command, before it ends with status 2."""
    try:
        yield
    except QuestionError as error:
        record = _question(error) | {
            "message": error.words,
            "questions": [_question(each) for each in error.all()],
        }
        # Printed, then raised again: a program reads the questions, and status 2 says that nothing was taken in.
        emit(record, _nothing, as_json=as_json)
        raise


def _question(error: QuestionError) -> Json:
    return {"question": error.asks, "options": list(error.options), "likely": error.likely or None}


def _nothing() -> None:
    """A person is told by the error itself."""
