"""The parts of the register page as HTML: its heading, place and views, what is said, and the view in sight."""

from urllib.parse import urlencode

from markupsafe import Markup

from workbench.register.assessment import EDGE, RISK
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.assistance.plans import plans_html
from workbench.ui.pages.register.documents import documents_html
from workbench.ui.pages.register.household import household_html, officers_of
from workbench.ui.pages.register.progress import progress_html
from workbench.ui.pages.register.requests.actions import RegisterActions
from workbench.ui.pages.register.requests.address import place_of, query_of, query_of_view
from workbench.ui.pages.register.rounds.panel import round_html
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.views import cases_html, entries_html, filed_html, managed_html


def parts(actions: RegisterActions) -> dict[str, Markup]:
    """Every part that changes with what is looked at, by its name in `register_frame.html`."""
    session, t = actions.session, actions.language
    return {
        "heading": heading_html(session, t),
        "place": _place_html(session, t),
        # With a household in sight its own way back leads on, and no view is in sight.
        "views": Markup() if session.household else _views_html(session, t),
        "done": actions.said,
        "body": _body_html(actions),
    }


def heading_html(session: RegisterSession | None, t: Language) -> Markup:
    """Return the heading, of a county where there is a session."""
    return render(
        "heading", t, title=title_of(t), county=county_name(session.county, t) if session else "",
        source=t("六政办〔2019〕15号 二（一）1–3、二（二）：村级走访并初评上报、乡镇审核、县区备案"),
        simulated=session.simulated if session else False,
    )  # fmt: skip


def title_of(t: Language) -> str:
    """Return what the page is called."""
    return t("业务办理")


def help_html(t: Language) -> Markup:
    """Return how the page is read."""
    return render(
        "help", t, up="",
        paragraphs=[
            t("一户的程序：走访（五方面）→ 村级初评上报 → 乡镇审核 → 县区备案，步骤不能跳过；规则的结果摆在旁边，由人决定，不同于规则要写明理由。"),
            t("您只看到自己范围内的户，只有自己的步骤才有按钮。两人同时办理同一户，后到的会被告知，不会覆盖。"),
            t("备案时全部重新计算：上报之后有变化的户逐户退回，缺事实的户留下。每一步、每次查看个人信息都留痕。"),
        ],
    )  # fmt: skip


def _place_html(session: RegisterSession, t: Language) -> Markup:
    return render(
        "register_place", t,
        rounds=[(name, round_title(name, t)) for name in session.rounds], round=session.round_name,
        counties=[(code, county_name(code, t)) for code in session.counties_of(session.round_name)], county=session.county,
        # Lists of one county say nothing in another: only the view goes along.
        carried={key: value for key, value in query_of_view(session, session.view, t).items() if key not in ("county", "round")},
    )  # fmt: skip


def _views_html(session: RegisterSession, t: Language) -> Markup:
    titles = [
        ("progress", t("进度")), (RISK, t("风险等级")), (EDGE, t("筛查对象")), ("managed", t("边缘户台账")), ("plans", t("帮扶")),
        ("cases", t("返贫致贫认定程序")), ("documents", t("台账和文件")), ("round", t("本期管理")),
    ]  # fmt: skip
    links = [(view, title, urlencode(query_of_view(session, view, t))) for view, title in titles]
    return render("register_views", t, links=links, chosen=session.view)


def _body_html(actions: RegisterActions) -> Markup:
    session, t, done = actions.session, actions.language, actions.batches.number
    if session.household:
        return household_html(session, t, with_findings=actions.with_findings)
    match session.view:
        case "progress":
            return progress_html(session, t)
        case "round":
            return _with_file(round_html(session, actions.batches.round, t), "screening", session, t, panel=False)
        case "documents" if not session.filing:
            return documents_html(session, urlencode(query_of(session, t)), actions.proved, t)
        case "documents":
            body = filed_html(session, t)
        case "managed":
            body = managed_html(session, officers_of(session.user, session.county, t), t, done)
        case "plans":
            body = plans_html(session, t)
        case "cases":
            body = cases_html(session, t, done)
        case _:
            body = entries_html(session, t, done)
    return _with_file(body, "list", session, t)


def _with_file(body: Markup, document: str, session: RegisterSession, t: Language, *, panel: bool = True) -> Markup:
    """A view with the button that takes what it shows along."""
    label = t("导出名单（xlsx）") if document == "list" else t("入户筛查名单（xlsx）")
    query = urlencode(query_of(session, t))
    return render("register_taken_along", t, body=body, document=document, label=label, query=query, panel=panel)


def empty_parts(t: Language) -> dict[str, Markup]:
    """Return the parts where nothing can be shown."""
    return {"heading": heading_html(None, t), "place": Markup(), "views": Markup(), "done": Markup(), "body": Markup()}


def look_fields(session: RegisterSession, t: Language) -> dict[str, str]:
    """What a list that is filtered without a script sends along: all of the address but what the list's own controls say."""
    keys = {*place_of(session, t), "view", "stage", "need", "overdue", "cases", "filing"}
    return {key: value for key, value in query_of(session, t).items() if key in keys}
