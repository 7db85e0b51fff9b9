"""Where things are on this computer. Read at the edges only (command line, pages); everything below takes paths."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / "data"
DIVISIONS = DATA / "divisions"
NOTEBOOKS = PROJECT / "notebooks"


def store_path(option: str | Path | None = None) -> Path:
    """The store: the option, else WORKBENCH_STORE, else data/store of the project."""
    return Path(option or os.environ.get("WORKBENCH_STORE") or DATA / "store")


def models_path(option: str | Path | None = None) -> Path:
    """The models: the option, else WORKBENCH_MODELS, else models/ of the project."""
    return Path(option or os.environ.get("WORKBENCH_MODELS") or PROJECT / "models")
