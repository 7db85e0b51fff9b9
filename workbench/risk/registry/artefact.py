"""Models on disk: `MODELS/<name>.skops`, arrays and JSON only, so that loading runs no code; its card beside it.

`MODELS/<name>.md` is the card, readable as a page; `MODELS/<name>.json` the account it is made from (`records`).
"""

import hashlib
import json
import zipfile
import zlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from workbench.errors import InputError, StoreError, Words
from workbench.risk.data.design_matrix import DesignMatrix
from workbench.risk.data.features import FEATURES, Feature, extra_features
from workbench.risk.model.calibration import Calibration
from workbench.risk.model.glass_box import GlassBox, Term
from workbench.risk.model.income_forecast import Forecast
from workbench.risk.model.peers import Peers
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.registry.plain_archive import MoreThanDataError, read_plain
from workbench.risk.registry.records import record_text, write_record
from workbench.safeguards.given_files import open_given
from workbench.safeguards.plain_data import Json, read_json
from workbench.safeguards.system_errors import said_by_system
from workbench.safeguards.zip_limits import ZipLimits, checked_members
from workbench.store.files import check_writable
from workbench.store.models import SUFFIX, path_in_use, put_in_use
from workbench.store.scores import Overdispersion

FORMAT = 3
"""Of the file and of the meaning of the features in it; a model of another format is refused."""
_NEEDED = {"name", "line", "transitions", "facts", "facts_used", "keep", "advice", "base_rate", "performance", "hash"}
"""What commands read of a model's account."""
_DAMAGED = (InputError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, OSError, EOFError,
            RecursionError, OverflowError, MemoryError)  # fmt: skip
"""What reading a damaged archive fails with."""
_LIMITS = ZipLimits(members=100_000, least=1 << 30, times=20)
_LIBRARIES = ("numpy", "polars", "scikit-learn", "interpret-core")


def library_versions() -> dict[str, str]:
    """The versions that a model's numbers may depend on."""
    return {name: version(name) for name in _LIBRARIES}


# -- the file ---------------------------------------------------------------------------------------------------------


def writable(folder: Path) -> None:
    """Refuse a folder that no model could be put in; before an hour of training, not after it. Makes nothing."""
    try:
        check_writable(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError) -> StoreError:
    why = said_by_system(error)
    message = Words(
        f"{folder}：无法写入（{why.zh}）；请检查权限与磁盘空间，或换一个目录（--models）",
        f"{folder} cannot be written ({why.en}); check permissions and free space, or take another folder (--models)",
        code="risk.cannot-written-check-permissions",
    )
    return StoreError(message)


def save(model: RiskModel, folder: Path, card: str) -> Path:
    """Write the model and its card; returns the path of the model's file."""
    # Late: skops loads all of scikit-learn, which whoever trains has loaded anyway, and nobody else needs.
    import skops.io  # noqa: PLC0415

    path = folder / f"{model.name}{SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_bytes(skops.io.dumps(_plain(model)))
        # A rename: whoever loads meanwhile gets the old model or the new one, never half of it.
        draft.replace(path)
        path.with_suffix(".md").write_text(card, encoding="utf-8")
        write_record(path, model.about)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return path


def load(path: Path) -> RiskModel:
    """Read a model. The file may hold numbers, text and arrays only; anything else is refused before it is built."""
    if not path.exists():
        raise _no_such_model(path)
    try:
        with open_given(path) as source:
            # Before anything is unpacked: a small archive may hold more than there is memory for.
            checked_members(source, _LIMITS)
            source.seek(0)
            plain = read_plain(source.read())
    except MoreThanDataError as error:
        raise StoreError(
            Words(
                f"含有数据以外的内容，已拒绝（{error}）；请用可靠来源的模型",
                f"holds more than data and is refused ({error}); use a model you trust",
                code="risk.holds-more-data-refused",
            ).after(f"{path}: ")
        ) from None
    except _DAMAGED as error:
        raise _unreadable(path, error) from None
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        format_read = plain.get("format") if isinstance(plain, dict) else None
        raise StoreError(
            Words(
                f"模型格式为 {format_read}，本版本用 {FORMAT}；请重新训练（workbench train）",
                f"a model of format {format_read}, this workbench uses {FORMAT}; train again (workbench train)",
                code="risk.model-format-workbench-uses",
            ).after(f"{path}: ")
        )
    try:
        model = _model(plain)
    except StoreError:
        raise
    except _DAMAGED as error:
        raise _unreadable(path, error) from None
    if not set(model.about) >= _NEEDED:
        raise _unreadable(path, KeyError("about"))
    return model


def _no_such_model(path: Path) -> InputError:
    known = sorted(each.stem for each in path.parent.glob(f"*{SUFFIX}"))
    return InputError(
        Words(
            f"没有这个模型；已有：{'、'.join(known) or '（无）'}",
            f"there is no such model; there are: {', '.join(known) or '(none)'}",
            code="risk.model-unknown",
        ).after(f"{path.stem}: ")
    )


def _unreadable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        Words(
            f"读不到，或不是模型文件（{type(error).__name__}）；请重新训练（workbench train）",
            f"cannot be read as a model ({type(error).__name__}); train again (workbench train)",
            code="risk.cannot-read-model-train",
        ).after(f"{path}: ")
    )


def fingerprint(model: RiskModel) -> str:
    """SHA-256 over everything that decides a probability."""
    digest = hashlib.sha256()
    for box in (model.box, model.margin):
        digest.update(box.intercepts.tobytes())
        for term in box.terms:
            digest.update(repr(term.features).encode())
            digest.update(b"".join(cuts.tobytes() for cuts in term.cuts) + term.tables.tobytes())
    settled = [model.matrix.names, model.matrix.ranks, vars(model.calibration)]
    digest.update(json.dumps(settled, sort_keys=True, ensure_ascii=False).encode())
    return digest.hexdigest()


def _plain(model: RiskModel) -> dict[str, Any]:
    forecast = model.forecast
    return {
        "format": FORMAT,
        "features": model.matrix.names,
        # The same name may be computed otherwise in another version: the expression itself is compared.
        "definitions": [str(feature.expression) for feature in model.matrix.features],
        "ranks": json.dumps(model.matrix.ranks, ensure_ascii=False),
        "box": _plain_box(model.box),
        "margin": _plain_box(model.margin),
        "logistic": _plain_box(model.logistic),
        "calibration": json.dumps(vars(model.calibration), ensure_ascii=False),
        "dispersion": json.dumps(vars(model.dispersion)),
        "forecast": None
        if forecast is None
        else {
            "mean": _plain_box(forecast.mean),
            "spread": _plain_box(forecast.spread),
            "residuals": np.asarray(forecast.residuals),
        },
        "peers": json.dumps(vars(model.peers), ensure_ascii=False),
        "typical_spread": float(model.typical_spread),
        "level_errors": json.dumps(model.level_errors),
        "about": json.dumps(model.about, ensure_ascii=False),
    }


def _plain_box(box: GlassBox) -> dict[str, Any]:
    return {
        "intercepts": box.intercepts,
        "terms": [
            {"features": np.asarray(term.features), "cuts": list(term.cuts), "tables": term.tables}
            for term in box.terms
        ],
    }


def _model(plain: Json) -> RiskModel:
    forecast = plain["forecast"]
    return RiskModel(
        matrix=DesignMatrix(_features(plain["features"], plain["definitions"]), read_json(plain["ranks"])),
        box=_box(plain["box"]),
        calibration=Calibration(**read_json(plain["calibration"])),
        dispersion=Overdispersion(**read_json(plain["dispersion"])),
        margin=_box(plain["margin"]),
        logistic=_box(plain["logistic"]),
        forecast=None
        if forecast is None
        else Forecast(_box(forecast["mean"]), _box(forecast["spread"]), tuple(forecast["residuals"].tolist())),
        peers=Peers(**read_json(plain["peers"])),
        typical_spread=float(plain["typical_spread"]),
        # Models of the same format trained before tiers had errors of their own.
        level_errors=read_json(plain.get("level_errors", "{}")),
        about=read_json(plain["about"]),
    )


def _box(plain: Json) -> GlassBox:
    terms = tuple(
        Term(tuple(int(each) for each in term["features"]), tuple(term["cuts"]), term["tables"])
        for term in plain["terms"]
    )
    return GlassBox(plain["intercepts"], terms)


def _features(names: list[str], definitions: list[str]) -> tuple[Feature, ...]:
    """The features by name, if they still mean what they meant when the model was trained."""
    known = {feature.name: feature for feature in (*FEATURES, *extra_features(names))}
    changed = [
        name
        for name, definition in zip(names, definitions, strict=True)
        if name not in known or str(known[name].expression) != definition
    ]
    if changed:
        raise StoreError(
            Words(
                f"模型所用特征在本版本中没有或含义不同：{'、'.join(changed)}；请重新训练（workbench train）",
                f"the model reads features that this workbench lacks or computes otherwise: {', '.join(changed)}; "
                "train again (workbench train)",
                code="risk.model-reads-features-workbench",
            )
        )
    return tuple(known[name] for name in names)


# -- which one is in use ----------------------------------------------------------------------------------------------


def use(path: Path, store: Path) -> None:
    """Put the model in a file in use for a store, which from then on holds a copy of it. Raises InputError where it is none."""
    # Loaded first, so that a file that is no model is never put in use.
    put_in_use(path, store, record_text(load(path).about))


def in_use(models: Path | None, store: Path, shared: Path | None = None) -> RiskModel:
    """The model in use for a store (see `store.models.path_in_use`). Raises InputError where none was chosen."""
    return load(path_in_use(models, store, shared))


def version_warnings(model: RiskModel) -> list[Words]:
    """What differs between the libraries that the model was trained with and those here, in words."""
    warnings = []
    for name, trained in model.about.get("libraries", {}).items():
        try:
            here = version(name)
        except PackageNotFoundError:
            here = "–"
        if here.split(".")[:2] != trained.split(".")[:2]:
            warnings.append(
                Words(
                    f"模型训练时 {name} 为 {trained}，现为 {here}：评分只用数表，结果不变；重新训练结果可能略有不同",
                    f"the model was trained with {name} {trained}, here is {here}: scores only read tables and do not change; "
                    "training again may differ a little",
                    code="risk.trained-with-other-library",
                )
            )
    return warnings
