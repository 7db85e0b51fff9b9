"""For whom a page works and in which language: of a kernel's process, or of one request among many in one process."""

import contextvars
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import quote

from workbench.ui.kit.frame import current_user
from workbench.ui.kit.frame.page_environment import for_request, query
from workbench.ui.kit.texts.language import page_language

AT_ONCE = 4


def asked_by(account, lang):
    """The variables of a request."""
    header = quote(json.dumps([account, "county_officer", "341524", None, None]))
    return {current_user.VARIABLE: header, "QUERY_STRING": f"lang={lang}&view="}


def test_a_kernel_is_asked_by_its_environment(monkeypatch):
    for name, value in asked_by("a", "en").items():
        monkeypatch.setenv(name, value)
    assert (current_user.account_name(), page_language().code, query()) == ("a", "en", {"lang": "en"})


def test_a_request_has_its_own_and_nothing_of_the_process(monkeypatch):
    for name, value in asked_by("kernel", "en").items():
        monkeypatch.setenv(name, value)
    with for_request({}):
        assert (current_user.person(), page_language().code, query()) == (None, "zh", {})
    with for_request(asked_by("b", "zh")):
        assert (current_user.account_name(), page_language().code) == ("b", "zh")
    assert current_user.account_name() == "kernel"


def test_requests_at_once_in_threads_do_not_see_each_other():
    together = Barrier(AT_ONCE)

    def answer(number):
        with for_request(asked_by(f"account-{number}", "en" if number % 2 else "zh")):
            together.wait(30)
            seen = current_user.account_name(), page_language().code
            together.wait(30)
            return seen

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda number: contextvars.copy_context().run(answer, number), range(AT_ONCE)))
    assert answers == [(f"account-{number}", "en" if number % 2 else "zh") for number in range(AT_ONCE)]
