"""Beijing's time everywhere: one function asks for the present moment, and no text is put into the computer's own zone."""

import ast
import time
from pathlib import Path

import workbench
from workbench.clock import BEIJING, now_in_beijing

ROOT = Path(workbench.__file__).parent
ASKING = {"now", "today", "utcnow", "localtime", "gmtime", "fromtimestamp", "utcfromtimestamp", "tzlocal", "ZoneInfo"}
OF_A_DATE = {"datetime", "date", "dt", "time"}


def asked(tree):
    """Where the computer's own clock or zone is asked: datetime.now(), date.today(), a bare astimezone(), a zone by name."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        owner = getattr(called, "value", None)
        of = getattr(owner, "attr", getattr(owner, "id", ""))
        if (name == "astimezone" and not node.args) or (
            name in ASKING and (of in OF_A_DATE or name in {"tzlocal", "ZoneInfo"})
        ):
            yield node.lineno


def test_only_the_clock_asks_the_computer_for_the_time():
    results = {
        path.relative_to(ROOT).as_posix(): list(asked(ast.parse(path.read_text(encoding="utf-8"))))
        for path in ROOT.rglob("*.py")
    }
    assert {name: lines for name, lines in results.items() if lines} == {"clock.py": results["clock.py"]}


def test_pages_work_at_the_day_of_the_register():
    """A demonstration lies years back: a page that asked the computer would offer rounds and print days that others do not know."""
    pages = ROOT / "ui" / "pages"
    asking = {
        path.relative_to(pages).as_posix()
        for path in pages.rglob("*.py")
        if "now_in_beijing" in path.read_text(encoding="utf-8")
    }
    # A job takes real time; where nobody has an account there is no demonstration either.
    assert asking == {"intake/account.py", "intake/page.py"}


def test_it_is_beijings_whatever_the_computer_is_set_to(monkeypatch):
    for zone in ("America/New_York", "Pacific/Kiritimati"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert now_in_beijing().utcoffset() == BEIJING.utcoffset(None)
    monkeypatch.delenv("TZ")
    time.tzset()
