"""The standard that every figure of the page is compared with: one, and named."""

from dataclasses import dataclass

from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.register.standards.in_force import StandardInUse, Version
from workbench.register.standards.standing import Standing
from workbench.ui.kit.texts.language import Language


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


def compared_with(against: ReferenceStandard, in_use: StandardInUse, t: Language) -> str:
    """What is said of the standard compared with; `in_use`: that of the round."""
    # In force today is one version: in a round of before, another may be used, or one that came only later.
    if against.source == "approved" and in_use.standing is not Standing.PRESENT:
        return t("与{name}比较。", name=t.words(against.name))
    texts = {
        "approved": t("与本县区现行标准比较。"),
        "approved_later": t("本县区本期没有现行标准，与已批准、本期尚未施行的一版比较。"),
        "reference": t("本县区尚无现行标准，与参照标准（起点，非建议）比较。"),
        "version": t("与本县区登记的一版标准比较。"),
        "draft": t("本县区本期没有现行标准，与登记的草案比较。"),
        "file": t("本县区本期没有现行标准，与文件中的草案比较。"),
        "chosen_file": t("与文件中的标准比较。"),
    }
    return texts[against.source]
