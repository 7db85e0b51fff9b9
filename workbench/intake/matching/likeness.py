"""How alike a header and a known one are, and whether they differ in nothing that matters."""

from collections.abc import Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

_LEAST = 75.0
_LONG_ENOUGH = 4
_NEAR = 8.0
_MAY_DIFFER = frozenset("性的之及与和等其个额金情况状总体本所各项类")
"""Characters that may stand in one header and not in the other; any other difference may be another meaning.

`总` is among them since no two known columns differ by it alone.
"""
_CANDIDATES = 8


def likest(core: str, cores: Mapping[str, frozenset[str]]) -> tuple[str | None, float]:
    """The one target whose name a header resembles, with how much (0 to 1); none where that is not plain."""
    if len(core) < _LONG_ENOUGH:
        return None, 0.0
    near = process.extract(core, cores.keys(), scorer=fuzz.ratio, score_cutoff=_LEAST, limit=_CANDIDATES)
    alike = [(cores[name], score) for name, score, _ in near if _differ_in_little(core, name)]
    if not alike:
        return None, 0.0
    best = alike[0][1]
    # A second so close makes it a guess, and a column is rather left unread than read wrongly (0027).
    targets = frozenset().union(*(names for names, score in alike if score > best - _NEAR))
    return (next(iter(targets)), best / 100) if len(targets) == 1 else (None, 0.0)


def _differ_in_little(one: str, other: str) -> bool:
    """Whether all that is added to one or left out of it may be so; a character in another's place never."""
    for step in Levenshtein.opcodes(one, other):
        changed = one[step.src_start : step.src_end] + other[step.dest_start : step.dest_end]
        if step.tag == "replace" or (step.tag != "equal" and not set(changed) <= _MAY_DIFFER):
            return False
    return True
