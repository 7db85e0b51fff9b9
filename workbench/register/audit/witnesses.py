"""The chain beside a witness kept elsewhere: a backup, or a head printed on paper. A chain computed anew passes by itself, not here."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from workbench.domain.procedure.trail_head import parse_head
from workbench.errors import InputError, Words
from workbench.register.audit.store_verification import register_to_read
from workbench.register.db.engine import readable
from workbench.store.archive.reading import open_archive

_CHAIN = text("SELECT number, hash FROM audit_event ORDER BY number")


@dataclass(frozen=True)
class Compared:
    """`verdict`: continues, cut (events are missing at the end), rewritten, or absent (no event has the hash).

    `event`, `hash`: the head as the witness has it; `difference`: the first event that is another one than the witness's.
    """

    verdict: str
    event: int | None
    hash: str
    difference: int | None = None


def against_backup(root: Path, url: str | None, backup: Path) -> Compared:
    """Whether the chain goes on from the one that a backup holds. Raises InputError for a backup without a register."""
    with open_archive(backup) as archive:
        stated = archive.manifest["register"]
        if stated is None:
            raise InputError(
                Words(
                    f"{backup}：这份备份里没有登记库",
                    f"{backup}: there is no register in this backup",
                    code="register.no-register-backup",
                )
            )
        with register_to_read(root, url) as engine, readable(), engine.connect() as connection:
            now = connection.execute(_CHAIN)
            for row in archive.rows("register/audit_event.jsonl"):
                event = now.fetchone()
                if event is None or tuple(event) != (row["number"], row["hash"]):
                    # A chain that ends too early was cut; one that goes on otherwise was written anew from there.
                    verdict = "cut" if event is None else "rewritten"
                    return Compared(verdict, stated["events"], stated["head"], row["number"])
    return Compared("continues", stated["events"], stated["head"])


def against_head(root: Path, url: str | None, printed: str) -> Compared:
    """Whether the chain has the event that is printed on paper: its hash, with blanks or without, after its number or alone."""
    event, digits = parse_head(printed)
    with register_to_read(root, url) as engine, readable(), engine.connect() as connection:
        chain = [(number, str(hashed)) for number, hashed in connection.execute(_CHAIN)]
    for number, hashed in chain:
        # The start is enough: nobody types all sixty-four digits off a sheet of paper.
        if hashed.startswith(digits) and event in {None, number}:
            return Compared("continues", number, hashed)
    if event is None:
        return Compared("absent", None, digits)
    # Fewer events than the paper names were cut off; as many with another hash were written anew.
    return Compared("cut" if event > len(chain) else "rewritten", event, digits, min(event, len(chain) + 1))
