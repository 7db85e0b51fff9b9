"""Whoever reads the page of the standard, its papers, the home page and the lab finds one figure for one question."""

import io
import re
from collections import defaultdict
from html import unescape

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.ui.registers import COUNTY, ROUND, demonstration_store
from tests.ui.scored import put_scores
from tests.ui.test_waiting_standards import OFFICER, SECOND, act  # noqa: F401 - a fixture
from workbench.domain.rules import standard_keys as keys
from workbench.preview.scenario import Candidate
from workbench.register.standards.lists import standard_versions
from workbench.register.standards.versions import withdraw
from workbench.store.schema import Origin
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.county_standard.procedure.decision_button import decision_file
from workbench.ui.pages.county_standard.state import StandardSession
from workbench.ui.pages.early_warning.state import WarningSession
from workbench.ui.pages.home.overview import HomePlace, overview, render_overview
from workbench.ui.pages.scenario_lab.state import ScenarioSession
from workbench.ui.pages.scenario_lab.table import comparison_html

ZH = Language("zh")
N = r"([0-9][0-9,]*(?:\.[0-9]+)?)"
"""A figure as pages write it."""
MONEY = {keys.HELP_COST: 3_000.0, keys.BUDGET: 80_000.0}
ROUTE = {"share": 0.3, "ceiling": {"multiple": 1.8}}
CHOICES = {
    "as in force": MONEY,
    "a route and fewer groups": {
        **MONEY, keys.CEILING: {"multiple": 1.37}, keys.GROUPS: ["illness", "disability", "dibao"], keys.route("rigid_expenditure"): ROUTE,
    },
    "in yuan, for everybody": {
        **MONEY, keys.CEILING: {"yuan": 3_975.0}, keys.REQUIRE_GROUP: False, keys.EXCLUSIONS: ["has_car"], keys.DEDUCT_OUT_OF_POCKET: True,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = demonstration_store(tmp_path_factory, 6_000)
    put_scores(made, Origin(simulated=True))
    return made


class Figures:
    """What a reader finds, by question and by place."""

    def __init__(self):
        self.answers = defaultdict(dict)

    def add(self, place, **figures):
        for question, figure in figures.items():
            # A share is compared as it is written, in whole per cent.
            self.answers[question][place] = figure if str(figure).endswith("%") else number(figure)

    def read(self, place, pattern, text, *questions):
        """Find a pattern in a text; each of its groups answers one question."""
        match = re.search(pattern, text)
        assert match, (place, pattern, text[:4000])
        self.add(place, **{question: number(each) for question, each in zip(questions, match.groups(), strict=True)})

    def assert_one_each(self):
        two = {question: places for question, places in self.answers.items() if len(set(places.values())) > 1}
        assert two == {}
        # A question that stands in one place alone was not compared at all.
        assert {question for question, places in self.answers.items() if len(places) < 2} == set()


def number(figure):
    return round(float(str(figure).replace(",", "").replace("−", "-")), 2)


def words(html):
    """A text as it is read."""
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", "", html))).strip()


def cells(html, table, row):
    """The cells of the row of a table that has a heading."""
    (body,) = re.findall(rf'<table[^>]*data-table="{table}".*?</table>', html, re.DOTALL)
    rows = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", each, re.DOTALL)
        for each in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]
    return next([words(cell) for cell in each[1:]] for each in rows if each and words(each[0]) == row)


def column(html, table, place):
    """The sum of a column of a table."""
    (body,) = re.findall(rf'<table[^>]*data-table="{table}".*?</table>', html, re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", body.split("<tbody>")[1], re.DOTALL)
    return sum(number(words(re.findall(r"<td[^>]*>(.*?)</td>", each, re.DOTALL)[place])) for each in rows)


def opened(page, title):
    panel = next(each for each in page.results.expandables if each.button.tooltip == title)
    panel.button.value = True
    return panel


def html_of(widget):
    """All that a widget, and those in it, say."""
    own = str(getattr(widget, "html", "") or "") if not callable(getattr(widget, "html", "")) else ""
    value = widget.value if isinstance(getattr(widget, "value", None), str) else ""
    return own + value + "".join(html_of(each) for each in getattr(widget, "children", ()))


def of_cards(seen, page):
    """The figures at the top, as the browser has them."""
    exact, facts = page.results.figures.exact, page.results.figures.facts
    seen.add(
        "cards", inside=exact["inside"], unknown=exact["cannot_tell"], newly=exact["newly_in"], leaving=exact["leaving"],
        below=facts["below_line"], unregistered=facts["households"], cost=exact["inside"] * facts["help_cost"],
        most=exact["inside"] + exact["cannot_tell"], most_cost=(exact["inside"] + exact["cannot_tell"]) * facts["help_cost"],
    )  # fmt: skip
    # The same at the slider's place, where it stands at the ceiling itself.
    curve = page.results.figures.curve
    if exact["value"] == exact["position"]:
        at = round((exact["position"] - curve["minimum"]) / curve["step"])
        seen.add(
            "curve",
            **{
                q: curve[name][at]
                for q, name in (
                    ("inside", "inside"),
                    ("unknown", "cannot_tell"),
                    ("newly", "newly_in"),
                    ("leaving", "leaving"),
                )
            },
        )


def of_panels(seen, page):
    """Tables and sentences that are there at once."""
    results = page.results
    towns = cells(results.townships.value, "townships", "合计")
    seen.add(
        "townships",
        **dict(
            zip(
                ("inside", "newly", "leaving", "unknown", "below", "unregistered"),
                (number(towns[at]) for at in (0, 2, 3, 4, 5, 6)),
                strict=True,
            )
        ),
    )
    for at, question in (
        (0, "inside"),
        (2, "newly"),
        (3, "leaving"),
        (4, "unknown"),
        (5, "below"),
        (6, "unregistered"),
    ):
        seen.add(
            "townships added up",
            **{question: column(str(results.townships.value).split("<tfoot>")[0] + "</table>", "townships", at)},
        )
    seen.read(
        "comparison",
        rf"纳入 {N} 户，.*?：新增 {N} 户，退出 {N} 户",
        words(results.comparison.html),
        "inside",
        "newly",
        "leaving",
    )
    budget = words(results.budget.pane.html)
    seen.read(
        "budget", rf"能承受的收入上限：(?:至少 )?{N} 元（.*?），能判定纳入的 {N} 户", budget, "carried", "carried_in"
    )
    if results.figures.exact["cannot_tell"]:
        seen.read("budget", rf"查清后，纳入 {N}–{N} 户，每年 {N}–{N} 元", budget, "inside", "most", "cost", "most_cost")
    past = results.hindsight.picture.live
    seen.add(
        "hindsight",
        slips=past.facts["slips"],
        caught=past.exact["outcomes"]["caught"],
        past_in=sum(each["inside"] for each in past.exact["rounds"]),
    )
    seen.add(
        "hindsight by round",
        caught=sum(each["caught"] for each in past.exact["rounds"]),
        slips=sum(each["slips"] for each in past.facts["rounds"]),
    )
    seen.add("hindsight added up", slips=sum(past.exact["outcomes"].values()))
    figures = results.model.figures.value
    (expected,) = re.findall(
        r'data-figure="expected_slips">.*?<div class="wb-figure-value">(.*?)<span', figures, re.DOTALL
    )
    (share,) = re.findall(r'data-figure="slips_share">.*?<div class="wb-figure-value">(.*?)</div>', figures, re.DOTALL)
    picture = results.model.expected.picture.live
    seen.add("model", expected=number(expected), expected_share=share)
    seen.add(
        "expected picture",
        expected=round(picture.exact["outcomes"]["caught"], 1),
        expected_share=f"{picture.exact['outcomes']['caught'] / picture.facts['slips']:.0%}",
    )
    seen.read("model beside the past", rf"（{N}/{N} 户次）", words(figures), "caught", "slips")
    (share,) = re.findall(r"模型预计下一期 (\d+%)", words(figures))
    seen.add("model beside the past", expected_share=share)


def of_opened(seen, page):
    """Panels that are worked out when somebody opens them."""
    changes = opened(page, "谁进谁出：逐户比较")
    said = words(html_of(changes._content))
    seen.read("changes", rf"退出 {N} 户.*?；新增 {N} 户.*?；变为不能判定 {N} 户", said, "leaving", "newly", "opened")
    again = html_of(opened(page, "这些数有多稳")._content)
    seen.add(
        "measured again",
        inside=cells(again, "remeasured", "纳入")[0],
        below=cells(again, "remeasured", "低于扶贫标准")[0],
    )
    shares = html_of(opened(page, "对谁公平：按乡镇、群体、家庭类型")._content)
    seen.add("shares", slips=column(shares, "shares-townships", 0), caught=column(shares, "shares-townships", 1))
    stable = html_of(opened(page, "名单有多稳")._content)
    seen.add("stability", past_in=column(stable, "stability", 0))
    frontier = opened(page, "同样户数的最优方案")
    seen.read(
        "frontier",
        rf"本次选择：{N} 户，其中预计风险变差（抓住）{N} 户；",
        words(html_of(frontier._content)),
        "inside",
        "expected",
    )
    page.results.frontier._take({"do": "basis", "past": True})
    seen.read(
        "frontier, past", rf"合计 {N} 户次，抓住 {N} 户次", words(html_of(frontier._content)), "past_in", "caught"
    )
    page.results.frontier._take({"do": "basis", "past": False})
    readings = html_of(opened(page, "认定口径的代价")._content)
    required = page.session.standard.require_group
    row = cells(readings, "reading-group_required", "须属于重点群体" if required else "重点群体只是排查重点")
    seen.add("readings", inside=row[0], unknown=row[3], cost=row[4], expected=row[5])


def of_sheet(seen, page):
    """The sheet that a leader decides upon, and its sentences that the page has too."""
    document = Document(io.BytesIO(decision_file(page.session).content))
    text = "".join(node.text or "" for node in document.element.body.iter(qn("w:t")))
    seen.read("sheet", rf"未建档立卡户{N}户，纳入{N}户", text, "unregistered", "inside")
    seen.read("sheet", rf"低于扶贫标准的{N}户另走", text, "below")
    if page.results.figures.exact["cannot_tell"]:
        seen.read("sheet", rf"缺事实不能判定{N}户，查清后纳入{N}—{N}户", text, "unknown", "inside", "most")
        seen.read("sheet", rf"每年{N}—{N}元", text, "cost", "most_cost")
    seen.read("sheet", rf"新增{N}户，退出{N}户", text, "newly", "leaving")
    seen.add("sheet", opened=(re.findall(rf"；{N}户变为不能判定", text) or ["0"])[0])
    seen.read("sheet", rf"能承受的收入上限为(?:至少)?{N}元（.*?，{N}户）", text, "carried", "carried_in")
    seen.read("sheet", rf"共有{N}户次.*?当期已纳入{N}户次", text, "slips", "caught")
    seen.read("sheet", rf"纳入的户中有{N}户到下一期", text, "expected")
    seen.add("sheet", expected_share=re.findall(r"模型预计下一期(\d+%)", text)[0])
    # What one more costs is said in the very words of the page.
    for name in ("data-past-margin", "data-margin"):
        said = re.findall(rf"<p {name}>(.*?)</p>", page.results.budget.pane.html)
        assert said
        assert words(said[0]).replace("（模拟数据）", "").replace(" ", "") in text


def of_lab(seen, page, store):
    """The choice of the page in the lab, beside the standard in force."""
    lab = ScenarioSession(store, ZH, ROUND, COUNTY)
    lab.add(Candidate("本次", page.session.standard.model_copy(update={"county": None})))
    html = comparison_html(lab.scenario, lab.compared(), ZH)

    def row(key):
        (line,) = re.findall(rf'<tr data-row="{re.escape(key)}">.*?</tr>', html, re.DOTALL)
        return words(re.findall(r"<strong>(.*?)</strong>", line, re.DOTALL)[1])

    seen.add(
        "lab",
        inside=row("in"),
        unknown=row("cannot_tell"),
        below=row("below_line"),
        newly=row("newly_in"),
        leaving=row("leaving"),
        expected=row("expected_slips"),
    )
    amount = row("cost")
    seen.add("lab", cost=number(amount.split()[0]) * (10_000 if "万" in amount else 1))
    seen.add("lab", expected_share=row("slips_share"))
    per_visit = re.search(
        r'data-figure="slips_per_visit">.*?<div class="wb-figure-value">(.*?)<span',
        page.results.model.figures.value,
        re.DOTALL,
    )[1]
    seen.add("model", per_visit=per_visit)
    seen.add("lab", per_visit=row("slips_per_visit"))


def of_submission(seen, page, user):
    """What stands beside a version that was submitted."""
    page.session.put(keys.EFFECTIVE, "2019-11-12")
    page.versions.fill()
    page.versions.pane._on_choice({"do": "draft"})
    (row, *_) = standard_versions(user, COUNTY)
    page.versions.pane._on_choice(
        {"do": "submit", "id": row["id"], "fields": {"checked": ["yes"], "reason": ["按财力"]}}
    )
    said = words(
        re.findall(rf'<tr[^>]*data-version="{row["version"]}">.*?</tr>', page.versions.pane.html, re.DOTALL)[0]
    )
    seen.read(
        "submitted",
        rf"纳入 {N} 户 ?新增 {N} 户 ?退出 {N} 户 ?不能判定 {N} 户",
        said,
        "inside",
        "newly",
        "leaving",
        "unknown",
    )
    withdraw(user, row["id"], "试")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name == "a route and fewer groups" else [pytest.mark.deep]) for name in CHOICES],
)
def test_a_figure_that_stands_in_several_places_is_one(store, act, name):  # noqa: F811 - the fixture
    user = act(OFFICER)
    page = CountyStandardPage(StandardSession(store, ROUND, COUNTY), ZH)
    for key, value in CHOICES[name].items():
        page.session.put(key, value)
    assert not page.session.problems
    seen = Figures()
    of_cards(seen, page)
    of_panels(seen, page)
    of_opened(seen, page)
    of_sheet(seen, page)
    of_lab(seen, page, store)
    of_submission(seen, page, user)
    assert seen.answers["inside"]["cards"] > 0
    seen.assert_one_each()


def test_home_and_early_warning_count_what_the_page_of_the_standard_in_force_counts(store, act):  # noqa: F811 - the fixture
    user = act(SECOND)
    page = CountyStandardPage(StandardSession(store, ROUND, COUNTY), ZH)
    exact, facts = page.results.figures.exact, page.results.figures.facts
    seen = Figures()
    seen.add("cards", inside=exact["inside"], unknown=exact["cannot_tell"], below=facts["below_line"])
    home = overview(HomePlace(store, ROUND, COUNTY, city=True, person=user.person), user)
    html = words(render_overview(home, ZH, user.today, lambda _page, **_query: ""))
    seen.read("home", rf"{N} ?户 按", html, "inside")
    seen.read("home", rf"{N} 户未建档户收入低于扶贫标准", html, "below")
    seen.read("home", rf"{N} 户未建档户缺事实", html, "unknown")
    counts = WarningSession(store, ROUND, COUNTY).matrix()
    for question, standing in (("inside", "edge_in"), ("unknown", "edge_unknown"), ("below", "below_line")):
        seen.add("early warning", **{question: sum(count for (row, _), count in counts.items() if row == standing)})
    seen.assert_one_each()
