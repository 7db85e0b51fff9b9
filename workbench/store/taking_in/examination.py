"""What was read of a file held against a store: the county's round before, and the rules that a county adds to ours."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from workbench.domain.parameters import counties
from workbench.errors import FileError, Words
from workbench.intake.findings.plausibility import held_against
from workbench.intake.findings.result import IntakeResult
from workbench.intake.findings.rules import PREVIOUS_MEDIAN, Rule, own_rules, read_rules
from workbench.store.facts import FactStore

FOLDER = "plausibility"
"""`STORE/plausibility/<county code>.yaml`, or `city.yaml` for every county: rules that are added to ours."""
_EVERYWHERE = "city"


@dataclass(frozen=True)
class AddedRules:
    """The rules that a store adds, by county; under `city` those for every county."""

    by_county: Mapping[str, tuple[Rule, ...]]

    def of(self, county: str) -> tuple[Rule, ...]:
        """The rules for a county, the city's among them."""
        return (*self.by_county.get(_EVERYWHERE, ()), *self.by_county.get(county, ()))


def added_rules(root: Path) -> AddedRules:
    """Every rule file of a store. Raises FileError, in words, for one that cannot be read: none is left out in silence."""
    return AddedRules({_whose(path): read_rules(path) for path in sorted((root / FOLDER).glob("*"))})


def examined(store: FactStore, round_name: str, result: IntakeResult, rules: AddedRules) -> IntakeResult:
    """The result with what its county's round before and its county's own rules find."""
    # Our other rules were applied when the file was read; these need the round before, which only a store has.
    looking_back = tuple(rule for rule in own_rules() if PREVIOUS_MEDIAN in rule.condition().names)
    done = result
    for code in result.facts:
        examined = held_against(
            replace(done, facts={code: done.facts[code]}),
            (*looking_back, *rules.of(code)),
            round_name,
            _before(store, round_name, code),
        )
        # Of one county alone: the facts of the others, and the rows of the whole file, are put back.
        done = replace(examined, facts={**done.facts, **examined.facts}, rows=result.rows)
    return done


def _before(store: FactStore, round_name: str, county: str) -> dict[str, pa.Table]:
    before = store.previous_round(round_name, county)
    return {} if before is None else {county: store.read(before, county)}


def _whose(path: Path) -> str:
    # A misspelt name would be a rule that is never applied, without anybody knowing.
    if path.suffix == ".yaml" and path.stem in {*counties(), _EVERYWHERE}:
        return path.stem
    known = "、".join(f"{code}.yaml" for code in counties())
    message = Words(
        f"规则文件的名称应为 city.yaml 或 {known}；请改名，或移出 {FOLDER}",
        f"a file of rules is named city.yaml or {known.replace('、', ', ')}; rename it, or take it out of {FOLDER}",
        code="store.file-rules-named-city",
    )
    raise FileError(path, message)
