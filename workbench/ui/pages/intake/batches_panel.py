"""Everything that was taken in: each batch to be looked at again, and undone."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from workbench.errors import RefusedError, StoreError, Words, WorkbenchError
from workbench.settings import register_url
from workbench.store.batches.batch import Batch, batch_of, batches, findings_of, refuse_undoing
from workbench.store.batches.findings import Finding
from workbench.store.facts import FactStore
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.controls.pane_fields import one
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.intake.account import taking_in
from workbench.ui.pages.intake.reasons import reasons

_SHOWN = 50
_NO_REASON = Words("请写明为什么撤销", "say why it is undone")


class BatchesPanel:
    """A pane over the batches of a store. `undone` is called after one was: what was read is to be compared anew."""

    def __init__(
        self, facts: FactStore, language: Language, guard: Guard, undone: Callable[[], None], say: Callable[[str], None]
    ) -> None:  # fmt: skip
        self.facts, self.language, self._undone, self._say = facts, language, undone, say
        self.number: int | None = None
        self.all = False
        self.pane = Pane(guard(self.take))

    def fill(self) -> None:
        """Look at the store again."""
        try:
            self.pane.html = self._html()
        except RefusedError as error:
            self.pane.html = render("message", self.language, text=self.language.error(error), alert=False)

    def take(self, sent: dict[str, Any]) -> None:
        """Do what a control of the panel sent."""
        self._say("")
        match sent:
            case {"do": "look", "batch": int(number)}:
                batch_of(self.facts.root, number)
                self.number = None if self.number == number else number
            case {"do": "undo", "batch": int(number), "fields": dict(fields)}:
                self.undo(number, one(fields, "reason"))
            case {"do": "all"}:
                self.all = True
        self.fill()

    def undo(self, number: int, reason: str) -> None:
        """Put back what stood before a batch; raises RefusedError, in words, where something rests on it."""
        # Late: a page that only checks needs no database.
        from workbench.register.unit_of_work.intake_undoing import undo_here  # noqa: PLC0415

        batch = batch_of(self.facts.root, number)
        account, now = taking_in(batch.counties)
        # After the right is known: who may not undo is told so, and not asked for a reason first.
        if not reason:
            raise RefusedError(_NO_REASON)
        undo_here(self.facts, register_url(), account, now, number, reason)
        self._say(
            self.language("第 {number} 批已撤销：数据与导入之前完全一样。该导入的文件可以现在再导入。", number=number)
        )
        self._undone()

    def _html(self) -> Markup:
        t = self.language
        # Raises where this person may take in nothing at all; `fill` then says so in the place of the list.
        taking_in(())
        mine = [each for each in reversed(batches(self.facts.root)) if _may_see(each)]
        shown = mine if self.all else mine[:_SHOWN]
        chosen = next((each for each in mine if each.number == self.number), None)
        return render(
            "intake_batches", t,
            sends=sends, rows=[self._row(each) for each in shown], more=len(mine) - len(shown), number=self.number,
            seen=self._seen(chosen) if chosen else None,
        )  # fmt: skip

    def _row(self, batch: Batch) -> dict[str, Any]:
        t = self.language
        return {
            "number": batch.number, "round": round_title(batch.round, t), "counties": _names(batch.counties, t),
            "files": t("、").join(each.name for each in batch.files) or t("（未记）"), "account": batch.account, "at": _moment(batch.at),
            "added": batch.added, "changed": batch.changed, "unchanged": batch.unchanged,
            "forgotten": batch.forgotten_households, "undone": batch.undone is not None,
        }  # fmt: skip

    def _seen(self, batch: Batch) -> dict[str, Any]:
        """A batch as it is looked at again: what it changed, what it found, and whether it can be undone."""
        t = self.language
        findings = findings_of(self.facts.root, batch.number or 0)
        undone = batch.undone
        return {
            "row": self._row(batch), "files": [(each.name, each.sha256[:16]) for each in batch.files],
            "changed": _by_fact(batch.changed_facts, t), "forgotten": _by_fact(batch.forgotten, t),
            "findings": [
                (t("新的"), _reasons(findings.new, t), len(findings.new)),
                (t("以前就有、仍在的"), _reasons(findings.stays, t), len(findings.stays)),
                (t("以前有、这一批改正了的"), _reasons(findings.mended, t), len(findings.mended)),
            ],
            "undone": undone and {"account": undone.account, "at": _moment(undone.at), "reason": undone.reason},
            "refusal": self._refusal(batch),
        }  # fmt: skip

    def _refusal(self, batch: Batch) -> str:
        """Why the batch cannot be undone, as far as the files tell; what was decided upon it is asked when it is undone."""
        if batch.undone is not None:
            return ""
        try:
            refuse_undoing(self.facts, batch)
        except (RefusedError, StoreError) as error:
            return self.language.error(error)
        return ""


def _may_see(batch: Batch) -> bool:
    """Whether the person may take in, and so undo, facts of its counties."""
    try:
        taking_in(batch.counties)
    except WorkbenchError:
        return False
    return True


def _names(counties: Sequence[str], t: Language) -> str:
    return t("、").join(county_name(code, t) for code in counties) or "–"


def _moment(at: str) -> str:
    """A moment without its seconds and zone: all are Beijing's."""
    return at[:16].replace("T", " ")


def _by_fact(counts: Any, t: Language) -> list[tuple[str, int]]:
    return [(fact_label(name, t), count) for name, count in sorted(counts.items(), key=lambda item: -item[1])]


def _reasons(findings: Sequence[Finding], t: Language) -> list[tuple[str, str, int]]:
    """How many findings there are by column and reason, the most first."""
    # By column and reason: a file may have a finding in each of its rows.
    counted = Counter((column, reason) for _, _, column, reason in findings)
    return [
        (column, t.words(reasons()[reason][0]) if reason in reasons() else reason, count)
        for (column, reason), count in counted.most_common()
    ]
