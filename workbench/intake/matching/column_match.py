"""What one column of a file was taken for, how, how sure that is, and why."""

from dataclasses import dataclass
from enum import StrEnum

from workbench.errors import Words


class How(StrEnum):
    """How a column came by its meaning; the values are those of the command's JSON (contract §5)."""

    KNOWN = "known"
    ALIAS = "alias"
    LIKELY = "likely"
    MAPPING = "mapping"
    IGNORED = "ignored"


class Evidence(StrEnum):
    """What a likely match rests on."""

    HEADER = "header"
    CONTENT = "content"


HOW_WORDS = {
    How.KNOWN: Words("已知的列", "a known column"),
    How.ALIAS: Words("同一列的另一名称", "another name of a known column"),
    How.LIKELY: Words("很可能", "likely"),
    How.MAPPING: Words("按映射", "as the mapping says"),
    How.IGNORED: Words("未用", "not used"),
}


@dataclass(frozen=True)
class ColumnMatch:
    """One header of a file.

    `means`: the fact (of a list of households) or the column of the national lists (of a list of persons) that it was
    taken for; None where it is not used. `confidence`: 0 to 1. `unit`: as the file states it, where `factor` makes yuan,
    mu or months of its numbers.
    """

    header: str
    means: str | None
    how: How
    confidence: float
    reason: Words
    evidence: Evidence = Evidence.HEADER
    unit: str | None = None
    factor: float = 1.0

    @property
    def likely(self) -> bool:
        """Whether it was taken without being known: worth a look."""
        return self.how is How.LIKELY
