"""A county's page of the template of its filing document: hand in, see what is wrong with it, choose, fetch."""

from functools import partial
from typing import Any
from urllib.parse import quote

from jupyter_server.utils import url_path_join
from tornado import web
from tornado.ioloop import IOLoop

from workbench.clock import hour_in_words
from workbench.domain.procedure.roles import ROLES, Right
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, Words, WorkbenchError
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.passwords import Admission
from workbench.server.catalogue import address
from workbench.server.plain_pages import PageHandler, in_language
from workbench.server.sign_in.authenticator import SignedIn

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DONE = {
    "added": Words("已上传，从现在起使用第 {version} 版。", "Handed in: version {version} is in use from now on."),
    "chosen": Words("从现在起使用第 {version} 版。", "Version {version} is in use from now on."),
    "default": Words("从现在起使用默认模板。", "The default template is in use from now on."),
}


class TemplatesHandler(PageHandler):
    """Versions of the county's template, for whoever files in it."""

    @web.authenticated
    async def get(self) -> None:
        """Write the page, or with `fetch` a file: `default`, a version, or with `sample` what the version makes of a sample."""
        user = self._officer()
        if user is None:
            return
        asked = self.get_query_argument("fetch", "")
        if not asked:
            await self._page(user)
            return
        sample = bool(self.get_query_argument("sample", ""))
        try:
            content = await IOLoop.current().run_in_executor(None, partial(_file, user, asked, sample=sample))
        except WorkbenchError as error:
            await self._page(user, trouble=error.words)
            return
        name = "默认模板" if asked == "default" else f"第{asked}版{'_示例' if sample else ''}"
        self.set_header("Content-Type", _DOCX)
        self.set_header("Cache-Control", "no-store")
        # As RFC 6266 has names that are not Latin.
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(f'备案文件模板_{name}.docx')}")
        self.finish(content)

    @web.authenticated
    async def post(self) -> None:
        """Hand in a template, or choose a version; then the page as it is from there on."""
        user = self._officer()
        if user is None:
            return
        work = {"add": self._add, "choose": self._choose}.get(self.get_body_argument("action", ""))
        if work is None:
            raise web.HTTPError(400)
        try:
            done = await IOLoop.current().run_in_executor(None, work(user))
        except WorkbenchError as error:
            await self._page(user, trouble=error.words, note=self.get_body_argument("note", ""))
            return
        # 303: whoever reloads the page after it does not send the file again.
        lang = self.get_query_argument("lang", "")
        query = {**({"lang": lang} if lang == "en" else {}), **done}
        self.redirect(address(url_path_join(self.base_url, "templates"), query), status=303)

    def _officer(self) -> ActingUser | None:
        """Who files in a county; nobody else is let in. Where nobody has an account, the sign-in page says what to do."""
        user, authenticator = self.current_user, self.identity_provider.authenticator
        if authenticator.admission is Admission.OPEN:
            self.redirect(url_path_join(self.base_url, "login"))
            return None
        if not isinstance(user, SignedIn) or user.role not in ROLES or Right.FILE not in ROLES[user.role].rights:
            raise web.HTTPError(403)
        acting_user: ActingUser | None = authenticator.acting_user(user.username)
        if acting_user is None:
            raise web.HTTPError(403)
        return acting_user

    def _add(self, user: ActingUser) -> Any:
        given = self.request.files.get("file", [])
        note = str(self.get_body_argument("note", "")).strip()

        def work() -> dict[str, str]:
            # Late: the server listens before the libraries of papers are loaded.
            from workbench.reports.gathering.filing_paper import hand_in_template  # noqa: PLC0415

            if not given or not given[0]["body"]:
                raise InputError(
                    Words("请先选择 .docx 文件", "choose a .docx file first", code="server.no-template-file")
                )
            number = hand_in_template(user, _county(user), given[0]["body"], given[0]["filename"], note)
            return {"done": "added", "version": str(number)}

        return work

    def _choose(self, user: ActingUser) -> Any:
        number = whole_number(self.get_body_argument("version", ""))
        # As the form wrote it; anything else was made by hand.
        if number is None:
            raise web.HTTPError(400)

        def work() -> dict[str, str]:
            from workbench.register.filing_templates import DEFAULT, choose_template  # noqa: PLC0415

            choose_template(user, _county(user), number)
            return {"done": "default"} if number == DEFAULT else {"done": "chosen", "version": str(number)}

        return work

    async def _page(self, user: ActingUser, trouble: Words | None = None, note: str = "") -> None:
        lang = self.common()["lang"]
        values = await IOLoop.current().run_in_executor(None, partial(_values, user, lang))
        done = _DONE.get(self.get_query_argument("done", ""))
        version = self.get_query_argument("version", "")[: len("99999")]
        self.set_status(400 if trouble else 200)
        self.set_header("Cache-Control", "no-store")
        self.write(
            self.render_template(
                "templates.html",
                trouble=in_language(trouble, lang).splitlines() if trouble else [],
                done=in_language(done.format(version=version), lang) if done and not trouble else "",
                note=note,
                **values,
            )
        )


def _county(user: ActingUser) -> str:
    """The county that the person files in."""
    return str(user.person.area.county)


def _file(user: ActingUser, asked: str, *, sample: bool) -> bytes:
    from workbench.register.filing_templates import template_content  # noqa: PLC0415
    from workbench.reports.gathering.filing_paper import sample_paper  # noqa: PLC0415
    from workbench.reports.templates.default_template import default_template  # noqa: PLC0415

    if asked == "default":
        return default_template()
    number = whole_number(asked)
    # No version has a number below one: what is none is refused in the same words.
    chosen = -1 if number is None else number
    return sample_paper(user, _county(user), chosen) if sample else template_content(user, _county(user), chosen)[1]


def _values(user: ActingUser, lang: str) -> dict[str, Any]:
    """What the page shows of the county's versions, and of what a template may ask for."""
    from workbench.register.filing_templates import template_versions  # noqa: PLC0415
    from workbench.reports.templates.placeholders import COLUMNS, ITEM, LISTS, ROW, TOTAL, VALUES, values_of  # noqa: PLC0415
    from workbench.reports.templates.sample import sample_filing  # noqa: PLC0415

    versions, english = template_versions(user, _county(user)), lang == "en"
    sample = values_of(sample_filing())
    return {
        "place": in_language(user.person.area.words, lang),
        "simulated": user.register.simulated,
        "versions": [
            {"each": each, "at": in_language(hour_in_words(each.at), lang)} for each in versions
        ],
        "in_use": next((each.number for each in versions if each.in_use), 0),
        "values": [
            (name, about.en if english else about.zh, about.required, sample[name].replace("\n", "")) for name, about in VALUES.items()
        ],
        "lists": [(name, about.en if english else about.zh, about.required) for name, about in LISTS.items()],
        "columns": COLUMNS, "item": ITEM, "row": ROW, "total_row": TOTAL,
    }  # fmt: skip
