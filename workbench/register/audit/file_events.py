"""What the workbench writes into a store outside of the register's own steps, told to the register where there is one."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from workbench.register.audit.covered_files import covered_folders, files_there, folders, kind_of, single
from workbench.register.audit.event import Event
from workbench.register.audit.file_check import COVERED
from workbench.register.location import register_exists, restore_note
from workbench.store.facts import FactStore
from workbench.store.models import POINTER, SUFFIX, files_of, models_of


def tell_of_files(
    facts: FactStore, url: str | None, account: str, now: dt.datetime, events: Callable[[], Sequence[Event]]
) -> None:
    """Append `events` where somebody has begun a register; made while no other writer is at it, so that hashes are of now."""
    # Late: where nobody has begun a register, the database's library need not be loaded.
    if not restore_note(facts.root).exists() and not register_exists(facts.root, url):
        return
    from workbench.register.access.acting_user import existing_register  # noqa: PLC0415
    from workbench.register.audit.log import record  # noqa: PLC0415
    from workbench.register.clock import moment_of  # noqa: PLC0415
    from workbench.register.db.engine import writing  # noqa: PLC0415

    register = existing_register(facts, url)
    if register is None:
        return
    # The hashes are taken under the writer's lock: no other event of the same files can come in between.
    with writing(register.engine) as connection:
        moment = moment_of(connection, now, simulated=facts.simulated())
        recorded = [replace(each, details={**each.details, **moment.details}) for each in events()]
        record(connection, at=moment.at, account=account, events=recorded)
    register.engine.dispose()


def scored(root: Path, round_name: str, model: str) -> Event:
    """Return the event that a model has scored a round."""
    return Event("scored", round_name, {"model": model}, files=folders(root, [f"scores/round={round_name}/"]))


def model_chosen(root: Path, model: str) -> Event:
    """The event that a model is in use: its file, its account and card, and the file that names it."""
    paths = [root / POINTER, *files_of(models_of(root) / f"{model}{SUFFIX}")]
    return Event("model_chosen", model, {}, files=single(root, paths))


def simulated(root: Path, before: Iterable[str]) -> Event:
    """The event that a simulated city was put in place of the folders that there were."""
    # A folder that went is told as empty: its files would otherwise be missing at every verification.
    gone: dict[str, dict[str, str]] = {name: {} for name in before}
    return Event("city_simulated", "", {}, files={**gone, **folders(root, covered_folders(root))})


def summary_written(file: str, city: str, rounds: Sequence[str], content: str) -> Event:
    """The event that a city's summary was written for its province: the `file`, of which rounds, the SHA-256 of its counts."""
    return Event("summary_written", file[:200], {"city": city, "rounds": list(rounds), "content": content})


def covering(root: Path) -> Event:
    """The event that names every file that there is: from here on none can be changed or added unseen."""
    chosen = [root / path for path in files_there(root) if kind_of(path) in {"filed_facts", "model"}]
    hashes: dict[str, str | dict[str, str]] = {**folders(root, covered_folders(root)), **single(root, chosen)}
    count = sum(len(each) if isinstance(each, dict) else 1 for each in hashes.values())
    return Event(COVERED, "", {"count": count}, files=hashes)
