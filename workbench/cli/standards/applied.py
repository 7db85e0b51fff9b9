"""The standard that a command applies to a county and round: the one given, else the one used there."""

from workbench.domain.rules.standard import EdgeStandard
from workbench.register.standards.in_force import Source, StandardInUse, standard_in_use
from workbench.settings import register_url
from workbench.store.round_scope import RoundScope


def standard_applied(scope: RoundScope, given: EdgeStandard | None) -> StandardInUse:
    """The standard that was given, else the one that is used in the county and round."""
    # A file named on the command line comes before anything the register says, and is told as a file (0048).
    if given:
        return StandardInUse(given, Source.FILE)
    return standard_in_use(RoundScope(scope.store, scope.round_name, scope.county), register=register_url())
