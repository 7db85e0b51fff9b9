"""A county's own templates of the filing document: each version a file by its hash, each choice an event of the chain.

The chain is what says which version is in use: `STORE/templates/county=CCCCCC/<sha256>.docx` holds only bytes, and bytes that
are not what their event says are used by nobody.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, select

from workbench.domain.procedure.roles import Area, Right
from workbench.domain.procedure.text_limits import check_text
from workbench.errors import DamagedError, RefusedError, Words
from workbench.register.access.account_names import name_of_account
from workbench.register.access.acting_user import ActingUser, Register
from workbench.register.audit.event import Event
from workbench.register.audit.log import AuditEvent
from workbench.store.transaction import transaction

ADDED, CHOSEN = "template_added", "template_chosen"
DEFAULT = 0
"""The version that stands for the template that every county has."""


@dataclass(frozen=True)
class TemplateVersion:
    """A version that was handed in: its number, hash, the name of its file, why, by whom (a name) and when (ISO 8601)."""

    number: int
    sha256: str
    file: str
    note: str
    by: str
    at: str
    in_use: bool = False


def template_versions(user: ActingUser, county: str) -> list[TemplateVersion]:
    """The versions of a county, the newest first; none in use: the default is."""
    user.check_part_of(Right.READ_REGISTER, county)
    with user.reading() as connection:
        return _versions(connection, county)


def add_template(
    user: ActingUser, county: str, content: bytes, file: str, note: str, check: Callable[[bytes], None]
) -> int:
    """Keep a template of the county and use it from now on; the number of its version. `check` raises for what is none."""
    user.check(Right.FILE, Area(county))
    check_text("note", note)
    check_text("title", file)
    check(content)
    sha256 = hashlib.sha256(content).hexdigest()
    path = _path(user.register.facts.root, county, sha256)
    # The file first: one that no event names is harmless, an event without its file is not (0019).
    if not path.exists():
        with transaction(user.register.facts.root) as pending:
            pending.stage(path).write_bytes(content)
    with user.writing() as connection:
        before = _versions(connection, county)
        if before and before[0].sha256 == sha256 and before[0].in_use:
            return before[0].number  # sent twice
        number = len(before) + 1
        details = {"version": number, "sha256": sha256, "file": file, "note": note}
        files = {path.relative_to(user.register.facts.root).as_posix(): sha256}
        user.record(connection, [Event(ADDED, county, details, files=files)])
    return number


def choose_template(user: ActingUser, county: str, number: int) -> None:
    """Use an earlier version again, or `DEFAULT`; raises RefusedError where there is no such version."""
    user.check(Right.FILE, Area(county))
    with user.writing() as connection:
        versions = _versions(connection, county)
        if number != DEFAULT:
            _one(versions, number)
        if number == next((each.number for each in versions if each.in_use), DEFAULT):
            return
        user.record(connection, [Event(CHOSEN, county, {"version": number})])


def template_content(user: ActingUser, county: str, number: int) -> tuple[TemplateVersion, bytes]:
    """A version with its file; raises RefusedError where there is none, DamagedError where its file is not what was handed in."""
    chosen = _one(template_versions(user, county), number)
    return chosen, _read(user.register.facts.root, county, chosen)


def template_in_use(register: Register, county: str) -> tuple[TemplateVersion, bytes] | None:
    """The version in use of a county with its file; None: the default."""
    with register.engine.connect() as connection, connection.begin():
        versions = _versions(connection, county)
    chosen = next((each for each in versions if each.in_use), None)
    return None if chosen is None else (chosen, _read(register.facts.root, county, chosen))


def _versions(connection: Connection, county: str) -> list[TemplateVersion]:
    query = (
        select(AuditEvent.action, AuditEvent.account, AuditEvent.at, AuditEvent.details)
        .where(AuditEvent.action.in_((ADDED, CHOSEN)), AuditEvent.subject == county)
        .order_by(AuditEvent.number)
    )
    versions, in_use = [], DEFAULT
    for action, account, at, text in connection.execute(query).all():
        details = json.loads(text)
        in_use = int(details["version"])
        if action == ADDED:
            versions.append(
                TemplateVersion(
                    in_use,
                    details["sha256"],
                    details["file"],
                    details["note"],
                    name_of_account(connection, account),
                    str(at),
                )
            )
    return [replace(each, in_use=each.number == in_use) for each in reversed(versions)]


def _one(versions: list[TemplateVersion], number: int) -> TemplateVersion:
    for each in versions:
        if each.number == number:
            return each
    raise RefusedError(
        Words(
            f"没有第 {number} 版公文模板",
            f"there is no version {number} of the template",
            code="register.no-such-template",
        )
    )


def _read(root: Path, county: str, version: TemplateVersion) -> bytes:
    path = _path(root, county, version.sha256)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != version.sha256:
        # Never the default in its place: the office would file under words that it did not choose.
        raise DamagedError(
            Words(
                f"公文模板第 {version.number} 版的文件不在或已被改动；请从备份恢复，或重新上传",
                f"the file of version {version.number} of the template is gone or was changed; restore a backup, or hand it in again",
                code="register.template-damaged",
            )
        )
    return content


def _path(root: Path, county: str, sha256: str) -> Path:
    return root / "templates" / f"county={quote(county, safe='')}" / f"{sha256}.docx"
