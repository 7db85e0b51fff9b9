"""What must hold of a register whatever was done to it, read from its tables and the facts: an account independent of the code."""

import datetime as dt
import json

import polars as pl
from sqlalchemy import text

from tests.register.conftest import COUNTY, ROUND
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.register.assessment import assess, facts_read, rules_of
from workbench.register.audit.verification import verify_register
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import filings

LINE = 3218
TAKEN_BY = {
    "visit": "village_worker", "reopen": "village_worker", "propose": "village_worker",
    "agree": "township_reviewer", "return": "township_reviewer", "send_back": "county_officer", "file": "county_officer",
    "withdraw_visit": "village_worker", "withdraw_proposal": "village_worker",
    "withdraw_review": "township_reviewer", "withdraw_return": "township_reviewer",
}  # fmt: skip
WITHDRAWN = {
    "withdraw_visit": "visit",
    "withdraw_proposal": "propose",
    "withdraw_review": "agree",
    "withdraw_return": "return",
}
CASE_TAKEN_BY = {
    "verify": "village_worker", "appraise": "village_worker", "publicise": "village_worker",
    "announce": "township_reviewer", "dismiss": "township_reviewer", "wait": "county_officer", "enter": "county_officer",
}  # fmt: skip
CASE_WAY = ["open", "verify", "appraise", "publicise", "announce", "wait", "enter"]
PUBLICITY_DAYS = 5
DROPPED = {"stay_out", "leave_risk_gone"}


def rows(register, query, **values):
    with register.engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(query), values).mappings()]


def check_entries(register):
    """Every entry came by visit, proposal and review to its filing, each step by somebody with that right, in the own area."""
    steps = rows(
        register,
        "SELECT s.*, e.county, e.township, e.village FROM entry_step s JOIN entry e ON e.id = s.entry_id ORDER BY s.id",
    )
    people = _people(register)
    by_entry = {}
    for step in steps:
        _check_taken_by(step, people, TAKEN_BY)
        by_entry.setdefault(step["entry_id"], []).append(step)
    for entry in rows(register, "SELECT * FROM entry"):
        _check_order(by_entry.get(entry["id"], []), entry)
    _check_visits(register)


def _check_order(steps, entry):
    done, stage, before = set(), "new", []
    for step in steps:
        name = step["step"]
        if name in WITHDRAWN:
            # The last step that stands, and none before it; what it had brought about is as it was.
            taken, done, stage = before.pop()
            assert (taken, step["stage"]) == (WITHDRAWN[name], stage)
            continue
        before.append((name, done, stage))
        needs, gone = {
            "visit": (set(), {"propose", "agree"}), "propose": ({"visit"}, set()), "agree": ({"visit", "propose"}, set()),
            "return": ({"propose"}, {"propose"}), "send_back": ({"propose", "agree"}, {"propose", "agree"}),
            "file": ({"visit", "propose", "agree"}, set()), "reopen": ({"file"}, {"propose", "agree", "file"}),
        }[name]  # fmt: skip
        assert needs <= done, (name, done)
        assert name in {"visit", "reopen"} or name not in done, (name, done)
        assert name == "reopen" or "file" not in done, (name, done)
        assert name != "visit" or "propose" not in done, (name, done)
        assert name not in {"return", "send_back", "reopen"} or step["reason"].strip()
        done = (done - gone) | {"visit" if name == "reopen" else name}
        stage = step["stage"]
    assert steps, "an entry that nobody visited"
    assert entry["stage"] == stage
    assert (entry["filing_id"] is not None) == (stage == "filed")


def _check_visits(register):
    """There are as many visits as steps that need one, and each looked at all five domains; as many withdrawn as steps that withdrew one."""
    steps = rows(
        register,
        "SELECT e.household_id, count(*) AS n FROM entry_step s JOIN entry e ON e.id = s.entry_id "
        "WHERE s.step IN ('visit', 'reopen') GROUP BY e.household_id",
    )
    visits = rows(register, "SELECT household_id, count(*) AS n FROM visit GROUP BY household_id")
    visited = {row["household_id"]: row["n"] for row in visits}
    assert all(visited.get(row["household_id"], 0) >= row["n"] for row in steps)
    taken_back = rows(register, "SELECT count(*) AS n FROM entry_step WHERE step = 'withdraw_visit'")
    assert rows(register, "SELECT count(*) AS n FROM visit WHERE withdrawn_at IS NOT NULL") == taken_back
    result = rows(
        register,
        "SELECT v.id, count(f.domain) AS n FROM visit v LEFT JOIN personal_visit_finding f ON f.visit_id = v.id GROUP BY v.id",
    )
    assert {row["n"] for row in result} <= {len(VISIT_DOMAINS)}


def check_cases(register):
    """No case skips a step; publicity has its days; whoever is below the line has a case that nobody dismissed."""
    people = _people(register)
    steps = rows(
        register,
        "SELECT s.*, c.county, c.township, c.village FROM case_step s JOIN poverty_case c ON c.id = s.case_id ORDER BY s.id",
    )
    by_case = {}
    for step in steps:
        if step["step"] != "open":  # the facts open it, whoever the acting user is
            _check_taken_by(step, people, CASE_TAKEN_BY)
        by_case.setdefault(step["case_id"], []).append(step)
    cases = rows(register, "SELECT * FROM poverty_case")
    assert {case["id"] for case in cases} == set(by_case)
    for taken in by_case.values():
        names = [step["step"] for step in taken]
        way = names[:-1] if names[-1] == "dismiss" else names
        assert way == CASE_WAY[: len(way)], names
        assert names[-1] != "dismiss" or "announce" not in way
        days = {step["step"]: step["day"] for step in taken}
        if "announce" in days:
            assert (_day(days["announce"]) - _day(days["publicise"])).days >= PUBLICITY_DAYS
    followed = {case["household_id"] for case in cases if case["stage"] != "dismissed"}
    assert below_line(register) <= followed


def check_filed(register, seen):
    """What was filed once stays as it was filed (`seen`: rows of the filings before); nobody below the line is turned away."""
    now = {("filing", row["id"]): row for row in rows(register, "SELECT * FROM filing")}
    now |= {("row", row["filing_id"], row["position"]): row for row in rows(register, "SELECT * FROM filed_row")}
    assert {key: now.get(key) for key in seen} == seen
    for key, row in now.items():
        if key[0] == "filing":
            assert row["households"] == sum(other[:2] == ("row", row["id"]) for other in now)
            assert sum(json.loads(row["counts"])["results"].values()) == row["households"]
        else:
            assert row["rule"] != "below_line" or row["result"] not in DROPPED
            assert row["result"] == row["rule"] or row["rule"] not in {"1", "2", "3"} or row["reason"].strip()
    return now


def check_filed_upon(register, kind, filed, today):
    """Who is filed just now was proposed upon the very facts that are there now, and with what the rules say now."""
    with register.engine.connect() as connection:
        rules = rules_of(connection, ROUND, COUNTY, today)
    now = {row["household_id"]: row for row in assess(facts_read(register.facts, ROUND, COUNTY), rules).to_dicts()}
    entries = rows(register, "SELECT * FROM entry WHERE kind = :kind AND stage = 'filed'", kind=kind)
    for entry in entries:
        if entry["household_id"] in filed:
            said = now[entry["household_id"]]
            assert (entry["facts_hash"], entry["rule"]) == (said["facts_hash"], said["rule"])


def check_kept(register):
    """The chain holds with every record in it; every correction is in the facts, or a newer fact stands."""
    verified = verify_register(register.engine)
    assert (verified.broken, verified.changed) == (None, [])
    assert rows(register, "SELECT id FROM amendment WHERE NOT applied") == []


def check_proofs(officer):
    """Every list is what it was filed as."""
    assert [
        prove(officer, each["number"]).broken for each in filings(officer) if prove(officer, each["number"]).broken
    ] == []


def below_line(register):
    """The households whose facts meet the poverty criterion, whatever any standard says."""
    facts = pl.DataFrame(register.facts.read(ROUND, COUNTY, ["household_id", "kind", "income_pc"]))
    return set(
        facts.filter(pl.col("kind").is_in(["lifted", "unregistered"]), pl.col("income_pc") < LINE)["household_id"]
    )


def _people(register):
    return {row["account"]: row for row in rows(register, "SELECT * FROM account")}


def _check_taken_by(step, people, taken_by):
    person = people[step["account"]]
    assert person["role"] == taken_by[step["step"]], (step["step"], person)
    assert all(person[part] in {None, step[part]} for part in ("county", "township", "village")), (step, person)


_day = dt.date.fromisoformat
