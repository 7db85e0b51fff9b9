"""Every command, with every option and argument given what nobody means: words and an exit status, never a traceback.

The commands and their parameters are read from the program itself, so that a new one is tried without anybody's doing.
"""

import re
import shutil
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.command import loaded, run
from tests.register.conftest import opened_office
from tests.variants import one_in
from workbench.cli.app import app
from workbench.register.location import register_path
from workbench.store.facts import FactStore

ROUND, COUNTY = "2019-10", "341524"
GOOD = Path(__file__).parent / "standards" / "good.yaml"
TEXTS = (
    "", " ", "²", "１２", "-1", "0", "1e999", "nan", "-inf", "1e-400", "99999999999999999999", "9" * 5000, "x" * 5000, "甲\n乙", "a\0b",
    "😀", "2021-13", "2021-00", "2099-10", "0000-00", "0000-01-01", "2019-02-30", "9999-12-31", "2099-10-01", "../../etc/passwd", "*",
    "'; --", "=1+1", "[red]", "{x}", "%s",
)  # fmt: skip
"""Texts given as whatever an option means."""
BASE = {
    "round_name": ROUND, "until": "2019-10", "county": COUNTY, "standard": GOOD, "vary": "help_cost=1:2:1", "number": "1", "first": "1",
    "second": "1", "reason": "理由", "role": "analyst", "name": "某甲", "new": "fresh", "closing": "reader", "reopening": "reader",
    "changing": "reader", "whose": "reader", "value": "7", "document": "文", "note": "记录", "office": "某办", "phone": "0564-1",
    "window": "秋季", "opens": "2019-10-01", "closes": "2019-10-20", "goal": "目标", "responsible": "某甲", "cause": "illness",
    "evidence": "证明", "found": "属实", "path": GOOD, "kind": "risk", "households": "100",
}  # fmt: skip
"""What each parameter that a command needs is given otherwise, by its name."""
NAMED = {
    ("simulate", "households"): "20", ("register settings set", "name"): "publicity_days", ("register cases step", "name"): "vote",
    ("register cases window", "name"): "秋季", ("ledger", "kind"): "risk",
}  # fmt: skip
"""What a parameter is given where its name means something else in one command."""
SMALL = {"simulate": ("--households", "20", "--rounds", "1")}
"""What keeps a command small, where it is not what is tried: the last value of an option counts."""
ROWS = {"households": "household", "household": "household"}
SERVERS = ("workbench.server.pages", "workbench.server.lab")
LEFT_OUT = {("simulate", "households", "99999999999999999999")}
TROUBLE = re.compile(r"Traceback|defect of it|object at 0x|Error\(")


@dataclass(frozen=True)
class Tried:
    """A command with one of its parameters, and the words of the command line before and after the value."""

    command: str
    parameter: str
    option: str
    base: tuple[str, ...]


def commands():
    """Every command by its words, with its parameters."""

    def walk(group, words):
        for name, each in group.commands.items():
            if hasattr(each, "commands"):
                yield from walk(each, (*words, name))
            else:
                yield " ".join((*words, name)), [p for p in each.params if p.name != "help"]

    yield from walk(loaded(app), ())


COMMANDS = dict(commands())


def asked(command, parameter, places):
    """The value that a parameter that is needed is given."""
    if parameter.name in ROWS and parameter.param_type_name == "argument":
        return places["household"]
    if parameter.name in places:
        return places[parameter.name]
    return NAMED.get((command, parameter.name), BASE.get(parameter.name, "1"))


def words_for(command, places, left_out=None):
    """The words of a command with all that it needs but one parameter, as the one who may give it."""
    words = [*command.split(), *SMALL.get(command, ())]
    for parameter in COMMANDS[command]:
        if parameter.name == left_out or not parameter.required:
            continue
        value = asked(command, parameter, places)
        words += [value] if parameter.param_type_name == "argument" else [parameter.opts[0], value]
    names = {parameter.name for parameter in COMMANDS[command]}
    words += ["--store", places["store"]] if "store" in names and left_out != "store" else []
    words += ["--as", account_for(command)] if "account" in names and left_out != "account" else []
    return words


def account_for(command):
    """Who may give a command."""
    if command.split()[1:2] in (["accounts"], ["settings"]) or "window" in command:
        return "admin"
    return "second" if "approve" in command else "officer"


@pytest.fixture(scope="module")
def prepared_store(tmp_path_factory):
    """A small store with a register. Not to be changed."""
    store = tmp_path_factory.mktemp("hostile") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            sys, "argv", ["workbench", "simulate", "--households", "300", "--rounds", "2", "--store", str(store)]
        )
        app(standalone_mode=False)
    office = opened_office(store, f"sqlite:///{register_path(store)}")
    office.register.engine.dispose()
    return store


@pytest.fixture(scope="module")
def places(prepared_store, tmp_path_factory):
    """A copy to change, and what else commands name. One for all: what one command does there, another one meets."""
    folder = tmp_path_factory.mktemp("tried")
    store = shutil.copytree(prepared_store, folder / "store")
    facts = FactStore(store).read(ROUND, COUNTY, ["household_id"])
    (folder / "empty").write_bytes(b"")
    (folder / "binary").write_bytes(bytes(range(256)) * 40)
    (folder / "device").symlink_to("/dev/null")
    (folder / "backup").write_bytes(b"PK\x03\x04" + b"0" * 200)
    return {
        "store": store, "household": facts["household_id"][0].as_py(), "out": folder / "out.xlsx", "file": folder / "backup",
        "files": GOOD, "folder": folder,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_is_served(monkeypatch, tmp_path):
    """Servers run until interrupted: here they do not begin."""

    def opened(*_place, **_options):
        """Nothing: what the options say is looked at before."""

    for name in SERVERS:
        monkeypatch.setitem(sys.modules, name, types.SimpleNamespace(serve=opened, lab=opened))
    monkeypatch.delenv("WORKBENCH_REGISTER", raising=False)
    monkeypatch.chdir(tmp_path)
    # Too short to be taken; an empty one would be asked for again without end.
    monkeypatch.setattr("getpass.getpass", lambda *_: "x")


def hostile_paths(places):
    """What stands where a path is expected, and is not what is expected there."""
    folder = places["folder"]
    return [
        folder / "missing", folder, folder / "empty", folder / "binary", folder / "binary" / "below", folder / "device", "/proc/self/mem",
        folder / ("长" * 300),
    ]  # fmt: skip


def is_path(parameter):
    return parameter.name in {
        "files", "mapping", "problems_to", "standard", "against", "models", "out", "file", "visits", "path", "store",
    }  # fmt: skip


def values_for(command, parameter, places):
    """All that a parameter is tried with."""
    if parameter.is_flag if hasattr(parameter, "is_flag") else False:
        return []
    results = [*TEXTS, *(hostile_paths(places) if is_path(parameter) else [])]
    return [value for value in results if (command, parameter.name, value) not in LEFT_OUT]


def tried(capsys, command, parameter, value, places):
    """Give a command one such value; returns what is wrong with its answer, or None."""
    words = words_for(command, places, left_out=parameter.name)
    words += ["--", value] if parameter.param_type_name == "argument" else [f"{parameter.opts[0]}={value}"]
    done = run(capsys, *words)
    said = done.out + done.err
    if done.status not in (0, 1, 2) or TROUBLE.search(said) or (done.status and not done.err.strip()):
        return f"{' '.join(map(str, words))[:300]!r}: {done.status}, {said[-400:]!r}"
    return None


def outcomes_of(capsys, command, places, choose):
    results = [
        tried(capsys, command, parameter, value, places)
        for number, parameter in enumerate(COMMANDS[command])
        for value in choose(values_for(command, parameter, places), number)
    ]
    return [each for each in results if each]


def test_a_store_in_object_storage_is_refused_by_every_command(capsys, places, tmp_path):
    """A file system would take the URL for a folder beside wherever one is: the facts would be there, and nobody would know."""
    there = {**places, "store": "s3a://bucket/store"}
    asked = [command for command, parameters in COMMANDS.items() if "store" in {each.name for each in parameters}]
    other_words = []
    for command in asked:
        done = run(capsys, *words_for(command, there), "--lang=en")
        assert done.status == 2, (command, done.out, done.err)
        assert list(tmp_path.iterdir()) == [], command
        if "by a local rename, which object storage does not have" not in done.err:
            other_words.append(command)
    # What else they were given is wrong as well, and that is said first.
    assert other_words == ["filing"]


@pytest.mark.parametrize("command", one_in(2, COMMANDS))
def test_a_command_given_what_nobody_means_says_so(capsys, places, command):
    """One value a parameter, another one for each, of every second command; all of them in the long runs."""
    at = sorted(COMMANDS).index(command)

    def one(values, number):
        return [values[(at * 3 + number * 5) % len(values)]] if values else []

    assert outcomes_of(capsys, command, places, one) == []


@pytest.mark.deep
@pytest.mark.parametrize("command", COMMANDS)
def test_every_value_for_every_parameter(capsys, places, command):
    assert outcomes_of(capsys, command, places, lambda values, _: values) == []


def test_the_table_covers_the_program():
    assert len(COMMANDS) > 50
    assert {"simulate", "register plans make", "audit verify"} <= set(COMMANDS)
