"""A round has one name on every paper, in every workbook and on every page: whoever lays them side by side reads of one round."""

import io
import re
from zipfile import ZipFile

import pytest

from tests.reports import made_up
from workbench.domain.rounds import round_words
from workbench.reports.documents.filing import filing_document
from workbench.reports.documents.paper import broken_title
from workbench.reports.ledgers.edge_ledger import edge_ledger
from workbench.reports.ledgers.entry_list import entry_list
from workbench.reports.ledgers.public_list import public_list
from workbench.reports.ledgers.risk_ledger import risk_ledger
from workbench.reports.ledgers.summary import summary
from workbench.ui.kit.texts.language import Language

# A month by itself, and not a part of a day.
MONTH = re.compile(r"2019年0?10月(?!\d)")
WRITERS = [
    (filing_document, made_up.filing_document), (risk_ledger, made_up.risk_ledger), (edge_ledger, made_up.edge_ledger),
    (summary, made_up.summary), (public_list, made_up.public_list), (entry_list, made_up.entry_list),
]  # fmt: skip


@pytest.mark.parametrize(("write", "made"), WRITERS, ids=lambda each: each.__name__)
def test_a_paper_names_its_round_as_pages_do(write, made):
    with ZipFile(io.BytesIO(write(made()))) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")]
    said = re.sub(r"<[^>]+>", "", "\n".join(parts))
    assert "2019年下半年" in said
    assert MONTH.findall(said) == []


@pytest.mark.parametrize("mark", ["", "【模拟数据】"])
def test_no_title_is_broken_within_the_name_of_its_round(mark):
    for county in ("金寨县", "霍邱县", "叶集区", "六安经济技术开发区"):
        for name in ("2021-10", "2022-04", "2019-05"):
            lines = broken_title(f"{mark}关于{county}{round_words(name)}已脱贫户风险等级和边缘户备案的报告")
            assert any(round_words(name) in line for line in lines), lines


def test_the_half_years_of_the_calendar_have_names_and_the_baseline_is_a_month():
    names = {"2019-05": "2019年5月", "2019-10": "2019年下半年", "2020-04": "2020年上半年", "2018-12": "2018年12月"}
    assert {name: round_words(name) for name in names} == names
    assert {name: Language("zh").round(name) for name in names} == names
