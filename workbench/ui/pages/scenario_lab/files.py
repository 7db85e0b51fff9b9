"""What a person takes along from the scenario lab as tables."""

from collections.abc import Callable

from workbench.ui.kit.files.download import CSV, XLSX, File, Sheet, csv_bytes, file_name, xlsx_bytes
from workbench.ui.pages.scenario_lab.state import ScenarioSession
from workbench.ui.pages.scenario_lab.table import sheets, sweep_sheet


def workbook(session: ScenarioSession, more: Callable[[], list[Sheet]] = list) -> File:
    """All tables of the page as one workbook, those of `more` last."""
    made = [*sheets(session.scenario, session.compared(), session.sweep, session.language, session.context()), *more()]
    return File(_name(session, "", ".xlsx"), XLSX, xlsx_bytes(made))


def comparison(session: ScenarioSession) -> File:
    """Return the comparison as CSV."""
    t, context = session.language, session.context()
    # The comparison is always the first sheet; CSV has room for one.
    first = sheets(session.scenario, session.compared(), [], t, context)[0]
    return File(_name(session, "", ".csv"), CSV, csv_bytes(context.on_sheet(first, t)))


def sweep_points(session: ScenarioSession) -> File:
    """Return the points of the sweep as CSV."""
    t, context = session.language, session.context()
    # Place, line and kind of data as columns: a CSV has no second sheet to say them on (0037).
    content = csv_bytes(context.on_sheet(sweep_sheet(session.scenario, session.sweep, t), t))
    return File(_name(session, t("连续变动"), ".csv"), CSV, content)


def picture_name(session: ScenarioSession, what: str) -> str:
    """Return the name of a picture, without its ending."""
    return _name(session, what, "")


def _name(session: ScenarioSession, what: str, ending: str) -> str:
    where = session.context().file_parts(session.language)
    return file_name(*where, session.scenario.name, what, ending=ending)
