"""Where things are on this computer. Read at the edges only (commands, server, pages, jobs, notebooks); everything below takes paths."""

import getpass
import os
from pathlib import Path

from workbench.safeguards.local_paths import refuse_url

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / "data"
DIVISIONS = DATA / "divisions"
NOTEBOOKS = PROJECT / "notebooks"


def store_path(option: str | Path | None = None) -> Path:
    """The store: the option, else WORKBENCH_STORE, else data/store of the project; raises InputError for a URL."""
    # `or`, since a variable that is set and empty would be the folder that one is in.
    location = option or os.environ.get("WORKBENCH_STORE") or DATA / "store"
    refuse_url("--store", location)
    return Path(location)


def models_path(option: str | Path | None = None) -> Path | None:
    """The folder of models: the option, else WORKBENCH_MODELS, else None: the store's own; raises InputError for a URL."""
    named = option or os.environ.get("WORKBENCH_MODELS")
    if not named:
        return None
    refuse_url("--models", named)
    return Path(named)


def register_url(option: str | None = None) -> str | None:
    """The register's database: the option, else WORKBENCH_REGISTER, else None: the one embedded in the store."""
    return option or os.environ.get("WORKBENCH_REGISTER") or None


def acting_account(option: str | None) -> str | None:
    """Who acts in a shell: the option, else WORKBENCH_ACCOUNT."""
    return option or os.environ.get("WORKBENCH_ACCOUNT") or None


def who_acts(option: str | None = None) -> str:
    """Who acts where anybody may: the account, and without one the user of this computer."""
    # Whoever has a shell on the store has its files: no account is asked, and the trail names the user (0014).
    return acting_account(option) or f"shell:{getpass.getuser()}"
