"""The declared readings of the notice in words."""

from workbench.domain.rules.legal_readings import reading
from workbench.ui.kit.texts.language import Language


def reading_words(name: str, t: Language) -> str:
    """What a reading says, in a line."""
    chosen = reading(name)
    return t.label((chosen.zh, chosen.en))
