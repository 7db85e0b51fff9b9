"""Where each fact of a household came from: the file, which list it was, and the day."""

from typing import Any

from workbench.intake.department_list import LAYOUT, departments
from workbench.store.facts import FactStore
from workbench.store.taking_in.provenance import FactSource, fact_sources
from workbench.ui.kit.texts.facts import fact_label, fact_value
from workbench.ui.kit.texts.language import Language


def sources_of(
    store: FactStore, round_name: str, county: str, facts: dict[str, Any], t: Language
) -> list[dict[str, str]]:
    """A row a fact that is known and whose source was written down: its value, the file, the list, the day, the batch."""
    sources = fact_sources(store.root, round_name, county, str(facts["household_id"]))
    return [
        {
            "fact": fact_label(name, t), "value": fact_value(name, facts[name], t), "file": source.file or "–",
            "list": _list(source, t), "day": source.at[:10] or "–", "batch": str(source.batch),
        }
        for name, source in sources.items()
        # A row of a fact not known would read as if a file had said so.
        if facts.get(name) is not None
    ]  # fmt: skip


def _list(source: FactSource, t: Language) -> str:
    """Which department's list it was; empty for any other file."""
    # Looked up by the name that was kept: the parameters may no longer name that list.
    known = departments().get(source.list.removeprefix(LAYOUT)) if source.list.startswith(LAYOUT) else None
    return t.words(known.words) if known else ""
