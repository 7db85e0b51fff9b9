"""The county's filing (备案) of a round as an official paper: figures, changes, the standard, what is left open.

LA2019-15 §2.1.1-b (filed with the leading group), §4.3-a (every April and October). Its wording and letterhead are a template's;
what proves the paper (the number and hash of the filed list, the head of the trail) is no template's to leave out.
"""

from dataclasses import dataclass

from workbench.reports.documents.paper import OfficialPaper, bytes_of, keep_totals_together, set_properties
from workbench.reports.documents.wording import SIMULATED, list_digests, list_label
from workbench.reports.records import FilingDocument
from workbench.reports.templates.default_template import default_template
from workbench.reports.templates.placeholders import title_of_paper, values_of
from workbench.reports.templates.rendering import filled

_CODE_MM = 28


@dataclass(frozen=True)
class PaperTemplate:
    """A county's own template: the number of its version and its .docx."""

    version: int
    content: bytes


def filing_document(filing: FilingDocument, template: PaperTemplate | None = None) -> bytes:
    """The paper as a Word document (docx), by the county's template or the default one; raises InputError where it cannot be filled."""
    document = filled(template.content if template else default_template(len(filing.heading.unit)), values_of(filing))
    keep_totals_together(document)
    set_properties(document, title_of_paper(filing), filing.heading.made_on)
    paper = OfficialPaper.over(document)
    if filing.heading.simulated:
        paper.remark_above(f"{SIMULATED}，不作公文使用")
    _proof(paper, filing, template)
    return bytes_of(document)


def _proof(paper: OfficialPaper, filing: FilingDocument, template: PaperTemplate | None) -> None:
    """What whoever holds the paper can check it by; added to every template's paper."""
    heading = filing.heading
    if heading.list_number:
        paper.remark(list_label(heading))
    for line in list_digests(heading):
        paper.remark(line)
    if template is not None:
        # Two papers of one list may differ in words: this says by which version each was made.
        paper.remark(f"公文模板：本县区第{template.version}版")
    # A witness in other hands: whoever has the database can compute its chain anew, and not this paper (0020).
    if filing.trail is not None:
        paper.remark("留痕校验码（备案时登记库的留痕序号与摘要，登记库管理员据此核对）：")
        paper.remark(filing.trail.printed)
        paper.code(filing.trail.coded, _CODE_MM)
