"""A look at the home page: what a county and a round need, what waits for the person, or the first steps of a store without facts."""

from dataclasses import dataclass
from pathlib import Path

from jupyter_server.utils import url_path_join

from workbench.domain.procedure.roles import Right, Role
from workbench.errors import WorkbenchError
from workbench.register.access.acting_user import ActingUser
from workbench.server.catalogue import address, listed, named
from workbench.server.writers.looks import Look, ReadActingUser, Written
from workbench.settings import register_url, store_path
from workbench.store.facts import FactStore
from workbench.ui.kit.texts.language import Language


@dataclass(frozen=True)
class HomeLook(Look):
    """Whoever looks is shown the pages in the folder `notebooks` under `base_url`; `accounts`: people have accounts here."""

    notebooks: str
    base_url: str
    accounts: bool

    def written(self, acting_user: ReadActingUser) -> Written:
        """Write the overview (HTML), or what hinders it."""
        # Late: the server listens before the libraries of counting are loaded.
        from workbench.register.clock import today_of  # noqa: PLC0415
        from workbench.ui.pages.home.my_work import is_field_work, my_work, render_my_work  # noqa: PLC0415
        from workbench.ui.pages.home.overview import HomePlace, overview, render_overview  # noqa: PLC0415

        t, asked = Language(self.language), self.asked
        try:
            user = acting_user(self.account) if self.account else None
            role = user.person.role if user else None
            facts = FactStore(store_path())
            if not facts.rounds():
                return Written(self._first_steps(t, role))
            if user and role and Right.READ_FACTS not in role.rights:
                return Written(self._of_keeper(t, user, facts))
            place = HomePlace(
                facts, asked.get("round"), asked.get("county"), city=True, person=user.person if user else None
            )
            known = listed(Path(self.notebooks), t.code, role)
            here = {**asked, "county": place.county, "round": place.round_name}

            def link(page: str, **query: str) -> str:
                if page == "templates":
                    return self._of_officers(role)
                path = named(known, page)
                return address(url_path_join(self.base_url, path), {**here, **query}) if path else ""

            if user and is_field_work(user):
                return Written(render_my_work(my_work(place, user), t, link))
            today = user.today if user else today_of(facts, register_url())
            return Written(render_overview(overview(place, user), t, today, link))
        except WorkbenchError as error:
            return Written("", trouble=t.error(error))

    def _of_keeper(self, t: Language, user: ActingUser, facts: FactStore) -> str:
        """Where nobody can work yet, for who keeps the system and sees no household."""
        from workbench.ui.pages.home.accounts_needed import render_accounts_needed  # noqa: PLC0415

        return render_accounts_needed(user, facts, t, self._accounts_page)

    @property
    def _accounts_page(self) -> str:
        return address(url_path_join(self.base_url, "accounts"), self.asked)

    def _of_officers(self, role: Role | None) -> str:
        """The address of the template of filings, for who files; empty for anybody else."""
        files = role is not None and Right.FILE in role.rights
        return address(url_path_join(self.base_url, "templates"), self.asked) if files else ""

    def _first_steps(self, t: Language, role: Role | None) -> str:
        """What to do in a store without facts, as HTML."""
        from workbench.ui.pages.home.first_steps import render_first_steps  # noqa: PLC0415

        known = listed(Path(self.notebooks), t.code, role)

        def link(page: str) -> str:
            # The handbook is of the server, and in no list of notebooks.
            path = "handbook" if page == "handbook" else named(known, page)
            return address(url_path_join(self.base_url, path), self.asked) if path else ""

        return render_first_steps(t, role, link, self._accounts_page, accounts=self.accounts)
