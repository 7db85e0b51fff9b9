"""An analyst's first hour (docs/analysts.md) runs as it is written, part by part."""

import re
from pathlib import Path

import pandas as pd
import pytest

from tests.ui.stores import simulated_store

TEXT = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")


def test_every_part_runs_and_says_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_STORE", str(simulated_store(tmp_path / "city").root))
    parts = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict = {}
    for part in parts:
        *statements, shown = part.strip().splitlines()
        exec("\n".join(statements), names)  # noqa: S102 - our own document
        result = eval(shown, names)  # noqa: S307 - our own document
        assert len(result) > 0 if isinstance(result, (pd.DataFrame, pd.Series)) else result._repr_html_()
    assert len(parts) == 15
    assert set(names["rows"]["wider"].dropna()) <= {"in", "out", "below_line", "cannot_tell"}
