"""Whom a standard would have held, by township, key group and kind of family: with intervals, and what is mere chance said so."""

from typing import Any

import ipywidgets as widgets

from workbench.errors import StandardError
from workbench.preview.hindsight.families import FAMILY_TYPES, by_family
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.places import NO_GROUP, by_group, by_township
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.slips.held_by import names_of_facts
from workbench.ui.pages.county_standard.state import StandardSession


class SharesPanel:
    """Three tables of the shares of slips that were held, worked out when they are opened."""

    def __init__(self, session: StandardSession, language: Language) -> None:
        self.session = session
        self.language = language
        self.html = widgets.HTML()

    def fill(self) -> None:
        """Count them for the present choice."""
        t, session = self.language, self.session
        try:
            past = Hindsight.over(session.past_rounds(), session.standard)
        except StandardError as error:
            self.html.value = render("message", t, text=t.words(error.words), alert=False)
            return
        self.html.value = render("shares", t, tables=self._tables(past), slips=past.slips().households)

    def _tables(self, past: Hindsight) -> list[tuple[str, str, list[dict[str, Any]], list[str]]]:
        t = self.language
        named = names_of_facts(past.standard, t)
        named[NO_GROUP] = t("不属任何群体")
        families = by_family(past, self.session.store)
        return [
            ("townships", t("按乡镇"), [each | {"name": each["township"] or t("（未填）")} for each in by_township(past)], []),
            ("groups", t("按重点群体"), *_rows({named[name]: each for name, each in by_group(past).items()})),
            ("families", t("按家庭类型"), *_rows({t.label(FAMILY_TYPES[name]): each for name, each in families.items()}, t.label(FAMILY_TYPES["unknown"]))),
        ]  # fmt: skip


def _rows(shares: dict[str, dict[str, Any]], unnamed: str = "") -> tuple[list[dict[str, Any]], list[str]]:
    """Return a row for each group in which somebody slipped, and the names of the others; `unnamed`: that of those who are of no kind, which is no kind to be missed."""
    # Of no slips there is no share, and nothing that could be fair or not; named, or they would seem to be left out.
    rows = [each | {"name": name} for name, each in shares.items() if each["slips"]]
    return rows, [name for name, each in shares.items() if not each["slips"] and name != unnamed]
