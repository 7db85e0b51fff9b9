"""The folder of models as it can be read without loading one: names, which is in use, and each model's account.

`MODELS/<name>.json` is the account (everything its card says) beside `<name>.skops` and `<name>.md`. Which model is in use is
named in `STORE/model.json`, for that store, else in `MODELS/in_use.json`.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from workbench.errors import InputError, StoreError, Words

SUFFIX = ".skops"
STORE_IN_USE = "model.json"
_IN_USE = "in_use.json"
_TRAINING = ".training"
_NAME = re.compile(r"[\w-]+")


def path_of(name: str, models: Path) -> Path:
    """The file of a model; a name is a name, not a path."""
    if not _NAME.fullmatch(name):
        there = ", ".join(kept(models))
        found = Words(f"不是模型名；已有：{there or '无'}", f"is no name of a model; there are: {there or 'none'}")
        raise InputError(found.after(f"{name!r}: "))
    return models / f"{name}{SUFFIX}"


def kept(models: Path) -> list[str]:
    """The names of the models in a folder."""
    return sorted(path.stem for path in models.glob(f"*{SUFFIX}"))


def path_in_use(models: Path | None, store: Path, default: Path) -> Path:
    """The file of the model in use for a store: in `models` if given, else where it was when chosen, else in `default`.

    Raises InputError where none was chosen.
    """
    for path in (store / STORE_IN_USE, (models or default) / _IN_USE):
        if path.exists():
            chosen, folder = _chosen(path)
            return path_of(chosen, models or folder or default)
    raise InputError(
        Words(
            f"{store}：没有在用的模型；请先训练（workbench train），或选一个（workbench models --use 名称）",
            f"no model is in use for {store}; train one: workbench train, or choose one: workbench models --use NAME",
        )
    )


def being_trained(store: Path) -> bool:
    """Whether a model is being trained for a store just now: `STORE/.training` names a process that lives (.ci/demo-model)."""
    try:
        os.kill(int((store / _TRAINING).read_text(encoding="utf-8")), 0)
    except (OSError, ValueError, OverflowError):
        return False
    return True


def write_record(path: Path, about: dict[str, Any]) -> None:
    """Put a model's account beside its file."""
    path.with_suffix(".json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")


def read_record(path: Path) -> dict[str, Any]:
    """The account of the model in a file, for people; nothing is computed from it. Raises StoreError where there is none."""
    try:
        about: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        _ = about["name"], about["advice"]["use"], about["performance"], about["transitions"][-1]["end"]
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        raise StoreError(
            Words(
                f"模型 {path.stem}：读不到它的说明（{path.stem}.json）；请重新启用：workbench models --use {path.stem}",
                f"model {path.stem}: its account ({path.stem}.json) cannot be read; put it in use again: workbench models --use {path.stem}",
            )
        ) from None
    return about


def _chosen(path: Path) -> tuple[str, Path | None]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return str(said["model"]), Path(said["models"]) if "models" in said else None
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(
            Words(
                f"{path}：看不出在用哪个模型；请重新选择：workbench models --use 名称",
                f"{path} does not say which model is in use; choose again: workbench models --use NAME",
            )
        ) from None
