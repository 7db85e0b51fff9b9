"""The models of a store: its folder `STORE/models`, and which one is in use, named in `STORE/model.json`.

A store holds all that it shows: the model in use always lies in the store itself, so that a copy, a backup or another
place changes nothing. Stores of before this was so name a folder elsewhere, which is read as long as it is there.
"""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import InputError, StoreError, Words
from workbench.safeguards.given_files import read_small
from workbench.safeguards.plain_data import read_json
from workbench.store.transaction import transaction

SUFFIX = ".skops"
POINTER = "model.json"
"""The file of a store that names the model in use."""
_FOLDER = "models"
_FOLDER_POINTER = "in_use.json"
_COMPANIONS = (SUFFIX, ".md", ".json")
"""The files of a model: itself, its card, its account."""
_NAME = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Chosen:
    """The model in use by name; `folder` where an older store says that it lies (None: in the store)."""

    name: str
    folder: Path | None = None


def models_of(store: Path) -> Path:
    """The folder of a store's own models."""
    return store / _FOLDER


def path_of(name: str, models: Path) -> Path:
    """The file of a model; a name is a name, not a path."""
    if not _NAME.fullmatch(name):
        there = ", ".join(stored_models(models))
        message = Words(
            f"不是模型名；已有：{there or '无'}",
            f"is no name of a model; there are: {there or 'none'}",
            code="store.no-name-model",
        )
        raise InputError(message.after(f"{name!r}: "))
    return models / f"{name}{SUFFIX}"


def stored_models(models: Path) -> list[str]:
    """The names of the models in a folder."""
    return sorted(path.stem for path in models.glob(f"*{SUFFIX}"))


def files_of(model: Path) -> Iterator[Path]:
    """The files of a model that are there, by the path of the model itself."""
    return (path for path in map(model.with_suffix, _COMPANIONS) if path.is_file())


def path_in_use(models: Path | None, store: Path, shared: Path | None = None) -> Path:
    """The file of the model in use for a store: in `models` if given, else in the store, in `shared`, or where it was once.

    Raises InputError where none was chosen.
    """
    own = models_of(store)
    # What the store says goes before what a folder of models says: it may be shared with other stores.
    for pointer in (store / POINTER, (models or shared or own) / _FOLDER_POINTER):
        if pointer.exists():
            chosen = read_pointer(pointer)
            # The store's own folder first: one that was moved brings its models along (decision 0012).
            folders = [folder for folder in (own, shared, chosen.folder) if folder is not None]
            return _first_there(chosen.name, [models] if models else folders)
    raise InputError(
        Words(
            "还没有在用的模型；请先训练（workbench train），或选一个（workbench models --use 名称）",
            "no model is in use yet; train one (workbench train), or choose one (workbench models --use NAME)",
            code="store.no-model-use-train",
        )
    )


def named(name: str, store: Path, models: Path) -> Path:
    """The file of a model by its name: in `models`, else where an older store says that its model lies."""
    former = left_outside(store)
    return _first_there(name, [models] if former is None else [models, former.parent])


def left_outside(store: Path) -> Path | None:
    """The file of the model in use where it lies outside of its store, as older stores have it; None where all is inside."""
    try:
        chosen = read_pointer(store / POINTER)
        if chosen.folder is None or path_of(chosen.name, models_of(store)).exists():
            return None
        path = path_of(chosen.name, chosen.folder)
    except InputError:  # a store without a pointer, or with a damaged one: whoever asks for the model is told so
        return None
    return path if path.is_file() else None


def pointer_to(name: str) -> str:
    """What the pointer of a store says: a name, and no place, since the model lies in the store."""
    return json.dumps({"model": name}, ensure_ascii=False)


def put_in_use(model: Path, store: Path, account: str) -> None:
    """Make a model the one in use for a store, with a copy of it in the store where it lies elsewhere: all, or nothing.

    `account`: the text of its account, for a model of before there were files of them.
    """
    own = models_of(store)
    with transaction(store) as pending:
        # Resolved: the store's own folder reached by a link is no other place.
        if model.parent.resolve() != own.resolve():
            for path in files_of(model):
                shutil.copyfile(path, pending.stage(own / path.name))
        if not model.with_suffix(".json").exists():
            pending.stage(own / f"{model.stem}.json").write_text(account, encoding="utf-8")
        pending.stage(store / POINTER).write_text(pointer_to(model.stem), encoding="utf-8")


def _first_there(name: str, folders: Sequence[Path]) -> Path:
    paths = [path_of(name, folder) for folder in folders]
    return next((path for path in paths if path.exists()), paths[0])


def read_pointer(path: Path) -> Chosen:
    """What a pointer says; raises StoreError where it says nothing."""
    try:
        content = read_json(read_small(path))
        return Chosen(str(content["model"]), Path(content["models"]) if "models" in content else None)
    except (InputError, KeyError, TypeError):
        raise StoreError(
            Words(
                f"{path}：看不出在用哪个模型；请重新选择（workbench models --use 名称）",
                f"{path} does not say which model is in use; choose again (workbench models --use NAME)",
                code="store.not-say-model-use",
            )
        ) from None
