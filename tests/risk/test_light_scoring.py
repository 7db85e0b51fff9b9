"""Scoring loads none of what only training and notebooks need: it would take longer than the scores of a county."""

import json
import shutil
import subprocess
import sys

from workbench.risk.registry import artefact
from workbench.risk.registry.card_page import card_page

HEAVY = ("sklearn", "skops", "pandas", "scipy", "interpret", "duckdb", "sqlalchemy")
SCORE = """
import json, sys
from workbench.cli.app import main
sys.argv = ["workbench", "score", "--store", sys.argv[1], "--round", sys.argv[2], "--json"]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_scoring_loads_what_it_needs(city, model, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(city.root / "facts", store / "facts")
    artefact.use(artefact.save(model, tmp_path, card_page(model.about)), store)
    done = subprocess.run(
        [sys.executable, "-c", SCORE, store, city.rounds()[-1]], capture_output=True, text=True, check=True
    )
    *record, loaded = done.stdout.splitlines()
    assert json.loads("\n".join(record))["scored"] > 0
    assert [name for name in HEAVY if name in json.loads(loaded)] == []
