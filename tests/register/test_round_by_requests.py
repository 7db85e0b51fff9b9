"""A round as the page does it, a request a step, on each database: visit, proposal, review, filing; and a case."""

import datetime as dt
import re

import pytest

from tests.register.conftest import COUNTY, ROUND, SEEN
from workbench.clock import BEIJING
from workbench.register.assistance.plan_lists import plan_of
from workbench.register.procedure.entries import listed
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import filings
from workbench.register.worklists.progress import progress
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


def visited(office, ask, household):
    """The household visited by its village, as the form of its page does it."""
    worker = office.worker(household)
    visit = {
        "day": [worker.today.isoformat()],
        "visitors": ["王某、李某"],
        **{name: [text] for name, text in SEEN.items()},
    }
    ask(worker, {"do": "visit", "fields": visit}, view="risk", household=household["household_id"])
    return worker


def stage_of(office, household):
    (row,) = [
        each for each in listed(office.officer, ROUND, "risk") if each["household_id"] == household["household_id"]
    ]
    return row["stage"]


def test_a_round_goes_from_the_visit_to_the_filed_list_by_requests(office, ask):
    household = next(each for each in office.households() if each["village"])
    worker, reviewer = visited(office, ask, household), office.reviewer(household)
    number = household["household_id"]
    assert stage_of(office, household) == "visited"
    assert "已按规则上报 1 户" in in_batch(ask, worker, "propose", view="risk")
    assert stage_of(office, household) == "proposed"
    assert "审核通过 1 户" in in_batch(ask, reviewer, "agree", view="risk", stage="proposed")
    assert stage_of(office, household) == "reviewed"
    assert "已备案，清单编号" in in_batch(ask, office.officer, "file", view="risk", stage="reviewed")
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


def test_a_batch_of_proposals_is_taken_back_whole_until_the_township_acts(office, ask):
    first = next(each for each in office.households() if each["village"])
    place = (first["township"], first["village"])
    households = [each for each in office.households() if (each["township"], each["village"]) == place][:2]
    worker = [visited(office, ask, each) for each in households][0]
    done = in_batch(ask, worker, "propose", view="risk")
    assert "撤回这一批" in done
    said = ask(worker, {"do": "withdraw_batch", "fields": marks(done)}, view="risk").parts["done"]
    assert f"已撤回 {len(households)} 户的上报" in said
    assert {stage_of(office, each) for each in households} == {"visited"}
    done = in_batch(ask, worker, "propose", view="risk")
    in_batch(ask, office.reviewer(first), "agree", view="risk")
    with acting_as(worker):
        late = take(
            {"county": COUNTY, "round": ROUND, "view": "risk"},
            {"do": "withdraw_batch", "fields": marks(done)},
            {},
            0,
            CHINESE,
        )
    assert "没有覆盖" in late.notice
    assert {stage_of(office, each) for each in households} == {"reviewed"}


def test_past_the_deadline_both_lists_say_who_is_late_and_a_case_is_nobody_s_delay(office, ask):
    office.set_standard()
    household = next(each for each in office.households("unregistered", "below_line") if each["village"])
    office.visit(household)
    late = office.acting_user("officer", dt.datetime(2019, 11, 3, 9, tzinfo=BEIJING))
    shown = ask(late).parts["body"]
    (risk, edge) = re.findall(r'data-late="(?:risk|edge)">(.*?)</p>', shown)
    assert "返贫风险等级：截止日已过" in risk
    assert "筛查对象：截止日已过" in edge
    rows = [row for row in progress(office.officer, ROUND) if row.kind == "edge"]
    (mine,) = [row for row in rows if row.township == household["township"]]
    assert (mine.with_case, mine.to_file) == (1, mine.households - 1)
    assert sum(row.with_case for row in rows) == 1
    assert "不算在备案率里" in shown


def test_a_suggestion_is_put_into_the_plan_by_one_choice(office, ask):
    household = next(each for each in office.households("lifted", "2") if each["village"])
    worker, number = visited(office, ask, household), household["household_id"]
    plan = {"goal": ["稳定增收"], "responsible": ["王某"], "version": ["0"]}
    ask(worker, {"do": "plan", "fields": plan}, view="plans", household=number)
    made = plan_of(worker, number)
    whole = next(each for each in made["measures"] if not each["member"] and each["measure"] != "policies_kept")
    end = {
        "measure": [str(whole["id"])],
        "day": [worker.today.isoformat()],
        "reason": ["改期"],
        "version": [str(made["version"])],
    }
    shown = ask(worker, {"do": "end_measure", "fields": end}, view="plans", household=number).parts["body"]
    # The need is still there: it is suggested again, and one button puts it back.
    offered = shown[shown.index("data-suggested") :]
    fields = marks(offered[: offered.index("</form>")])
    assert fields["measure"] == [whole["measure"]]
    ask(worker, {"do": "add_measure", "fields": fields}, view="plans", household=number)
    again = [
        each
        for each in plan_of(worker, number)["measures"]
        if each["measure"] == whole["measure"] and not each["until"]
    ]
    assert len(again) == 1
