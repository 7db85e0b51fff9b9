"""Commands as a user runs them: in this process (fast), or the installed program in one of its own."""

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import typer
from typer.main import get_command

from workbench.cli import app
from workbench.cli.registration import CommandGroup

# The administrator may write anywhere: without that right the permissions of the folder count.
AS_OWNER = ("setpriv", "--bounding-set", "-dac_override") if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
PROGRAM = Path(sys.executable).with_name("workbench")
CJK = re.compile(r"[\u4e00-\u9fff]")
KEYS = {
    "simulate": {"households", "rounds", "seed", "drift", "households_by_round", "simulated"},
    "intake": {
        "accepted_households", "accepted_persons", "rejected_rows", "problems", "added", "changed", "unchanged", "forgotten",
        "batch",
    },
    "tier": {"counts", "by_county", "seconds"},
    "changes": {"by_cause", "transitions", "first_seen", "gone"},
    "coverage": {"households", "unskilled_members", "checks", "by_group", "by_county", "by_township", "by_village"},
    "explain": {"criteria", "missing", "would_change"},
    "frontier": {"points", "rounds", "hindsight", "proposal", "ideal", "searched"},
    "readings": {"points", "act_today", "ask_the_city"},
    "preview": {
        "in", "cannot_tell", "below_line", "newly_in", "leaving", "by_township", "by_group", "by_route", "cost",
        "over_budget", "expected_slips", "slips_share", "milliseconds",
    },
    "sweep": {"grid"},
    "hindsight": {"rounds", "caught_share", "missed"},
    "train": {"model", "transitions", "rows", "facts_used", "excluded", "drift", "left_out", "advice", "log_loss", "auc"},
    "evaluate": {
        "log_loss", "brier", "auc", "ece", "base_rate", "baseline_auc", "baseline_log_loss", "explained_share",
        "by_county", "trained_on", "by_kind", "by_standing", "by_group", "smece", "noise_floor", "reliability", "advice",
    },
    "score": {"scored", "not_scored", "expected_slips", "warnings", "model", "level"},
    "models": {"models", "in_use"},
    "visits": {"list", "blue_high", "red_low"},
    "close": {"closed"},
    "doctor": {"fine", "checks"},
}  # fmt: skip
"""The keys that the JSON of each command must have."""


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def record(self):
        """Standard output, which must be one JSON object and nothing else."""
        lines = self.out.splitlines()
        assert len(lines) == 1, self.out
        content = json.loads(lines[0])
        assert isinstance(content, dict)
        return content


def loaded(command):
    """A group with all its commands loaded, at every depth; a command as it is."""
    if isinstance(command, typer.Typer):
        command = get_command(command)
    for name in getattr(command, "commands", {}):
        loaded(command.loaded(name) if isinstance(command, CommandGroup) else command.commands[name])
    return command


def run(capsys, *words):
    """Run a command in this process."""
    capsys.readouterr()
    status = 0
    with patch.object(sys, "argv", ["workbench", *map(str, words)]):
        try:
            app.main()
        except SystemExit as ended:
            status = ended.code or 0
    captured = capsys.readouterr()
    return Done(status, captured.out, captured.err)


def run_here(*words):
    """Run a command in this process where no test's capture is at hand, as in what many tests share."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with patch.object(sys, "argv", ["workbench", *map(str, words)]), redirect_stdout(out), redirect_stderr(err):
        try:
            app.main()
        except SystemExit as ended:
            status = ended.code or 0
    return Done(status, out.getvalue(), err.getvalue())


def run_program(*words, before=(), **environment):
    """Run the installed program in a process of its own; `before` are words that come before it."""
    command = [*before, str(PROGRAM), *map(str, words)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
        timeout=600,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def refused_in_both(workbench, *words, said, status=2):
    """A command that ended in words of either language, each whole in itself; what is `said` stands in one of them."""
    chinese, english = (workbench(*words, "--lang", code) for code in ("zh", "en"))
    assert refused(chinese, status=status)
    assert refused(english, status=status)
    assert not CJK.search(english.err), english.err
    for each in said:
        assert each in chinese.err + english.err, f"{each!r} is not in {chinese.err + english.err!r}"
    return True


def refused(done, *said, status=2):
    """A command that ended in words: its status, what it said, no traceback, nothing on standard output."""
    assert done.status == status, (done.status, done.out, done.err)
    assert "Traceback" not in done.err
    assert done.out == ""
    for words in said:
        assert words in done.err, f"{words!r} is not in {done.err!r}"
    return True
