"""A round as the page does it, a request a step, on each database: visit, proposal, review, filing; and a case."""

import re

import pytest

from tests.register.conftest import COUNTY, ROUND, SEEN
from workbench.register.procedure.entries import listed
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import filings
from workbench.ui.kit.controls.pane_fields import Fields
from workbench.ui.kit.frame.current_user import acting_as
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.requests.answers import show, take

CHINESE = Language("zh")
HIDDEN = re.compile(r'name="([^"]+)" value="([^"]*)"')
VISIBLE = re.compile(r"<(?:script|style)\b.*?</|<[^>]*>", re.DOTALL)
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d")


@pytest.fixture
def ask(office, monkeypatch):
    """`ask(user, choice, **address)`: what the page answers one request with; without a choice, what stands there."""
    monkeypatch.setenv("WORKBENCH_STORE", str(office.register.facts.root))

    def answered(user, choice=None, **address):
        asked = {"county": COUNTY, "round": ROUND, **address}
        with acting_as(user):
            answer = take(asked, choice, {}, 0, CHINESE) if choice else show(asked, CHINESE)
        assert answer.notice == "", VISIBLE.sub(" ", answer.notice)
        return answer

    return answered


def marks(said: str) -> Fields:
    """What a plan brings back with the second word."""
    fields: Fields = {}
    for name, value in HIDDEN.findall(said):
        fields.setdefault(name, []).append(value)
    return fields


def in_batch(ask, user, step, **address):
    """A batch as a person does it: said first, then done."""
    planned = ask(user, {"do": "batch", "step": step}, **address).parts["done"]
    return ask(user, {"do": "confirm", "fields": marks(planned)}, **address).parts["done"]


def stage_of(office, household):
    (row,) = [
        each for each in listed(office.officer, ROUND, "risk") if each["household_id"] == household["household_id"]
    ]
    return row["stage"]


def test_a_round_goes_from_the_visit_to_the_filed_list_by_requests(office, ask):
    household = next(each for each in office.households() if each["village"])
    worker, reviewer, number = office.worker(household), office.reviewer(household), household["household_id"]
    visit = {
        "day": [worker.today.isoformat()],
        "visitors": ["王某、李某"],
        **{name: [text] for name, text in SEEN.items()},
    }
    ask(worker, {"do": "visit", "fields": visit}, view="risk", household=number)
    assert stage_of(office, household) == "visited"
    assert "已按规则上报 1 户" in in_batch(ask, worker, "propose", view="risk")
    assert stage_of(office, household) == "proposed"
    assert "审核通过 1 户" in in_batch(ask, reviewer, "agree", view="risk", stage="proposed")
    assert stage_of(office, household) == "reviewed"
    assert "备案，清单编号" in in_batch(ask, office.officer, "file", view="risk", stage="reviewed")
    assert stage_of(office, household) == "filed"
    (filed,) = filings(office.officer)
    assert prove(office.officer, filed["number"]).broken == []
    opened = ask(office.officer, view="documents", filing=filed["number"]).parts["body"]
    assert number in opened


@pytest.mark.parametrize("who", ["worker", "officer"])
def test_a_case_names_persons_and_no_account_and_no_stamp(office, ask, who):
    office.set_standard()
    household = next(each for each in office.households("unregistered", "below_line") if each["village"])
    worker = office.worker(household)
    office.visit(household)
    user = worker if who == "worker" else office.officer
    number = household["household_id"]
    cases, one = ask(user, view="cases").parts["body"], ask(user, view="risk", household=number).parts["body"]
    texts = [VISIBLE.sub(" ", each) for each in (cases, one)]
    # Who has to act is named, to whoever waits for it.
    assert all(who == "worker" or f"调查核实，村级工作人员（{worker.name}）" in text for text in texts)
    assert worker.name in texts[1]
    for text in texts:
        assert worker.person.account not in text
        assert STAMP.search(text) is None
