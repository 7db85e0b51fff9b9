"""The readings of the notice in words."""

from workbench.domain.rules.legal_readings import readings
from workbench.ui.kit.texts.language import Language


def reading_words(name: str, t: Language) -> str:
    """What a declared reading says, in a line; one of somebody's own is called what that person called it."""
    chosen = readings().get(name)
    return t.label((chosen.zh, chosen.en)) if chosen else name
