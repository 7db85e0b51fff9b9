"""The filing document of a county as its office words it: figures gathered, the template in use filled."""

from workbench.domain.procedure.roles import Right
from workbench.register.access.acting_user import ActingUser, existing_register
from workbench.register.filing_templates import add_template, template_content, template_in_use
from workbench.reports.documents.filing import PaperTemplate, filing_document
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.filing import gather_filing
from workbench.reports.records import FilingDocument
from workbench.reports.templates.sample import sample_filing
from workbench.reports.templates.template_check import check_template


def filing_paper(county_round: CountyRound, filing: FilingDocument | None = None) -> bytes:
    """The paper (docx) by the county's template in use, else the default one; `filing`: where it is gathered already."""
    return filing_document(filing or gather_filing(county_round), _template(county_round))


def _template(county_round: CountyRound) -> PaperTemplate | None:
    """The county's own template in use; None: the default, also where nobody has begun a register."""
    user = county_round.user
    register = user.register if user else existing_register(county_round.store, county_round.register)
    chosen = template_in_use(register, county_round.county) if register else None
    if register and not user:
        register.engine.dispose()
    return PaperTemplate(chosen[0].number, chosen[1]) if chosen else None


def hand_in_template(user: ActingUser, county: str, content: bytes, file: str, note: str) -> int:
    """Check a template and use it from now on; the number of its version. Raises InputError that names all that is wrong with it."""
    # Checked inside: the right to hand one in is asked first, then what the file holds.
    return add_template(user, county, content, file, note, check_template)


def sample_paper(user: ActingUser, county: str, number: int) -> bytes:
    """What a version of the county makes of figures that are nobody's."""
    # A template may name people of the office: it is not for other counties.
    user.check_part_of(Right.READ_REGISTER, county)
    version, content = template_content(user, county, number)
    return filing_document(sample_filing(), PaperTemplate(version.number, content))
