"""A model that was just trained: saved with its card, put in use for a store, and told in the trail of the register."""

import datetime as dt
from pathlib import Path

from workbench.register.audit.file_events import model_chosen, tell_of_files
from workbench.risk.model.trained_model import RiskModel
from workbench.risk.registry import artefact
from workbench.risk.registry.card_page import card_page
from workbench.store.facts import FactStore
from workbench.store.models import models_of


def folder_of(facts: FactStore, models: Path | None) -> Path:
    """Where a model will be saved: the folder named, else the store's own. Raises StoreError where nothing can be written there.

    Asked before the training, which takes minutes: that is not to be learnt at its end.
    """
    folder = models or models_of(facts.root)
    artefact.writable(folder)
    return folder


def put_trained_in_use(
    model: RiskModel, facts: FactStore, folder: Path, who: tuple[str, dt.datetime], register: str | None
) -> Path:
    """Save a model and put it in use; `who`: the account and the moment for the trail. Returns the path of the model's file."""
    # With the model its card is written, and both are copied into the store, which holds all that it shows (0012).
    path = artefact.save(model, folder, card_page(model.about))
    artefact.use(path, facts.root)
    account, now = who
    tell_of_files(facts, register, account, now, lambda: [model_chosen(facts.root, path.stem)])
    return path
