"""Who may do what, found by trying it: every command that acts for an account, as every role, in the own area and beside it.

`python -m tests.roles` (`make roles`) tries everything and writes docs/roles.md; `tests/test_roles.py` tries it again and
compares. Nothing here reads the table of rights: a cell says what happened.
"""

import io
import shutil
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import polars as pl
import yaml

from tests.cli.command import loaded
from tests.register.conftest import COUNTY, NOW, ROUND, SECRET, STANDARD, opened_office
from tests.register.three_villages import begin, bring_to, village_facts
from tests.server.roles_of_pages import opened, section
from workbench.cli.app import app as program
from workbench.cli.app import main
from workbench.domain.procedure.roles import ROLES
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.domain.rules.standard import parse_standard
from workbench.register.access.accounts import NewAccount, add_accounts, close_account
from workbench.register.assistance.plans import make_plan
from workbench.register.cases.cases import step
from workbench.register.procedure.visits import VisitReport, visit
from workbench.register.standards.versions import draft, submit
from workbench.reports.templates.default_template import default_template
from workbench.settings import DIVISIONS
from workbench.simulation.city import simulate
from workbench.store.facts import FactStore
from workbench.store.ingest import write_city
from workbench.store.schema import Origin

DOCUMENT = Path(__file__).parents[1] / "docs" / "roles.md"
ACTORS = {
    "village_worker": ("w0", "w2"),
    "township_reviewer": ("r甲镇", "r乙乡"),
    "county_officer": ("officer", "other-officer"),
    "city_reader": ("reader", None),
    "analyst": ("analyst", None),
    "trainer": ("trainer", None),
    "administrator": ("admin", None),
}
"""For each role who acts: somebody in whose area the household lies, and somebody of another area (None: there is none)."""
SEEN = [word for domain in VISIT_DOMAINS for word in ("--found", f"{domain}=已看")]
AT = "2019-10-09T09:00"
ALLOWED, OWN, REFUSED, NONE = "✓", "○", "✗", ""
STAGES = ("begun", "visited", "proposed", "reviewed", "filed")


@dataclass(frozen=True)
class Case:
    """A command to try: its name, its words with blanks, the stage of the round at which it can be done.

    `sees`: what its answer holds where the household's place is seen; without it only the own area was shown.
    """

    name: str
    words: str
    stage: str = "begun"
    sees: str = ""

    def filled(self, blanks):
        """The words of the command line."""
        return [*self.name.split(), *(word.format(**blanks) for word in self.words.split())]


_ROUND = f"--round {ROUND}"
_PLACE = f"{_ROUND} --county {COUNTY}"
CASES = [
    Case("register visit", f"{{h}} {_ROUND} --visitors 王某 {' '.join(SEEN)}"),
    Case("register propose", f"{{h}} {_ROUND} --as-tier {{tier}}", "visited"),
    Case("register review", f"{{h}} {_ROUND}", "proposed"),
    Case("register return", f"{{h}} {_ROUND} --reason 再核", "proposed"),
    Case("register withdraw", f"{{h}} {_ROUND}", "proposed"),
    Case("register file", _PLACE, "reviewed"),
    Case("register adjust", f"{{h}} {_ROUND} --cause 住院 --evidence 发票 --visitors 王某 {' '.join(SEEN)}", "filed"),
    Case("register prove", "{filing}", "filed"),
    Case("register list", _ROUND, "visited", "{h}"),
    Case("register show", "{h}", "visited", "{h}"),
    Case("register filings", "", "filed", "{filing}"),
    Case("register progress", _ROUND, "visited", "甲镇"),
    Case("register screening", _PLACE, "begun", "东村"),
    Case("register officers", "", "filed", "{edge}"),
    Case("register officers (指定 assign)", "{edge} --officer {own} --days 30", "filed"),
    Case("register standards list", "", "begun", COUNTY),
    Case("register standards draft", "{yaml}"),
    Case("register standards submit", f"{{drafted}} {_ROUND} --reason 测算"),
    Case("register standards approve", "{submitted} --document 文1号"),
    Case("register standards effect", f"{{submitted}} {_ROUND}"),
    Case("register standards return", "{submitted} --reason 重算"),
    Case("register standards withdraw", "{submitted} --reason 重算"),
    Case("register standards show", "{submitted}"),
    Case("register standards compare", f"1 {{submitted}} {_ROUND}"),
    Case("register cases list", "", "begun", "东村"),
    Case("register cases open", _PLACE),
    Case("register cases step", "{case} verify --note 已核实"),
    Case("register cases show", "{case}"),
    Case("register cases public-list", f"{_PLACE} --out {{out}}.xlsx --office 乡镇 --phone 05641234567", "filed"),
    Case("register cases entry-list", f"{_PLACE} --window 秋季 --out {{out}}.xlsx"),
    Case("register cases window", "冬季 --opens 2019-12-01 --closes 2019-12-31"),
    Case("register plans suggest", f"{{h}} {_ROUND}"),
    Case("register plans housing", f"{{h}} {_ROUND}"),
    Case("register plans make", f"{{h}} {_ROUND} --goal 增收 --responsible 王某 --measure follow_up"),
    Case("register plans show", "{planned}", "begun", "东村"),
    Case("register plans versions", "{planned}", "begun", "增收"),
    Case("register plans add", f"{{planned}} {_ROUND} --measure motivation --amount 500"),
    Case("register plans change", f"{{measure}} {_ROUND} --reason 更正 --amount 500"),
    Case("register plans end", "{measure} --reason 完成"),
    Case("register templates list", f"--county {COUNTY}"),
    Case("register templates add", f"{{template}} --county {COUNTY}"),
    Case("register templates choose", f"0 --county {COUNTY}"),
    Case("register templates write", f"0 --county {COUNTY} --out {{out}}.docx"),
    Case("register accounts add", "newcomer --name 新人 --role analyst"),
    Case("register accounts close", "spare"),
    Case("register accounts reopen", "gone"),
    Case("register accounts change", "spare --name 某 --role city_reader"),
    Case("register accounts reset", "spare"),
    Case("register accounts password", "spare"),
    Case("register accounts password (本人 own)", "{own}"),
    Case("register accounts list", ""),
    Case("register settings show", f"--county {COUNTY}"),
    Case("register settings set", f"publicity_days 7 --county {COUNTY} --reason 县里规定"),
    Case("ledger", f"{_PLACE} --out {{out}}.xlsx", "visited"),
    Case("filing", f"{_PLACE} --out {{out}}.docx", "filed"),
    Case("reopen", f"{_PLACE} --reason 更正"),
    Case("audit cover", ""),
    Case("backup", "--out {out}.backup"),
    Case("upgrade", ""),
]
_OF_NOW = {"audit cover", "backup", "upgrade"}
"""Commands of the keeping: they bear the real time."""
_BY_ROLE = "各角色见 tests/register/test_intake_rights.py tried as each role there"
NOT_TRIED = {
    "restore": "写入空目录，无账号可言 into an empty folder, where there is no account yet",
    "intake": _BY_ROLE,
    "intake add": _BY_ROLE,
}
"""Commands that take an account and are not tried, with the reason."""


@dataclass
class Prepared:
    """Stores at every stage of a round, and what the words of the commands name there."""

    folder: Path
    blanks: dict = field(default_factory=dict)

    def fresh(self, stage):
        """A copy of a stage to work on."""
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.folder / stage, work)
        return work


def prepare(folder):
    """A county of eight households at every stage; every role has its people."""
    write_city(FactStore(folder / "city"), simulate(1500, 2, 5, divisions=DIVISIONS), Origin(simulated=True))
    facts = {name: _moved(rows) for name, rows in village_facts(folder / "city").items()}
    prepared = Prepared(folder)
    for stage in STAGES:
        _stage(prepared, stage, facts)
    (folder / "draft.yaml").write_text(
        yaml.safe_dump({**STANDARD, "title": "另一草案", "effective": "2020-01-01"}, allow_unicode=True), "utf-8"
    )
    (folder / "template.docx").write_bytes(default_template())
    prepared.blanks |= {"yaml": folder / "draft.yaml", "out": folder / "out", "template": folder / "template.docx"}
    return prepared


def _moved(rows):
    """The households, all but two of them in one village, so that something of every kind lies there."""
    chosen = sorted(rows["household_id"].to_list())[:2]
    places = {"township": ("甲镇", "乙乡"), "village": ("东村", "南村")}
    stays = pl.col("household_id").is_in(chosen)
    return rows.with_columns(
        pl.when(stays & (pl.col("household_id") == chosen[0]))
        .then(pl.lit(there))
        .when(stays)
        .then(pl.lit(west))
        .otherwise(pl.lit(here))
        .alias(name)
        for name, (here, there), west in zip(places, places.values(), ("甲镇", "西村"), strict=True)
    )


def _stage(prepared, stage, facts):
    store = FactStore(prepared.folder / stage)
    for name, rows in facts.items():
        store.write(name, {COUNTY: rows.to_arrow()}, Origin(simulated=True))
    office = opened_office(store.root, None)
    begin(office)
    add_accounts(office.admin, [NewAccount(name, name, role) for name, role in _MORE.items()])
    close_account(office.admin, "gone")
    drafted, submitted = (
        draft(office.second, parse_standard({**STANDARD, "title": f"{month}月", "effective": f"2019-{month}-01"}))
        for month in (11, 12)
    )
    submit(office.second, submitted, "测算", {"in": 1})
    here = pl.DataFrame(store.read(ROUND, COUNTY)).filter(township="甲镇", village="东村")["household_id"].to_list()
    assessed = {each["household_id"]: each for each in office.assessed("lifted").to_dicts()}
    household = next(name for name in here if name in assessed and assessed[name]["rule"])
    make_plan(office.acting_user("w0"), ROUND, household, "增收", "王某")
    prepared.blanks |= {"drafted": drafted, "submitted": submitted, "h": household, "tier": assessed[household]["rule"],
                        "planned": household}  # fmt: skip
    if stage == "visited":
        visit(
            office.acting_user("w0"),
            ROUND,
            [VisitReport(household, NOW.date(), "王某", dict.fromkeys(VISIT_DOMAINS, "已看"))],
        )
    elif stage != "begun":
        bring_to(office, stage)
    prepared.blanks |= _numbers(office, here)
    if stage == "filed":
        for name in ("verify", "appraise", "publicise"):
            step(office.acting_user("w0"), prepared.blanks["case"], name, NOW.date(), "已办")
    office.register.engine.dispose()


_MORE = {"trainer": "trainer", "spare": "analyst", "gone": "analyst"}


def _numbers(office, here):
    """What is known by a number: a case and an edge household of the village, a filing, a measure."""
    with office.register.engine.connect() as connection:

        def first(query):
            return connection.exec_driver_sql(query).scalar()

        names = ", ".join(f"'{name}'" for name in here)
        results = {
            "case": first(f"SELECT id FROM poverty_case WHERE household_id IN ({names}) ORDER BY id"),  # noqa: S608
            "edge": first(f"SELECT household_id FROM edge_household WHERE household_id IN ({names})"),  # noqa: S608
            "filing": first("SELECT number FROM filing ORDER BY id"),
            "measure": first("SELECT id FROM plan_measure ORDER BY id"),
        }
    return {name: value for name, value in results.items() if value is not None}


def attempt(words):
    """Run a command in this process: whether it was done, and what it said."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    with (
        patch.object(sys, "argv", ["workbench", *map(str, words)]),
        patch("workbench.cli.register.accounts.typer.prompt", return_value=SECRET),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    done = status == 0 or (status == 1 and out.getvalue() != "")
    return done, out.getvalue() if done else f"{status} {err.getvalue()}"


def table(prepared, cases=None):
    """What happened, by command: for each actor whether it was done; and what refusals said, by command and actor."""
    actors = [actor for pair in ACTORS.values() for actor in pair if actor]
    cells, said = {}, {}
    for case in cases or CASES:
        store = prepared.fresh(case.stage)
        for actor in actors:
            words = Case(case.name.partition(" (")[0], case.words).filled({**prepared.blanks, "own": actor})
            at = [] if case.name in _OF_NOW else ["--at", AT]
            done, text = attempt([*words, "--as", actor, *at, "--store", store, "--json"])
            sees = case.sees.format(**prepared.blanks)
            cells[case.name, actor] = (ALLOWED if sees in text else OWN) if done else REFUSED
            if done:
                store = prepared.fresh(case.stage)
                for leftover in prepared.folder.glob("out.*"):
                    leftover.unlink()
            else:
                said[case.name, actor] = text
    return cells, said


def commands_for_an_account():
    """The commands of the program that take an account."""

    def walk(command, path):
        if hasattr(command, "commands"):
            for name, each in command.commands.items():
                yield from walk(each, [*path, name])
        elif any("--as" in parameter.opts for parameter in command.params):
            yield " ".join(path)

    return set(walk(loaded(program), []))


def document(cells):
    """docs/roles.md: the table as Markdown, Chinese headings with English beneath."""
    heads = [f"{ROLES[role].zh}<br>{ROLES[role].en}" for role in ACTORS]
    areas = ["本范围 own / 别处 other" if other else "" for _, other in ACTORS.values()]
    lines = [
        _INTRODUCTION,
        f"| 命令 command | {' | '.join(heads)} |",
        f"|---|{'---|' * len(ACTORS)}",
        f"| | {' | '.join(areas)} |",
    ]
    for case in CASES:
        row = [" / ".join(cells[case.name, actor] for actor in pair if actor) for pair in ACTORS.values()]
        lines.append(f"| `{case.name.partition(' (')[0]}`{_apart(case.name)} | {' | '.join(row)} |")
    untried = [f"- `{name}`：{why}" for name, why in NOT_TRIED.items()]
    return "\n".join([*lines, "", "没有试的 not tried:", "", *untried, ""])


def _apart(name):
    """What tells two rows of one command apart."""
    return f"（{name.partition(' (')[2].rstrip(')')}）" if " (" in name else ""


_INTRODUCTION = """# 角色表：谁能做什么 Roles: who may do what

由 `make roles` 实际逐项试出来，不是照抄权限表；`tests/test_roles.py` 再试一遍，核对与此表一致。
Found by trying each (`make roles`), not copied from the table of rights; `tests/test_roles.py` tries all again and compares.

每项都对准一个村的一户：“本范围”的人管这个村（或所在乡镇、县），“别处”的人管另一个村、乡镇、县。市级角色没有别处。
Each is aimed at a household of one village: "own" people keep that village, its township or its county, "other" people another.

✓ 能办 done；○ 能用，但只见自己的范围，看不到这一户 works, and shows the own area only, not this household；✗ 拒绝，并说明理由 refused, with the reason.
培训人员只能用模拟数据；真实数据上一律拒绝。A trainer works on simulated data only. `backup` 和 `upgrade` 不看角色：能用命令行的人已经拿着数据文件，`--as` 只用于留痕。
Both ask for no role: whoever has a shell has the files, and `--as` only names who it was.
"""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        tried, said = table(prepare(Path(made)))
        pages = section(opened(Path(made) / "pages"))
    DOCUMENT.write_text(f"{document(tried)}\n{pages}", encoding="utf-8")
    for key, text in said.items():
        print(*key, text.splitlines()[0], sep="\t")  # noqa: T201 - a command
