"""A look at the register page."""

import json
from dataclasses import dataclass

from workbench.errors import WorkbenchError
from workbench.server.writers.looks import Look, ReadActingUser, Written
from workbench.ui.kit.frame.current_user import acting_as
from workbench.ui.kit.frame.page_environment import PERSON, QUERY, for_request
from workbench.ui.kit.texts.language import Language


@dataclass(frozen=True)
class RegisterLook(Look):
    """A look at a list, a household, or whatever the address names.

    `person`: as a page's kernel would read it from its header; `query`: of the address as it came; `only_parts`: for the
    script of a page; `token` and `script`: that of the page's forms, and the address of the panes' script.
    """

    person: str
    query: str
    only_parts: bool
    token: str
    script: str

    def written(self, acting_user: ReadActingUser) -> Written:
        """Write the content of the page (HTML), or its parts (JSON)."""
        # Late: the server listens before the libraries of counting are loaded.
        from workbench.ui.pages.register.requests import answers  # noqa: PLC0415
        from workbench.ui.pages.register.requests.whole_page import whole_page  # noqa: PLC0415

        t = Language(self.language)
        try:
            user = acting_user(self.account) if self.account else None
            with for_request({PERSON: self.person, QUERY: self.query}), acting_as(user):
                answer = answers.show(self.asked, t)
        except WorkbenchError as error:  # the account was closed meanwhile
            answer = answers.failed(error, t)
        if self.only_parts:
            text = json.dumps(answer.for_script(), ensure_ascii=False)
        else:
            text = str(whole_page(answer, t, self.token, self.script))
        return Written(text, answer.title, answer.query, refused=answer.refused)
