"""Above the comparison: the scenario's name and the saved ones; and what may be added to it."""

from collections.abc import Mapping

from markupsafe import Markup

from workbench.domain.rules.standard_keys import typed_key
from workbench.register.county_records import account_names
from workbench.store.scenarios import Earlier, Saved
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.scenario_lab.keys import changeable, is_flag, label_of
from workbench.ui.pages.scenario_lab.registered import registered_versions
from workbench.ui.pages.scenario_lab.state import ScenarioSession


def bar_html(session: ScenarioSession, t: Language) -> Markup:
    """The scenario's name and note, those saved, and the versions of the one that is open."""
    user, opened = current_user.acting_user(), session.saved
    # An account is nobody's word: colleagues know each other by name.
    names = account_names(user) if user else {}
    saved = [(each.identity, each.name, *_when(each, names)) for each in session.saved_scenarios()]
    versions = [(each.revision, *_when(each, names)) for each in opened.earlier] if opened else []
    return render(
        "scenario_bar", t, sends=sends, scenario=session.scenario, saved=saved, versions=versions,
        opened=opened.identity if opened else "", owner=names.get(opened.owner, opened.owner) if opened else "",
        # What would be refused is not offered.
        mine=not opened or opened.owner in ("", current_user.account_name()),
    )  # fmt: skip


def adding_html(session: ScenarioSession, copy: dict[str, str], t: Language) -> Markup:
    """What may be added: a standard in force, a registered version, a copy with one key changed (`copy`: name, key, text)."""
    if copy["name"] not in session.names:
        copy["name"] = session.names[0]
    return render(
        "scenario_adding", t,
        sends=sends, registered=registered_versions(session.county, t), names=session.names, copy=copy, flag=is_flag(typed_key(copy["key"])),
        keys=[(key, label_of(key, t, session.own_groups)) for key in changeable(session.own_groups)],
        counties=[(code, county_name(code, t) if code else t("参照标准")) for code in session.counties_of(session.round_name)],
    )  # fmt: skip


def _when(saved: Saved | Earlier, names: Mapping[str, str]) -> tuple[str, str]:
    """When a scenario was saved, and by whom."""
    return saved.saved_at[:16].replace("T", " "), names.get(saved.saved_by, saved.saved_by)
