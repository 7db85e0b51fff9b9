"""The sheet that a leader decides upon, counted and written: apart, since few previews ask for one and it loads much."""

from pathlib import Path

from workbench.clock import now_in_beijing
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.preview.scope import PreviewScope
from workbench.register.assistance.standings import standings
from workbench.register.standards.in_force import opened_register, standard_in_use
from workbench.reports.documents.decision_sheet import decision_sheet
from workbench.reports.gathering.standard_decision import ComparedStandard, gather_decision
from workbench.settings import register_url
from workbench.store.files import write_file
from workbench.store.round_scope import RoundScope


def write_sheet(sheet: Path, scope: PreviewScope, standard: EdgeStandard, against: EdgeStandard | None) -> Words:
    """Write the sheet; compared with the standard given, else with the one used in the county and round. Returns what to say."""
    assert scope.county is not None
    if against is not None:
        compared = ComparedStandard(against, "所给的标准", in_force=False)
    else:
        used = standard_in_use(RoundScope(scope.store, scope.round_name, scope.county), register=register_url())
        compared = ComparedStandard(used.standard, used.name.zh, used.of_its_time)
    register, known = opened_register(scope.store, register_url()), None
    if register is not None:
        with register.engine.connect() as connection:
            # Counts alone come of it: whoever asks here sees no household of the register.
            known = standings(connection, scope.county, scope.round_name)
    decision = gather_decision(scope, standard, compared, now_in_beijing().date(), known)
    write_file(sheet, decision_sheet(decision))
    return Words(f"呈批表已存为 {sheet}", f"the sheet is written to {sheet}")
