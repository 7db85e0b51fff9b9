"""Above the comparison: the scenario's name and the saved ones; and what may be added to it."""

from markupsafe import Markup

from workbench.domain.rules.standard_keys import typed_key
from workbench.store.scenarios import Earlier, Saved
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.scenario_lab.keys import changeable, is_flag, label_of
from workbench.ui.pages.scenario_lab.registered import registered_versions
from workbench.ui.pages.scenario_lab.state import ScenarioSession


def bar_html(session: ScenarioSession, t: Language) -> Markup:
    """The scenario's name and note, those saved, and the versions of the one that is open."""
    saved = [(each.identity, each.name, *_when(each)) for each in session.saved_scenarios()]
    opened = session.saved
    versions = [(each.revision, *_when(each)) for each in opened.earlier] if opened else []
    return render(
        "scenario_bar", t, sends=sends, scenario=session.scenario, saved=saved, versions=versions,
        opened=opened.identity if opened else "", owner=opened.owner if opened else "",
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


def _when(saved: Saved | Earlier) -> tuple[str, str]:
    """When a scenario was saved, and by whom."""
    return saved.saved_at[:16].replace("T", " "), saved.saved_by
