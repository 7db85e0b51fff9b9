"""A county's templates in the register: whose they are, which is in use, what a changed file does, and that proofs hold."""

import io

import pytest
from docx import Document

from tests.register.conftest import COUNTY, ROUND
from tests.register.three_villages import begin, bring_to, village_facts
from workbench.errors import DamagedError, InputError, RefusedError
from workbench.register.audit.store_verification import verify_store
from workbench.register.filing_templates import choose_template, template_in_use, template_versions
from workbench.register.procedure.filing_proof import prove
from workbench.register.procedure.filings import filings
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.filing_paper import filing_paper, hand_in_template
from workbench.reports.templates.default_template import default_template
from workbench.store.schema import Origin


def worded(words):
    """The default template with other words above the first figures."""
    document = Document(io.BytesIO(default_template()))
    for paragraph in document.paragraphs:
        if paragraph.text == "一、总体情况":
            paragraph.runs[0].text = words
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def lines(user):
    paper = filing_paper(CountyRound(user.register.facts, ROUND, COUNTY, user, user.today))
    return [paragraph.text for paragraph in Document(io.BytesIO(paper)).paragraphs]


@pytest.fixture
def url():
    """One database is enough here: templates have no table of their own."""
    return


def test_a_template_is_in_use_from_its_day_on_and_the_default_again_when_chosen(office):
    user = office.officer
    assert hand_in_template(user, COUNTY, worded("一、今年情况"), "红头.docx", "改了小标题") == 1
    assert hand_in_template(user, COUNTY, worded("一、基本情况"), "红头2.docx", "") == 2
    assert "一、基本情况" in lines(user)
    choose_template(user, COUNTY, 1)
    assert "一、今年情况" in lines(user)
    choose_template(user, COUNTY, 0)
    assert "一、总体情况" in lines(user)
    versions = template_versions(user, COUNTY)
    assert [(each.number, each.file, each.note, each.in_use) for each in versions] == [
        (2, "红头2.docx", "", False),
        (1, "红头.docx", "改了小标题", False),
    ]
    assert versions[0].by == "县办甲"


def test_sent_twice_it_is_one_version(office):
    content = worded("一、今年情况")
    assert [hand_in_template(office.officer, COUNTY, content, "a.docx", "") for _ in range(2)] == [1, 1]


def test_only_who_files_in_the_county_may(office):
    content = worded("一、今年情况")
    for user in (office.admin, office.acting_user("reader")):
        with pytest.raises(RefusedError):
            hand_in_template(user, COUNTY, content, "a.docx", "")
    with pytest.raises(RefusedError):
        hand_in_template(office.officer, "341502", content, "a.docx", "")
    with pytest.raises(RefusedError):
        choose_template(office.officer, COUNTY, 7)
    assert template_in_use(office.register, COUNTY) is None


def test_what_is_no_template_changes_nothing(office):
    with pytest.raises(InputError):
        hand_in_template(office.officer, COUNTY, b"PK", "a.docx", "")
    assert template_versions(office.officer, COUNTY) == []
    assert not (office.register.facts.root / "templates").exists()


def test_the_trail_covers_it_and_a_changed_file_is_used_by_nobody(office):
    root = office.register.facts.root
    hand_in_template(office.officer, COUNTY, worded("一、今年情况"), "a.docx", "")
    assert verify_store(root, None).files == []
    (stored,) = (root / "templates").rglob("*.docx")
    stored.write_bytes(worded("一、别的情况"))
    (wrong,) = verify_store(root, None).files
    assert (wrong.what, wrong.state) == ("templates", "changed")
    with pytest.raises(DamagedError):
        lines(office.officer)


def test_a_filing_is_proved_whatever_its_paper_says(office, city):
    for name, rows in village_facts(city).items():
        office.register.facts.write(name, {COUNTY: rows.to_arrow()}, Origin(simulated=True))
    begin(office)
    bring_to(office, "filed")
    hand_in_template(office.officer, COUNTY, worded("一、今年情况"), "a.docx", "")
    said = lines(office.officer)
    assert filings(office.officer)
    for filed in filings(office.officer):
        assert prove(office.officer, filed["number"]).broken == []
        assert f"备案清单校验码（SHA-256）　{filed['number']}：{filed['list_hash']}" in said
    assert any("留痕校验码" in line for line in said)
