"""Who may do what, and where: the roles of the notice's procedure, and the areas that they are bound to (LA2019-15 §2.1.1-b)."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from workbench.domain.parameters import county_names
from workbench.errors import RefusedError, Words


class Right(StrEnum):
    """What a role may do inside its area."""

    VISIT = "visit"
    PROPOSE = "propose"
    REVIEW = "review"
    FILE = "file"
    TAKE_IN = "take_in"
    ADD_WINDOW = "add_window"
    SET_STANDARD = "set_standard"
    ASSIGN_OFFICER = "assign_officer"
    READ_REGISTER = "read_register"
    READ_PERSONAL = "read_personal"
    READ_FACTS = "read_facts"
    SCORE = "score"
    TRAIN = "train"
    TEACH = "teach"
    KEEP = "keep"


RIGHTS: dict[Right, tuple[str, str]] = {
    Right.VISIT: ("走访", "visit"),
    Right.PROPOSE: ("初评上报", "propose"),
    Right.REVIEW: ("审核", "review"),
    Right.FILE: ("备案", "file"),
    Right.TAKE_IN: ("导入数据", "take facts in"),
    Right.ADD_WINDOW: ("登记录入窗口", "add entry windows"),
    Right.SET_STANDARD: ("设定标准", "set a standard"),
    Right.ASSIGN_OFFICER: ("指定包保责任人", "name officers"),
    Right.READ_REGISTER: ("查看登记", "read the register"),
    Right.READ_PERSONAL: ("查看个人信息", "read personal data"),
    Right.READ_FACTS: ("查看数据", "read facts"),
    Right.SCORE: ("重新评分", "score a round"),
    Right.TRAIN: ("训练模型", "train the model"),
    Right.TEACH: ("编写培训案例", "write training cases"),
    Right.KEEP: ("管理账号和系统", "keep accounts and the system"),
}
"""Chinese and English label of every right."""


@dataclass(frozen=True)
class Role:
    """A role: its labels and rights. `level` is how finely its area is named: 0 city, 1 county, 2 township, 3 village."""

    name: str
    zh: str
    en: str
    level: int
    rights: frozenset[Right]
    simulated_only: bool = False


_READ = {Right.READ_FACTS, Right.READ_REGISTER}
ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("village_worker", "村级工作人员", "village worker", 3,
             frozenset({*_READ, Right.READ_PERSONAL, Right.VISIT, Right.PROPOSE})),
        Role("township_reviewer", "乡镇审核人", "township reviewer", 2,
             frozenset({*_READ, Right.READ_PERSONAL, Right.REVIEW, Right.ASSIGN_OFFICER})),
        Role("county_officer", "县级经办人", "county officer", 1,
             frozenset({*_READ, Right.READ_PERSONAL, Right.FILE, Right.SET_STANDARD, Right.ASSIGN_OFFICER, Right.SCORE,
                        Right.TAKE_IN, Right.ADD_WINDOW})),
        Role("city_reader", "市级查阅人", "city reader", 0, frozenset(_READ)),
        Role("analyst", "分析人员", "analyst", 0, frozenset({Right.READ_FACTS, Right.SCORE, Right.TRAIN})),
        Role("trainer", "培训人员", "trainer", 0, frozenset({*_READ, Right.TEACH}), simulated_only=True),
        Role("administrator", "管理员", "administrator", 0,
             frozenset({Right.KEEP, Right.SCORE, Right.TRAIN, Right.TAKE_IN, Right.ADD_WINDOW})),
    )
}  # fmt: skip
"""Each step has a role of its own: nobody reviews what the same role proposed, or files what it reviewed."""


@dataclass(frozen=True)
class Area:
    """A part of the city by names from the county down; empty at a level: all of it."""

    county: str | None = None
    township: str | None = None
    village: str | None = None

    def __post_init__(self) -> None:
        if any(part is not None and before is None for before, part in pairwise(self.parts)):
            raise RefusedError(
                Words(
                    f"范围 {self} 不完整：村要写明乡镇，乡镇要写明县区",
                    f"area {self.words.en} has a gap: a village needs its township, a township its county",
                    code="domain.area-gap-village-needs",
                )
            )

    @property
    def parts(self) -> tuple[str | None, str | None, str | None]:
        """County, township, village."""
        return (self.county, self.township, self.village)

    @property
    def level(self) -> int:
        """0 the city, 1 a county, 2 a township, 3 a village."""
        return sum(part is not None for part in self.parts)

    def holds(self, other: "Area") -> bool:
        """Whether the other area lies inside this one."""
        # A whole county (None below it) lies in none of its townships: None equals no name.
        return all(own is None or own == theirs for own, theirs in zip(self.parts, other.parts, strict=True))

    @property
    def words(self) -> Words:
        """The area's name for people: a county has one in each language, townships and villages the same in both."""
        if self.county is None:
            return Words("全市", "the whole city")
        # A county by its name, whose code few people know; one that is not Lu'an's has none.
        below = [part for part in self.parts[1:] if part is not None]
        zh, en = county_names(self.county)
        return Words("/".join((zh, *below)), "/".join((en, *below)))

    def __str__(self) -> str:
        return self.words.zh


@dataclass(frozen=True)
class Person:
    """Somebody who acts: an account, a role, an area of that role's level."""

    account: str
    role: Role
    area: Area

    def __post_init__(self) -> None:
        if self.area.level != self.role.level:
            raise RefusedError(
                Words(
                    f"{self.account}：{self.role.zh}的范围应写到第 {self.role.level} 级，现为“{self.area}”",
                    f"{self.account}: the area of a {self.role.en} must be given down to level {self.role.level}, not as {self.area.words.en}",
                    code="domain.area-levels-not",
                )
            )


def check_right(person: Person, right: Right, area: Area, *, simulated: bool) -> None:
    """Raise RefusedError unless the person may do this there; says what is refused and who may."""
    if right not in person.role.rights:
        allowed = [role for role in ROLES.values() if right in role.rights]
        zh, en = RIGHTS[right]
        raise RefusedError(
            Words(
                f"您是{person.role.zh}，无权{zh}；可以{zh}的是 {'、'.join(role.zh for role in allowed)}",
                f"you are a {person.role.en} and may not {en}; that is for: {', '.join(role.en for role in allowed)}",
                code="domain.no-right",
            )
        )
    if not person.area.holds(area):
        raise RefusedError(
            Words(
                f"您的范围是{person.area}，{area}不在其中",
                f"you work in {person.area.words.en}; {area.words.en} lies outside",
                code="domain.area-outside",
            )
        )
    if person.role.simulated_only and not simulated:
        raise RefusedError(
            Words(
                f"{person.role.zh}只能使用模拟数据，这里是真实数据",
                f"a {person.role.en} works with simulated data only; this data is real",
                code="domain.simulated-data-only",
            )
        )
