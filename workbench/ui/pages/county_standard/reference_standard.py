"""The standard that every figure of the page is compared with: one, and named."""

from dataclasses import dataclass

from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.register.standards.in_force import StandardInUse, Version


@dataclass(frozen=True)
class ReferenceStandard:
    """A standard to compare with, and its name; `source`: one of `in_force.Source`, or a "chosen_file", a "version".

    Every figure of the page that says what is new, or leaves, compares with this one.
    """

    standard: EdgeStandard
    source: str
    name: Words

    @classmethod
    def of_round(cls, in_use: StandardInUse) -> "ReferenceStandard":
        """Return the standard that is used in the round."""
        return cls(in_use.standard, str(in_use.source), in_use.name)

    @classmethod
    def of_file(cls, standard: EdgeStandard) -> "ReferenceStandard":
        """Return the standard of a file, by its title where it has one."""
        title = standard.title
        return cls(
            standard, "chosen_file", Words(title, title) if title else Words("文件中的标准", "the standard of a file")
        )

    @classmethod
    def of_version(cls, version: Version) -> "ReferenceStandard":
        """Return a version of the register."""
        name = Words(f"登记的第{version.version}版", f"version {version.version} of the register")
        return cls(version.standard, "version", name)
