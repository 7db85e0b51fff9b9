"""A page opens quickly: what takes seconds to load, and hundreds of megabytes to hold, is loaded by none."""

import json
import os
import subprocess
import sys

import pytest

from tests.ui.scored import ROUND, put_model_in_use, scored_store
from workbench.domain.parameters import load_yaml
from workbench.domain.rules.standard import parse_standard
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.scope import PreviewScope
from workbench.settings import NOTEBOOKS

HEAVY = ("sklearn", "pandas", "skops", "interpret", "matplotlib", "altair", "plotly")
OPEN = """
import json, sys
for notebook in sys.argv[1:]:
    for cell in json.load(open(notebook, encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = scored_store(tmp_path_factory.mktemp("city") / "store", 3000)
    put_model_in_use(made)
    scope = PreviewScope(made, ROUND, "341522")
    # What the first look builds is kept from then on: of the round, and of every one that hindsight looks back on.
    scope.scores(scope.index_of(False))
    for _ in PastScope(made, "341522").rounds(parse_standard(load_yaml("edge_standard"))):
        pass
    return made


WRITTEN_BY_THE_SERVER = """
import json, sys
from workbench.ui.kit.frame.page_environment import query
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.requests import answers, whole_page
answer = answers.show(query(), Language("zh"))
whole_page.whole_page(answer, Language("zh"), "", "")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


OF_NO_HOUSEHOLD = """
import sys
from pathlib import Path
import pyarrow as pa
from workbench.preview.index.memory_map import read_mapped, write_mapped
path = Path(sys.argv[1])
write_mapped(path, {"household_id": pa.nulls(0, pa.string())}, {}, "now")
column = read_mapped(path, "now").column("household_id")
print(len(column), column.type, "pandas" in sys.modules)
"""


def test_an_index_of_no_household_loads_nothing_more_than_another(tmp_path):
    command = [sys.executable, "-c", OF_NO_HOUSEHOLD, str(tmp_path / "index.arrow")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "string", "False"]


def test_no_page_of_all_loads_what_only_training_needs(store):
    """All in one process: what one of them loads is seen; which one, the long runs say."""
    assert_light([OPEN, *map(str, sorted(NOTEBOOKS.glob("*.ipynb")))], store)


@pytest.mark.deep
@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_page_loads_what_only_training_needs(notebook, store):
    assert_light([OPEN, str(notebook)], store)


def test_the_page_that_the_server_writes_loads_none_of_it(store):
    assert_light([WRITTEN_BY_THE_SERVER], store)


def assert_light(words, store):
    asked = {"WORKBENCH_STORE": str(store.root), "QUERY_STRING": f"county=341522&round={ROUND}"}
    done = subprocess.run(
        [sys.executable, "-c", *words],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert "workbench" in loaded
    assert [name for name in HEAVY if name in loaded] == []
