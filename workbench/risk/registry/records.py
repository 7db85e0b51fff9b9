"""Each model's account, read without loading the model: `MODELS/<name>.json` (everything its card says) beside `<name>.skops`."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import InputError, StoreError, Words
from workbench.safeguards.given_files import read_small
from workbench.safeguards.plain_data import Json, read_json

_TRAINING = ".training"
_LARGEST = 20_000_000
"""Bytes of an account; one has some 100,000."""


def being_trained(store: Path) -> bool:
    """Whether a model is being trained for a store just now: `STORE/.training` names a process that lives (`workbench demo`)."""
    try:
        # Signal 0 asks whether the process lives and does nothing to it.
        os.kill(int((store / _TRAINING).read_text(encoding="utf-8")), 0)
    except (OSError, ValueError, OverflowError):
        return False
    return True


@contextmanager
def training_alone(store: Path) -> Iterator[bool]:
    """Mark that this process trains a model for a store, for as long as it does; yields False where another one does already."""
    mark = store / _TRAINING
    if not being_trained(store):
        mark.unlink(missing_ok=True)  # of a process that was killed
    try:
        # Exclusive: of two that begin at the same moment one fails here.
        with mark.open("x", encoding="utf-8") as opened:
            opened.write(str(os.getpid()))
    except FileExistsError:
        yield False
        return
    try:
        yield True
    finally:
        mark.unlink(missing_ok=True)


def record_text(about: Json) -> str:
    """A model's account as its file holds it."""
    return json.dumps(about, ensure_ascii=False)


def write_record(path: Path, about: Json) -> None:
    """Put a model's account beside its file."""
    path.with_suffix(".json").write_text(record_text(about), encoding="utf-8")


def read_record(path: Path) -> Json:
    """The account of the model in a file, for people; nothing is computed from it. Raises StoreError where there is none."""
    try:
        about: Json = read_json(read_small(path.with_suffix(".json"), _LARGEST))
        # Parts that pages read are asked for here, so that a damaged account is refused in words.
        _ = about["name"], about["advice"]["use"], about["performance"], about["transitions"][-1]["end"]
    except (InputError, KeyError, TypeError, IndexError):
        raise StoreError(
            Words(
                f"模型 {path.stem}：读不到它的说明（{path.stem}.json）；请重新启用（workbench models --use {path.stem}）",
                f"model {path.stem}: its account ({path.stem}.json) cannot be read; put it in use again (workbench models --use {path.stem})",
                code="risk.model-account-json-cannot",
            )
        ) from None
    return about
