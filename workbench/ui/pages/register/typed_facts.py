"""What the forms of a household and of its case say: the facts that a visit changed, the note of a step."""

from typing import Any

from workbench.domain.procedure.corrections import correctable, read_correction
from workbench.register.cases.notes import publicity_note
from workbench.ui.kit.controls.pane_fields import Fields, day, one


class TypedFacts:
    """What is typed into the form of one household and not sent yet, by fact; another household begins anew."""

    def __init__(self) -> None:
        self._household, self._texts = "", dict[str, str]()

    def note(self, household: str, fact: str, text: str) -> None:
        """A field of the form was left; what no visit corrects is passed over."""
        # What was typed for one household must never be judged, or sent, for the next one.
        if household != self._household:
            self._household, self._texts = household, {}
        if fact in correctable():
            self._texts[fact] = text

    def forget(self) -> None:
        """What was typed was sent."""
        self._texts = {}

    def changes(self, household: str) -> dict[str, Any]:
        """The facts typed for a household. Raises InputError for what cannot be."""
        texts = self._texts if household == self._household else {}
        return {name: read_correction(name, one({name: [text]}, name)) for name, text in texts.items()}


def case_note(fields: Fields) -> str:
    """The note of a step of a case; of an announcement with what became of the publicity. Raises InputError where that is not said."""
    note = one(fields, "note")
    # A batch of cases says in one note what there is to say.
    if one(fields, "step") != "announce":
        return note
    raised = one(fields, "objection")
    # A day typed beside "no objection" says nothing, and is not looked at.
    on = day(fields, "objected_on").isoformat() if raised == "yes" and one(fields, "objected_on") else ""
    return publicity_note(raised, one(fields, "objector"), on, one(fields, "answer"), note)


def corrections(fields: Fields) -> dict[str, Any]:
    """What a form changed: each fact whose text is another than the form showed. Raises InputError for what cannot be."""
    return {
        name: read_correction(name, one(fields, f"fact:{name}"))
        for name in correctable()
        # What was shown comes along: a fact that somebody else corrected meanwhile is not put back by a form opened before.
        if f"fact:{name}" in fields and one(fields, f"fact:{name}") != one(fields, f"shown:{name}")
    }
