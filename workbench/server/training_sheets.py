"""A set of cases, or the workbench's own, on paper and as a quiz; the results of whoever signs in."""

import hashlib
from typing import Any

from tornado import web

from workbench.errors import WorkbenchError
from workbench.server.training_sets import TrainingHandler
from workbench.settings import store_path
from workbench.store.scenarios import TRAINING_RESULTS, Saved, read_scenario, save_scenario
from workbench.ui.pages.training.sheets import (
    built_in_cases,
    built_in_questions,
    marked,
    own_cases,
    plain_households,
)

_BUILT_IN = ("cases", "questions")
"""The workbench's own, which are in no set."""


class TrainingSheetHandler(TrainingHandler):
    """A set, or the workbench's own cases, on paper (with `answers=1` answered), or as a quiz whose answers stand in the address."""

    @web.authenticated
    def get(self, identity: str, form: str) -> None:
        """Write the sheet or the quiz; who signs in is offered the result of last time, elsewhere the address has the answers."""
        title, items = self._items(identity)
        given = {
            item["name"]: answer for item in items if (answer := str(self.get_query_argument(f"a:{item['name']}", "")))
        }
        handed_in = self._results()[1].get(identity, {}) if form == "quiz" and not given else {}
        if self.get_query_argument("last", ""):
            given, handed_in = handed_in, {}
        self.show(
            "training_paper.html", title=title, items=marked(items, given), quiz=form == "quiz", identity=identity,
            answered=bool(given), answers=bool(self.get_query_argument("answers", "")), right=_right(items, given),
            # Offered, and not shown: at a computer that several use the next trainee would read the answers.
            handed_in=bool(handed_in) and not self.get_query_argument("again", ""), right_before=_right(items, handed_in),
            plain=plain_households(items, self.t), nothing_chosen=bool(self.get_query_argument("empty", "")) and not given,
            back=self.to("sets", *([identity] if identity not in _BUILT_IN else [])), back_title=self._back_title(identity, title),
        )  # fmt: skip

    @web.authenticated
    def post(self, identity: str, form: str) -> None:
        """Take the answers of a quiz: kept for who signs in, each time anew; in the address where nobody does."""
        del form
        _, items = self._items(identity)
        given = {
            item["name"]: answer
            for item in items
            if (answer := str(self.get_body_argument(f"a:{item['name']}", ""))) in dict(item["options"])
        }
        if not given:
            # Said, and nothing handed in: a blank sheet once more would look as if it had been taken.
            self.redirect(self.to("sheets", identity, "quiz", again="1", empty="1"))
            return
        if not self.account:
            self.redirect(
                self.to("sheets", identity, "quiz", **{f"a:{name}": answer for name, answer in given.items()})
            )
            return
        before, quizzes = self._results()
        data = {"name": self.account, "quizzes": {**quizzes, identity: given}}
        stamp = self.stamp(self.identity_provider.authenticator.acting_user(self.account))
        save_scenario(store_path(), data, stamp, before, self.account, TRAINING_RESULTS, self._whose())
        self.redirect(self.to("sheets", identity, "quiz", last="1"))

    def _results(self) -> tuple[Saved | None, dict[str, dict[str, str]]]:
        """What who asks answered before, by quiz; nothing where nobody signs in."""
        if not self.account:
            return None, {}
        try:
            saved = read_scenario(store_path(), self._whose(), TRAINING_RESULTS)
        except WorkbenchError:
            return None, {}
        return saved, dict(saved.data.get("quizzes", {}))

    def _back_title(self, identity: str, title: str) -> str:
        """What the page is called from which one came: the set, or all sets."""
        return self.t("自编案例和测验") if identity in _BUILT_IN else title

    def _whose(self) -> str:
        # An account is somebody's text, which is put into no path.
        return hashlib.sha256(self.account.encode()).hexdigest()[:12]

    def _items(self, identity: str) -> tuple[str, list[dict[str, Any]]]:
        """The title and the items of a set, or of the workbench's own."""
        t, round_name = self.t, self.round_name
        if identity == "cases":
            return t("导览的十个案例"), built_in_cases(round_name, t)
        if identity == "questions":
            return t("测验"), built_in_questions(round_name, t)
        _, training_set = self.saved(identity)
        return training_set.title, own_cases(training_set.cases, round_name, t)


def _right(items: list[dict[str, Any]], given: dict[str, str]) -> int:
    return sum(given.get(item["name"]) == item["result"] for item in items)
