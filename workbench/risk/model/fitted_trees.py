"""What a fitted histogram gradient boosting of scikit-learn holds: its attributes are private, so they are read here alone.

scikit-learn has no public way to a fitted tree and may change its private ones with any minor version. This module is
imported when trees are compiled, and refuses a version that nobody has tried: a model that is read wrongly looks like a model.
"""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import numpy as np

from workbench.errors import MissingPartError, Words

TRIED = "1.9"
"""The minor version whose private attributes are known, as pyproject.toml pins it."""


def check_version(installed: str) -> None:
    """Raise MissingPartError for a scikit-learn of another minor version than TRIED."""
    if installed.split(".")[:2] != TRIED.split("."):
        raise MissingPartError(
            Words(
                f"scikit-learn 装的是 {installed}；训练要用 {TRIED} 版（它的内部结构随版本变）：请运行 make setup，或安装 scikit-learn=={TRIED}.*",
                f"scikit-learn {installed} is installed; training needs version {TRIED} (its inner structure changes with the "
                f"version): run make setup, or install scikit-learn=={TRIED}.*",
                code="risk.scikit-learn-installed-training",
            )
        )


def baseline(forest: Any) -> float:
    """What a fitted forest predicts before its first tree: a logit of a classifier, the mean of a regressor."""
    return float(np.ravel(forest._baseline_prediction)[0])  # noqa: SLF001 - no public way to it


def nodes(forest: Any) -> Iterator[Any]:
    """The nodes of each tree of a fitted forest of one class, as scikit-learn's structured array."""
    for (tree,) in forest._predictors:  # noqa: SLF001 - no public way to a fitted tree
        yield tree.nodes


check_version(version("scikit-learn"))
