"""The figures that a page reads from its curve, by its own script, are the kernel's count at every ceiling."""

import json
import shutil
import subprocess

import pytest

from tests.strategies import facts_frame
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.exact import multiple_of
from workbench.domain.rules.standard import parse_standard
from workbench.preview.counts.ceiling_curve import ceiling_curve
from workbench.preview.counts.counts import totals
from workbench.preview.counts.sweep import yearly_cost
from workbench.preview.index.build import build_index
from workbench.ui.kit.controls.ceiling_field import CeilingField
from workbench.ui.kit.frame.scripted import STATIC
from workbench.ui.kit.texts.language import Language

LINE = 2995.0
HELP, BUDGET = 0.1, 0.3
_SCRIPT = """
import { readFileSync } from "node:fs";
class Node {
  constructor() { this.children = []; this.dataset = {}; this.style = {}; this.className = ""; this.textContent = "";
    this.alert = false; this.classList = { toggle: (_name, on) => { this.alert = on; } }; }
  append(...nodes) { this.children.push(...nodes); }
  setAttribute() {}
  querySelector(selector) { return this.children.find((child) => `.${child.className}` === selector); }
}
globalThis.document = { createElement: () => new Node() };
const source = readFileSync(process.argv[2], "utf8");
const page = await import("data:text/javascript;base64," + Buffer.from(source).toString("base64"));
const { values, traits } = JSON.parse(readFileSync(0, "utf8"));
const shown = values.map((value) => {
  const el = new Node();
  const model = { get: (name) => ({ ...traits, value })[name], on() {}, off() {} };
  page.default.render({ model, el });
  const boxes = Object.fromEntries(el.children[0].children.map((box) => [box.dataset.figure, box]));
  return [boxes.inside.children[1].textContent, boxes.cost.alert, boxes.cost.children[2].textContent, el.children[1].hidden];
});
console.log(JSON.stringify(shown));
"""


def drawn(tmp_path, values, traits):
    """What the page's script draws at each position of the slider: households in, whether over budget, the note on the cost, whether all is counted."""
    script = tmp_path / "read.mjs"
    script.write_text(_SCRIPT, encoding="utf-8")
    command = [shutil.which("node"), script, STATIC / "live_figures.js"]
    given = json.dumps({"values": values, "traits": traits})
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


def shown(tmp_path, values, traits):
    """The households in at each position, and whether over budget."""
    return [each[:2] for each in drawn(tmp_path, values, traits)]


COUNTED = {
    "curve": {"minimum": 1.0, "step": 0.5, **{name: [1, 2, 3] for name in ("inside", "cannot_tell", "newly_in", "leaving")}},
    "exact": {"value": 1.5, "position": 1.5, "inside": 2, "cannot_tell": 2, "newly_in": 2, "leaving": 2},
    "facts": {"below_line": 0, "households": 9, "help_cost": 3_000, "budget": None, "stale": False},
    "texts": {"locale": "zh-CN", "of_all": "", "computing": "正在计算…", "no_budget": "未填预算"},
    "working": False,
}  # fmt: skip

RANGES = {
    "over_range": "over {low}-{high}",
    "within_range": "rest {low}-{high}",
    "perhaps_over": "rest {amount} or over {over}",
}


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no node here")


@needs_node
def test_until_the_kernel_has_answered_it_is_said_that_figures_are_computed(tmp_path):
    # Where the kernel stands; where the curve alone tells; beyond both.
    all_counted, curve_only, neither = drawn(tmp_path, [1.5, 2.0, 9.0], COUNTED)
    assert all_counted == ["2", False, "未填预算", True]
    assert curve_only == ["3", False, "未填预算", False]
    assert neither == ["…", False, "正在计算…", False]
    ((*_, counted),) = drawn(tmp_path, [1.5], COUNTED | {"working": True})
    assert not counted


@needs_node
def test_what_is_not_valid_keeps_the_figures_of_the_last_valid_choice(tmp_path):
    stale = COUNTED | {"facts": COUNTED["facts"] | {"stale": True}}
    assert [each[0] for each in drawn(tmp_path, [1.5, 2.0, 9.0], stale)] == ["2", "2", "2"]


@needs_node
@pytest.mark.parametrize(
    ("budget", "unknown", "said"),
    [
        (170_000, 20, ["rest ¥8,000 or over ¥52,000", False]), (222_000, 20, ["rest ¥0-¥60,000", False]),
        (161_999, 20, ["over ¥1-¥60,001", True]), (162_000, 0, ["rest ¥0", False]), (150_000, 0, ["over ¥12,000", True]),
    ],
)  # fmt: skip
def test_what_is_to_spare_is_a_range_where_some_cannot_be_told(tmp_path, budget, unknown, said):
    texts = {"locale": "en", "of_all": "", "over_budget": "over {amount}", "within_budget": "rest {amount}", **RANGES}
    exact = {"value": 1.5, "position": 1.5, "inside": 54, "cannot_tell": unknown, "newly_in": 0, "leaving": 0}
    traits = {
        "texts": texts, "exact": exact, "working": False,
        "curve": {"minimum": 1.5, "step": 0.5, **{name: [count] for name, count in exact.items()}},
        "facts": {"below_line": 0, "households": 99, "help_cost": 3_000, "budget": budget, "stale": False},
    }  # fmt: skip
    ((_, alert, note, _),) = drawn(tmp_path, [1.5], traits)
    assert [note, alert] == said


@needs_node
def test_at_every_position_of_the_slider(tmp_path):
    field = CeilingField(Language("en"), lambda _key, _value: None)
    field.use_line(LINE)
    positions = field.positions()
    standard = {"income": {"ceiling": {"multiple": 1.0}}, "require_group": False}
    limits = edge_limits(parse_standard(standard), LINE)
    # One household exactly at every fourth position, and one a fen below: only the latter is in there.
    at = [multiple_of(position, LINE) for position in positions[::4]]
    incomes = [income for ceiling in at for income in (round(ceiling, 2), round(ceiling - 0.01, 2))]
    n = len(incomes)
    frame = facts_frame(
        [{"previous": None, "income_pc": income} for income in incomes],
        household_id=[f"{number:04d}" for number in range(n)], county_code=["341524"] * n, township=["镇"] * n,
        village=["村"] * n, kind=["unregistered"] * n, weight=[1.0] * n,
    )  # fmt: skip
    index = build_index(frame, deduct_out_of_pocket=False)
    curve = ceiling_curve(index, limits, [multiple_of(position, LINE) for position in positions])
    traits = {
        "curve": {"minimum": positions[0], "step": positions[1] - positions[0], "inside": curve.inside.tolist()},
        "exact": {"value": 1.0, "position": 1.0},
        "facts": {"below_line": 0, "households": n, "help_cost": HELP, "budget": BUDGET, "stale": False},
        "texts": {"locale": "en", "of_all": "", "over_budget": "", "within_budget": "", **RANGES},
    }
    counts = [
        int(
            totals(
                index, edge_limits(parse_standard(standard | {"income": {"ceiling": {"multiple": p}}}), LINE)
            ).inside.rows
        )
        for p in positions
    ]
    assert len(set(counts)) > len(positions) / 4
    expected = [[str(count), yearly_cost(HELP, float(count)) > BUDGET] for count in counts]
    assert [3, False] in [
        [count, over] for count, (_, over) in zip(counts, expected, strict=True)
    ]  # exactly the budget
    assert shown(tmp_path, positions, traits) == expected
