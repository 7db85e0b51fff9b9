"""A scenario: several standards to compare in a round, under which line and error, and what varies. As data, to keep and share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workbench.domain.parameters import check_line
from workbench.domain.rounds import check_round
from workbench.domain.rules.standard import EdgeStandard, parse_standard, standard_data
from workbench.errors import InputError, Words
from workbench.preview.counts.sweep import Axis, parse_axis
from workbench.preview.sensitivity.income_error import check_error

MOST_STANDARDS = 6
LONGEST_NAME = 60
LONGEST_NOTE = 500
_VERSION = 1


@dataclass(frozen=True)
class Candidate:
    """A standard with the name that it goes by in a scenario."""

    name: str
    standard: EdgeStandard


@dataclass(frozen=True)
class Scenario:
    """What is compared, in a round, of a county or (`county` None) of all.

    The first candidate is the one that the others are compared with. `line`: a line that everything is counted under instead of
    the one in force; `income_error`: the log standard deviation of reported incomes; `swept`: the name of the candidate whose keys
    vary, with one or two axes as `--vary` writes them; `pair`: two counties to set side by side under every candidate.
    """

    name: str
    round_name: str
    county: str | None
    candidates: tuple[Candidate, ...]
    note: str = ""
    line: float | None = None
    income_error: float | None = None
    swept: str | None = None
    axes: tuple[str, ...] = ()
    pair: tuple[str, str] | None = None

    def candidate(self, name: str) -> Candidate:
        """The candidate of a name; raises InputError."""
        chosen = next((each for each in self.candidates if each.name == name), None)
        if chosen is None:
            raise InputError(
                Words(f"没有这个方案：{name}", f"no such standard here: {name}", code="preview.no-such-standard-here")
            )
        return chosen

    def with_candidate(self, added: Candidate) -> "Scenario":
        """The scenario with one candidate more; raises InputError for a name that is taken, or where there are as many as can be compared."""
        if len(self.candidates) >= MOST_STANDARDS:
            raise InputError(
                Words(
                    f"最多并排比较 {MOST_STANDARDS} 个标准，请先去掉一个",
                    f"at most {MOST_STANDARDS} standards are compared side by side; remove one first",
                    code="preview.most-standards-compared-side",
                )
            )
        return checked(replace(self, candidates=(*self.candidates, added)))

    def without(self, name: str) -> "Scenario":
        """The scenario without a candidate; the last one stays."""
        self.candidate(name)
        remaining = tuple(each for each in self.candidates if each.name != name)
        if not remaining:
            raise InputError(Words("至少留一个标准", "one standard has to stay", code="preview.standard-stay"))
        # What varied goes with the standard whose keys it varied.
        swept = self.swept if self.swept != name else None
        return replace(self, candidates=remaining, swept=swept, axes=self.axes if swept else ())

    def parsed_axes(self) -> list[Axis]:
        """The axes that vary."""
        return [parse_axis(text) for text in self.axes]


def free_name(wanted: str, taken: Mapping[str, Any] | list[str]) -> str:
    """The name, with a number after it where it is taken."""
    # Room for a space and a number of three digits.
    wanted = wanted.strip()[: LONGEST_NAME - 4] or "1"
    number = 2
    name = wanted
    while name in taken:
        name, number = f"{wanted} {number}", number + 1
    return name


def scenario_data(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data; `parse_scenario` of it gives the same."""
    return {
        "version": _VERSION,
        "name": scenario.name,
        "note": scenario.note,
        "round": scenario.round_name,
        "county": scenario.county,
        "standards": [{"name": each.name, "standard": standard_data(each.standard)} for each in scenario.candidates],
        "line": scenario.line,
        "income_error": scenario.income_error,
        "swept": scenario.swept,
        "axes": list(scenario.axes),
        "pair": list(scenario.pair) if scenario.pair else None,
    }


def parse_scenario(data: Any) -> Scenario:
    """A scenario from plain data, checked whole; raises InputError or StandardError for what is none."""
    try:
        if data["version"] > _VERSION:
            raise InputError(
                Words(
                    "由更新版本的工作台存成，请升级",
                    "saved by a newer version of the workbench; upgrade it",
                    code="preview.saved-newer-version-workbench",
                )
            )
        scenario = Scenario(
            name=str(data["name"]),
            note=str(data["note"]),
            round_name=check_round(str(data["round"])),
            county=None if data["county"] is None else str(data["county"]),
            candidates=tuple(
                Candidate(str(each["name"]), parse_standard(each["standard"])) for each in data["standards"]
            ),
            line=None if data["line"] is None else check_line(float(data["line"])),
            income_error=None if data["income_error"] is None else check_error(float(data["income_error"])),
            swept=None if data["swept"] is None else str(data["swept"]),
            axes=tuple(str(text) for text in data["axes"]),
            # Not there in what was saved before counties could be set side by side.
            pair=_pair(data.get("pair")),
        )
    except (KeyError, TypeError, ValueError):
        raise InputError(
            Words("不是方案文件，或已损坏", "no scenario, or a damaged one", code="preview.no-scenario-damaged")
        ) from None
    # Only to refuse axes that cannot be read: they are kept as they were written.
    scenario.parsed_axes()
    return checked(scenario)


def _pair(data: Any) -> tuple[str, str] | None:
    if data is None:
        return None
    first, second = (str(each) for each in data)
    return first, second


def checked(scenario: Scenario) -> Scenario:
    """The scenario, if its names and their number can be."""
    names = [each.name for each in scenario.candidates]
    if not 1 <= len(names) <= MOST_STANDARDS:
        raise InputError(
            Words(
                f"应有 1 至 {MOST_STANDARDS} 个标准",
                f"1 to {MOST_STANDARDS} standards are expected",
                code="preview.standards-expected",
            )
        )
    if len(set(names)) < len(names):
        raise InputError(
            Words(
                "两个标准同名，请改其一",
                "two standards have one name; change one",
                code="preview.two-standards-name-change",
            )
        )
    for name in (*names, scenario.name):
        if not 0 < len(name.strip()) <= LONGEST_NAME:
            raise InputError(
                Words(
                    f"名称应有 1 至 {LONGEST_NAME} 个字",
                    f"a name has 1 to {LONGEST_NAME} characters",
                    code="preview.name-characters",
                )
            )
    if len(scenario.note) > LONGEST_NOTE:
        raise InputError(
            Words(
                f"说明最多 {LONGEST_NOTE} 个字",
                f"a note has at most {LONGEST_NOTE} characters",
                code="preview.note-most-characters",
            )
        )
    if scenario.swept is not None:
        scenario.candidate(scenario.swept)
    return scenario
