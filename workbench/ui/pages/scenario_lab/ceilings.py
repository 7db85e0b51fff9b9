"""Whether the standards of a scenario can be counted under every line that it is counted under."""

from collections.abc import Iterable

from workbench.domain.rules.standard import EdgeStandard
from workbench.preview.scenario import Scenario
from workbench.preview.scope import PreviewScope
from workbench.store.facts import FactStore


def check_ceilings(store: FactStore, scenario: Scenario, standards: Iterable[EdgeStandard] | None = None) -> None:
    """Raise StandardError where a ceiling lies below a line; `standards`: those to look at (None: the scenario's own)."""
    chosen = [each.standard for each in scenario.candidates] if standards is None else list(standards)
    # Beside another line the one in force is counted too, to see what the line alone changes (0037).
    for line in {scenario.line, None}:
        scope = PreviewScope(store, scenario.round_name, line=line)
        for each in chosen:
            scope.limits_of(each)
