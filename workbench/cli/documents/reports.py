"""Ledgers and documents as files: `workbench ledger`, `workbench filing`."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.language import both
from workbench.cli.options import JsonOption, RoundOption, StoreOption, checked_round, checked_suffix, open_store
from workbench.cli.output import SIMULATED, emit, say
from workbench.cli.register.options import AsOption, AtOption, RegisterOption, acting_user
from workbench.clock import now_in_beijing
from workbench.errors import InputError, Words
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import standard_applied
from workbench.reports.gathering.filing import gather_filing
from workbench.reports.gathering.filing_paper import filing_paper
from workbench.reports.ledgers.edge_ledger import edge_annex
from workbench.reports.ledgers.kinds import LEDGER_KINDS
from workbench.reports.ledgers.risk_ledger import risk_annex
from workbench.safeguards.plain_data import Json
from workbench.settings import acting_account, register_url
from workbench.store.files import write_file

CountyArgument = Annotated[str, typer.Option("--county", help=both("县区代码，如 341524", "county code, e.g. 341524"))]
OutOption = Annotated[Path, typer.Option("--out", help=both("存为", "the file to write"))]
_ANNEXES: dict[str, Callable[[Any, Collection[str]], bytes]] = {"risk": risk_annex, "edge": edge_annex}
"""Ledgers that are also made for paper, legible and on several sheets."""


def ledger_command(
    round_name: RoundOption,
    county: CountyArgument,
    out: OutOption,
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            help=both(
                "risk 返贫风险台账、edge 边缘户台账、summary 汇总表",
                "risk: ledger of risk; edge: ledger of edge households; summary: the counts",
            ),
        ),
    ] = "risk",
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column", help=both("打印用附件只要这一列（可多次）", "for paper: only this column (may be repeated)")
        ),
    ] = None,
    account: AsOption = None,
    at: AtOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    for_paper: Annotated[
        bool,
        typer.Option(
            "--for-paper", help=both("打印用附件：分几张，字不小于 8 磅", "for paper: several legible sheets")
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """A ledger as a spreadsheet; with --as the steps of the register and names, without only facts and rules."""
    if kind not in LEDGER_KINDS:
        raise InputError(
            Words(
                f"--kind {kind!r}：应为 risk（返贫风险台账）、edge（边缘户台账）或 summary（汇总表）",
                f"--kind {kind!r}: expected risk (ledger of risk), edge (ledger of edge households) or summary (the counts)",
                code="cli.kind-expected-risk-ledger",
            )
        )
    on_paper = for_paper or bool(columns)
    if on_paper and kind not in _ANNEXES:
        raise InputError(
            Words(
                "--for-paper、--column：汇总表没有附件；只用于 risk、edge",
                "--for-paper, --column: the summary has no annex; they are for risk and edge",
                code="cli.no-annex-of-summary",
            )
        )
    # Before anything is read: looking at names is an event, and must not be one for a file that never comes.
    checked_suffix(out, ".xlsx")
    seen = seen_from(store, register, account, at, round_name, county)
    gather, write = LEDGER_KINDS[kind]
    gathered = gather(seen)
    made = _ANNEXES[kind](gathered, columns or ()) if on_paper else write(gathered)
    write_file(out, made)
    record = {"kind": kind, "rows": len(gathered.rows), "standard": standard_applied(seen).record()}
    _say(seen, out, record, as_json=as_json)


def filing_command(
    round_name: RoundOption,
    county: CountyArgument,
    out: OutOption,
    account: AsOption = None,
    at: AtOption = None,
    register: RegisterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """The county's filing document with its figures; with --as those of the register."""
    checked_suffix(out, ".docx")
    seen = seen_from(store, register, account, at, round_name, county)
    document = gather_filing(seen)
    write_file(out, filing_paper(seen, document))
    record = {
        "number": document.heading.list_number,
        "list_number": document.heading.list_number,
        "townships": len(document.rows),
    }
    _say(seen, out, record | {"standard": standard_applied(seen).record()}, as_json=as_json)


def seen_from(
    store: Path | None, register: str | None, account: str | None, at: str | None, round_name: str, county: str
) -> CountyRound:
    """Return the county and round as whoever asks may see them."""
    # Without an account neither names nor steps are gathered: they are read by right, and each reading is told.
    if acting_account(account) is None:
        facts = open_store(store)
        today = now_in_beijing().date()
        county_round = CountyRound(facts, checked_round(round_name), county, None, today, register_url(register))
    else:
        user = acting_user(account, at, register, store)
        county_round = CountyRound(user.register.facts, checked_round(round_name), county, user, user.today)
    county_round.store.files(round_name, county)  # says so where they are not stored
    return county_round


def _say(county_round: CountyRound, out: Path, record: Json, *, as_json: bool) -> None:

    def show() -> None:
        if county_round.simulated:
            say(SIMULATED)
        name = standard_applied(county_round).name
        say(Words(f"边缘户标准：{name.zh}", f"edge-household standard: {name.en}"))
        say(Words(f"已存为 {out}", f"saved as {out}"))

    emit(
        {
            "round": county_round.round_name,
            "county": county_round.county,
            "out": str(out),
            **record,
            "simulated": county_round.simulated,
        },
        show,
        as_json=as_json,
    )
