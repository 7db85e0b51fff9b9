"""What stands in the register, as lists: entries, a household, filings, progress, screening, the edge register."""

from collections.abc import Iterable
from typing import Annotated

import typer

from workbench.cli.language import both, label
from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import emit, say, show_table
from workbench.cli.register.labels import proposal_label, rule_label, step_label
from workbench.cli.register.options import (
    CountyOption,
    HouseholdArgument,
    TownshipOption,
    VersionOption,
    VillageOption,
    kind_named,
    versions_of,
    with_acting_user,
)
from workbench.domain.facts import label_of
from workbench.domain.procedure.workflow import STAGES, Stage
from workbench.errors import InputError, Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.edge_register import assign, edge_households, screening
from workbench.register.household_history import history
from workbench.register.procedure import entries
from workbench.register.procedure.filings import filings
from workbench.register.standards.effect import reason_in_words

_SHOWN = 50
_PLACE = (Words("户编号", "household"), Words("乡镇", "township"), Words("村", "village"))
"""The columns that name a household and where it is."""
_STAGES = both("进度：" + "、".join(f"{name} {zh}" for name, (zh, _) in STAGES.items()), "stage: " + ", ".join(Stage))


@with_acting_user
def list_command(
    user: ActingUser,
    round_name: RoundOption,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", help=both("risk 风险等级，edge 边缘户；不写则两者", "risk or edge; both where not given")
        ),
    ] = None,
    stage: Annotated[str | None, typer.Option("--stage", help=_STAGES)] = None,
    township: TownshipOption = None,
    village: VillageOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """The households of a round in the own area, and where each stands."""
    # An unknown stage would match nobody, and read like a round that is done.
    if stage is not None and stage not in list(Stage):
        known = ", ".join(Stage)
        raise InputError(
            Words(f"--stage {stage!r}：应为 {known}", f"--stage {stage!r}: expected {known}", code="cli.stage-expected")
        )
    rows = entries.listed(
        user, checked_round(round_name), kind_named(kind) if kind else None,
        stages=[Stage(stage)] if stage else [], township=township, village=village,
    )  # fmt: skip

    def show() -> None:
        shown = [
            [row["household_id"], row["township"], row["village"], label(STAGES[Stage(row["stage"])]), rule_label(row["rule"]),
             proposal_label(row["proposal"]),
             row["version"]]
            for row in rows[:_SHOWN]
        ]  # fmt: skip
        columns = [
            *_PLACE,
            Words("进度", "stage"),
            Words("规则", "rule"),
            Words("上报", "proposal"),
            Words("版本", "version"),
        ]
        title = Words(f" · {len(rows):,} 户", f" · {len(rows):,} households")
        show_table(user.person.area.words.after(f"{round_name} · ") + title, columns, shown)
        _rest(len(rows))

    emit({"round": round_name, "households": rows}, show, as_json=as_json)


@with_acting_user
def show_command(
    user: ActingUser,
    household: HouseholdArgument,
    *,
    as_json: JsonOption = False,
) -> None:
    """Everything that the register holds of a household: steps, visits, edge register, cases."""
    record = history(user, household)

    def show() -> None:
        # What is to be done stands first; the table is what has been done.
        if record["next_step"]:
            say(Words(**record["next_step"]))
        rows = [
            [step["at"], step["round"], step_label(step["step"]), label(STAGES[Stage(step["stage"])]), proposal_label(step["proposal"]),
             step["account"], reason_in_words(step["reason"] or "")]
            for step in record["steps"]
        ]  # fmt: skip
        columns = [
            Words("时间", "time"), Words("期次", "round"), Words("步骤", "step"), Words("进度", "stage"), Words("上报", "proposal"),
            Words("账号", "account"), Words("理由", "reason"),
        ]  # fmt: skip
        show_table(household, columns, rows)

    emit(record, show, as_json=as_json)


@with_acting_user
def filings_command(
    user: ActingUser,
    round_name: Annotated[str | None, typer.Option("--round", help=both("期次", "round"))] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """The filings of the own area."""
    rows = filings(user, round_name)

    def show() -> None:
        columns = [
            Words("清单编号", "number of the list"), Words("时间", "time"), Words("账号", "account"), Words("户数", "households"),
            Words("清单摘要", "hash of the list"),
        ]  # fmt: skip
        show_table(
            Words("备案", "filings"),
            columns,
            # Twelve digits are enough to compare by eye; the whole hash is in --json.
            [[row["number"], row["at"], row["account"], row["households"], row["list_hash"][:12]] for row in rows],
        )

    emit({"filings": rows}, show, as_json=as_json)


@with_acting_user
def screening_command(
    user: ActingUser,
    round_name: RoundOption,
    county: CountyOption,
    village: VillageOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Unregistered households of the key groups, to be visited door to door (§2.2-b), by village."""
    households = screening(user, checked_round(round_name), county, village)

    def show() -> None:
        # Whatever else the frame holds is a key group: a county's own are not listed by name anywhere here.
        groups = [
            name for name in households.columns if name not in {"household_id", "township", "village", "in_group"}
        ]
        rows = [
            [row["household_id"], row["township"], row["village"], _joined(label(label_of(name)) for name in groups if row[name])
             # Who may be in a group is screened as well (§2.2-b).
             or Words("群体未知", "group not known")]
            for row in households.head(_SHOWN).iter_rows(named=True)
        ]  # fmt: skip
        title = Words(f"{round_name} · {len(households):,} 户", f"{round_name} · {len(households):,} households")
        show_table(title, [*_PLACE, Words("重点群体", "key groups")], rows)
        _rest(len(households))

    emit({"round": round_name, "county": county, "households": households.to_dicts()}, show, as_json=as_json)


@with_acting_user
def officers_command(
    user: ActingUser,
    households: Annotated[
        list[str] | None, typer.Argument(help=both("要指定包保责任人的户编号", "numbers of the households to assign"))
    ] = None,
    officer: Annotated[
        str | None, typer.Option("--officer", help=both("包保责任人的账号", "account of the officer"))
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3660, help=both("走访间隔（天）", "days between visits"))
    ] = None,
    version: VersionOption = None,
    *,
    overdue: Annotated[bool, typer.Option("--overdue", help=both("只看走访逾期的", "overdue visits only"))] = False,
    as_json: JsonOption = False,
) -> None:
    """The edge register with officers and visits due; with households and --officer, names their officer (§2.2-c)."""
    if households:
        if officer is None:
            raise InputError(
                Words(
                    "请写明包保责任人：--officer 账号",
                    "say who is to be the officer: --officer ACCOUNT",
                    code="cli.say-officer-officer-account",
                )
            )
        assign(user, households, officer, days, versions_of(households, version))
    # Asked after the assignment, so that the list shows it.
    rows = edge_households(user, overdue_only=overdue)

    def show() -> None:
        shown = [
            [
                row["household_id"],
                row["township"],
                row["village"],
                row["officer"],
                row["last_visit"],
                row["next_visit"],
                row["overdue"],
            ]
            for row in rows[:_SHOWN]
        ]
        columns = [
            *_PLACE, Words("包保责任人", "officer"), Words("上次走访", "last visit"), Words("下次走访", "next visit"),
            Words("逾期天数", "days overdue"),
        ]  # fmt: skip
        title = Words(f"边缘户台账 · {len(rows):,} 户", f"edge register · {len(rows):,} households")
        show_table(title, columns, shown)
        _rest(len(rows))

    emit({"assigned": households or [], "households": rows}, show, as_json=as_json)


def _rest(count: int) -> None:
    if count > _SHOWN:
        say(Words(f"… 共 {count:,} 户，全部请用 --json", f"… {count:,} in all: see them with --json"))


def _joined(parts: Iterable[str]) -> str:
    return label(("、", ", ")).join(parts)
