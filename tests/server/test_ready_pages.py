"""A page that somebody has looked at is ready for their next look: never for others, and never once anything has changed."""

import asyncio
import datetime as dt
import json
import os
import re
from types import SimpleNamespace
from urllib.parse import urlencode

import polars as pl
import pytest
from sqlalchemy import select

from tests.ui.registers import COUNTY, ROUND, demonstration_store
from workbench.clock import BEIJING, now_in_beijing
from workbench.domain.procedure.roles import Area
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.register.access.accounts import NewAccount, change_account
from workbench.register.access.acting_user import open_register
from workbench.register.access.passwords import Admission, AuthenticatedAccount
from workbench.register.access.sign_in_state import SignInState, sign_in_state
from workbench.register.audit.log import AuditEvent
from workbench.register.clock import now_of
from workbench.register.county_settings import set_figure
from workbench.register.procedure.visits import VisitReport, visit
from workbench.server.ready_pages import TOKEN, ReadyPages, StoreFiles, key_of
from workbench.server.register_page import RegisterHandler
from workbench.server.sign_in.authenticator import SignedIn
from workbench.settings import NOTEBOOKS
from workbench.store.personal import persons_path

ROWS = re.compile(r'<th scope="row"><button[^>]*>([^<]+)</button>')
TOKENS = re.compile(r'name="_xsrf" value="([^"]+)"')
DAY = dt.datetime(2026, 10, 8, 9, 0, tzinfo=BEIJING)


# -- what is held ----------------------------------------------------------------------------------------------------


def test_pages_take_no_more_than_they_may_and_who_was_asked_for_last_stays():
    text = "".join(f"金寨县第{number}户" for number in range(2000))
    one = ReadyPages()
    one.put(b"a", text)
    pages = ReadyPages(3 * one.held)
    for key in (b"a", b"b", b"c"):
        pages.put(key, text)
    assert pages.get(b"a") == text
    pages.put(b"d", text)
    assert pages.held <= 3 * one.held
    assert [pages.get(key) == text for key in (b"a", b"b", b"c", b"d")] == [True, False, True, True]
    pages.put(b"d", text)
    assert pages.held <= 3 * one.held
    pages.put(b"e", text * 100)  # larger than all may be: it is written anew each time, and takes nothing
    assert pages.held <= 3 * one.held


def test_a_file_of_the_store_that_is_written_replaced_or_gone_is_seen(tmp_path):
    files, seen = StoreFiles(tmp_path), []

    def changed():
        seen.append(files.state())
        assert files.state() == seen[-1]
        return seen[-1] not in seen[:-1]

    assert changed()
    path = tmp_path / "personal" / "round=2019-10" / "persons.parquet"
    path.parent.mkdir(parents=True)
    assert changed()
    path.write_bytes(b"one")
    assert changed()
    path.write_bytes(b"another")  # in its place, as whoever copies a file over it does
    assert changed()
    other = tmp_path / "new"
    other.write_bytes(b"another")
    os.utime(other, ns=(1, path.stat().st_mtime_ns))
    other.replace(path)
    assert changed()
    path.unlink()
    assert changed()


def test_a_file_of_another_county_leaves_pages_of_a_county_as_they_are(tmp_path):
    files = StoreFiles(tmp_path)
    folders = [tmp_path / "facts" / "round=2019-10" / f"county_code={code}" for code in ("341522", "341524")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "facts.parquet").write_bytes(b"one")

    def states():
        return [files.state(code) for code in ("341522", "341524", None)]

    def changed(before):
        return [one != other for one, other in zip(before, states(), strict=True)]

    before = states()
    (folders[0] / "facts.parquet").write_bytes(b"another")
    assert changed(before) == [True, False, True]
    before = states()
    (folders[0] / "facts-0001.parquet").write_bytes(b"more")
    assert changed(before) == [True, False, True]
    before = states()
    # Of the round itself: which counties there are, and what is read of all of them.
    (folders[0].parent / "county_code=341525").mkdir()
    assert changed(before) == [True, True, True]


# -- what a page depends on ------------------------------------------------------------------------------------------

ACCOUNT = AuthenticatedAccount("w", "王", "village_worker", Area(COUNTY, "甲乡", "一村"), "proof")
STATE = SignInState(Admission.CHOSEN, ACCOUNT, ended=False, changed=(7, "hash"), now=DAY)


def handler(state=STATE, files=b"files", accept="text/html", **asked):
    """A request as the page sees it, of somebody who is signed in."""

    def refuse(_work):
        raise AssertionError("made anew")

    asked = {"county": COUNTY, "round": ROUND, "view": "risk", **asked}
    person, given = SignedIn("w", "王", role="village_worker", session="s"), []
    made = SimpleNamespace(
        current_user=person, xsrf_token=b"token",
        request=SimpleNamespace(path="/register", headers={"Accept": accept}, query_arguments={key: [value.encode()] for key, value in asked.items()}),
        identity_provider=SimpleNamespace(authenticator=SimpleNamespace(state=lambda *_: state)),
        settings={"ready_pages": ReadyPages(), "store_files": SimpleNamespace(state=lambda _county: files)},
        contents_manager=SimpleNamespace(root_dir=str(NOTEBOOKS)),
        get_query_argument=asked.get, _answer=refuse,
        given=given, finish=given.append, set_header=lambda *_: None,
    )  # fmt: skip
    for name in ("_key", "_wants_json", "_language", "_asked", "_give_page", "_say_kind"):
        setattr(made, name, getattr(RegisterHandler, name).__get__(made))
    made.get_query_arguments = lambda key: [asked[key]]
    return made


def key(**given):
    made = handler(**given)
    return RegisterHandler._key(made, made._asked())


@pytest.mark.parametrize(
    "other",
    [
        {"state": SignInState(Admission.CHOSEN, ACCOUNT, ended=False, changed=(8, "another"), now=DAY)},
        {"state": SignInState(Admission.CHOSEN, ACCOUNT, ended=False, changed=(7, "hash"), now=DAY + dt.timedelta(days=1))},
        {"state": SignInState(Admission.PASSWORD, ACCOUNT, ended=False, changed=(7, "hash"), now=DAY)},
        {"state": SignInState(Admission.CHOSEN, AuthenticatedAccount("v", "王", "village_worker", ACCOUNT.area, "proof"), ended=False, changed=(7, "hash"), now=DAY)},
        {"state": SignInState(Admission.CHOSEN, AuthenticatedAccount("w", "王", "village_worker", Area(COUNTY, "甲乡", "二村"), "proof"), ended=False, changed=(7, "hash"), now=DAY)},
        {"files": b"others"}, {"view": "edge"}, {"lang": "en"}, {"township": "甲乡"}, {"page": "2"}, {"household": "1"},
    ],
)  # fmt: skip
def test_a_page_is_of_one_person_address_day_and_state_of_the_register_and_of_the_files(other):
    assert key() == key(state=SignInState(Admission.CHOSEN, ACCOUNT, ended=False, changed=(7, "hash"), now=DAY))
    assert key(**other) not in (key(), None)


@pytest.mark.parametrize(
    "asked", [{"search": "王"}, {"view": "documents"}, {"view": "round"}, {"accept": "application/json"}]
)
def test_what_leaves_an_event_at_each_look_or_reads_more_is_made_anew(asked):
    assert key(**asked) is None


def test_a_page_that_is_ready_is_given_with_the_token_of_this_browser_and_nothing_is_made():
    made = handler()
    made.settings["ready_pages"].put(key(), f"<p>{TOKEN}</p>")
    asyncio.run(RegisterHandler.get.__wrapped__(made))
    assert made.given == ["<p>token</p>"]


def test_one_page_asked_for_many_times_at_once_is_written_once_and_where_that_failed_by_the_next():
    async def ask(made, failing):
        pages, go_on, begun = made.settings["ready_pages"], asyncio.Event(), []

        async def write(_asked, _t, key):
            begun.append(1)
            await go_on.wait()
            if failing and len(begun) == 1:
                raise OSError
            pages.put(key, f"<p>{TOKEN}</p>")
            made._give_page(pages.get(key))

        made._write_page = write
        asked = [asyncio.ensure_future(RegisterHandler.get.__wrapped__(made)) for _ in range(5)]
        # Another address waits for nobody.
        other = handler(page="2")
        other.settings = made.settings
        other._write_page = lambda *_: asyncio.sleep(0)
        await RegisterHandler.get.__wrapped__(other)
        assert (len(begun), made.given) == (1, [])
        go_on.set()
        return await asyncio.gather(*asked, return_exceptions=True), len(begun)

    for failing in (False, True):
        made = handler()
        answers, written = asyncio.run(ask(made, failing))
        assert written == 1 + failing
        assert made.given == ["<p>token</p>"] * (5 - failing)
        assert sum(isinstance(each, OSError) for each in answers) == failing
        assert not made.settings["ready_pages"]._turns


def test_keys_tell_values_apart():
    assert len({key_of(1, "2"), key_of("1", 2), key_of(12), key_of("12"), key_of((1, "2"))}) == 5


# -- the pages themselves --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 3000)


def acting(store, account):
    register = open_register(store)
    return register.acting_user(account, now_of(register, now_in_beijing()))


def page(visitor, **query):
    """The page without the tokens, which are other ones at each look."""
    return TOKENS.sub("", visitor.get(f"register?{urlencode({'county': COUNTY, 'round': ROUND, **query})}")[1])


def workers(store):
    """Two village workers of different townships, each with a household of the own village that nobody has visited."""
    rows = store.read(ROUND, COUNTY, ["household_id", "kind", "township", "village"]).to_pylist()
    with open_register(store).engine.connect() as connection:
        begun = set(connection.exec_driver_sql("SELECT household_id FROM entry").scalars())
        query = "SELECT township, village, min(account) FROM account WHERE role = 'village_worker' AND active GROUP BY township, village"
        account = {(township, village): name for township, village, name in connection.exec_driver_sql(query)}
    by_township = {}
    for row in rows:
        who = account.get((row["township"], row["village"]))
        if who and row["kind"] == "lifted" and row["household_id"] not in begun:
            by_township.setdefault(row["township"], (who, row["household_id"]))
    return list(by_township.values())[:2]


def name_events(store, account):
    query = select(AuditEvent.details).where(AuditEvent.account == account, AuditEvent.action == "personal_read")
    with open_register(store).engine.connect() as connection:
        return [json.loads(details)["for"] for details in connection.execute(query).scalars()]


def test_two_people_see_their_own_lists_at_one_address(act, store):
    (first, _), (second, _) = workers(store)
    one, other = act(first), act(second)
    seen = [[ROWS.findall(page(who, view="risk")) for who in (one, other)] for _ in range(2)]
    assert seen[0] == seen[1]
    assert seen[0][0]
    assert not {*seen[0][0]} & {*seen[0][1]}
    # In one browser after another person too: the cookie says who asks.
    one.sign_in(second)
    assert ROWS.findall(page(one, view="risk")) == seen[0][1]


def test_a_step_of_somebody_else_and_a_figure_of_the_county_are_seen_at_once(act, store):
    worker, household = workers(store)[0]
    person, officer = act(worker), act(f"officer-{COUNTY}")
    before = page(person, view="risk", household=household), page(officer)
    assert (page(person, view="risk", household=household), page(officer)) == before
    findings = dict.fromkeys(VISIT_DOMAINS, "已看")
    user = acting(store, worker)
    visit(user, ROUND, [VisitReport(household, user.today, "甲、乙", findings)])
    after = page(person, view="risk", household=household), page(officer)
    assert after[0] != before[0]
    assert after[1] != before[1]


def test_a_step_of_another_village_leaves_a_page_as_it_is_and_shows_in_the_own_one_and_in_the_county(act, store):
    (first, _), (second, household) = workers(store)
    names = (first, second, f"officer-{COUNTY}")
    people, user = [act(name) for name in names], acting(store, second)
    pages = [page(who, view="risk") for who in people]

    def changes():
        return [sign_in_state(user.register, name, "s", now_in_beijing()).changed for name in names]

    before = changes()
    visit(user, ROUND, [VisitReport(household, user.today, "甲、乙", dict.fromkeys(VISIT_DOMAINS, "已看"))])
    # Without a change in the key the page is ready, and stands.
    assert [after == each for after, each in zip(changes(), before, strict=True)] == [True, False, False]
    shown = [page(who, view="risk") for who in people]
    assert [after == each for after, each in zip(shown, pages, strict=True)] == [True, False, False]
    county = acting(store, f"officer-{COUNTY}")
    set_figure(county, COUNTY, "visit_interval_days", "91", county.today, "例")
    assert changes()[0] != before[0]


def test_every_look_has_a_token_of_its_own(act):
    officer = act(f"officer-{COUNTY}")
    looks = [TOKENS.findall(officer.get(f"register?{urlencode({'view': 'risk'})}")[1]) for _ in range(2)]
    assert all(len(token) > 40 for tokens in looks for token in tokens)
    assert TOKEN not in str(looks)


def test_another_area_of_the_account_shows_another_list_after_signing_in_again(act, store):
    (first, _), (second, _) = workers(store)
    person = act(first)
    before = ROWS.findall(page(person, view="risk"))
    theirs = acting(store, second).person.area
    admin = acting(store, account_of(store, "administrator"))
    change_account(admin, NewAccount(first, "王", "village_worker", theirs))
    assert "请先登录" in page(person, view="risk")
    person.sign_in(first)
    assert not {*ROWS.findall(page(person, view="risk"))} & {*before}


def account_of(store, role):
    with open_register(store).engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT min(account) FROM account WHERE role = '{role}'").scalar()  # noqa: S608


def test_names_that_come_are_shown_and_each_person_s_look_is_one_event_a_day(act, store):
    officer, worker = f"officer-{COUNTY}", workers(store)[1][0]
    people = act(officer), act(worker)
    assert all('class="wb-person">王' not in page(who, view="risk") for who in people)
    path = persons_path(store.root, ROUND, COUNTY)
    path.parent.mkdir(parents=True)
    numbers = store.read(ROUND, COUNTY, ["household_id"]).column("household_id").to_pylist()
    rows = [{"household_id": name, "name": f"王{name[-5:]}", "id_number": "", "relation": "户主"} for name in dict.fromkeys(numbers)]  # fmt: skip
    pl.DataFrame(rows).write_parquet(path)
    for _ in range(3):
        assert all('class="wb-person">王' in page(who, view="risk") for who in people)
    assert (name_events(store, officer).count("risk"), name_events(store, worker).count("risk")) == (1, 1)
    # Other names in the same file, put there by hand: no event tells of them.
    pl.DataFrame([{**row, "name": f"李{row['household_id'][-5:]}"} for row in rows]).write_parquet(path)
    assert all('class="wb-person">李' in page(who, view="risk") for who in people)


def test_home_says_what_waits_as_soon_as_somebody_took_a_step(act, store):
    worker, household = workers(store)[-1]
    person = act(worker)
    before = person.get("")[1]
    assert TOKENS.sub("", person.get("")[1]) == TOKENS.sub("", before)
    assert TOKENS.findall(before)
    assert TOKEN not in before
    user = acting(store, worker)
    visit(user, ROUND, [VisitReport(household, user.today, "甲、乙", dict.fromkeys(VISIT_DOMAINS, "已看"))])
    assert TOKENS.sub("", person.get("")[1]) != TOKENS.sub("", before)
