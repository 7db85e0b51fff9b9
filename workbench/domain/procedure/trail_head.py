"""The head of the register's trail as it stands on paper, a witness outside of the register: printed, coded, read again."""

import re
from dataclasses import dataclass

from workbench.errors import InputError, Words

_SHORTEST, _WHOLE = 16, 64
"""How many digits of a printed hash must be given at least, and how many it has."""
_GROUP = 4
_MARK = "LUAN-AUDIT"
# Either colon: who copies the paper on a Chinese keyboard types the full-width one.
_PRINTED = re.compile(rf"(?:{_MARK}\s+)?(?:(?P<event>\d{{1,12}})\s*[:：]\s*)?(?P<hash>[0-9a-fA-F\s]+)")


@dataclass(frozen=True)
class TrailHead:
    """An event of the trail by its number and hash, which stands for all events up to it."""

    event: int
    hash: str

    @property
    def printed(self) -> str:
        """The head as people read it: `123: ab12 cd34 …`."""
        groups = (self.hash[begin : begin + _GROUP] for begin in range(0, len(self.hash), _GROUP))
        return f"{self.event}: {' '.join(groups)}"

    @property
    def coded(self) -> str:
        """The head as a QR code holds it."""
        return f"{_MARK} {self.event}:{self.hash}"


def parse_head(printed: str) -> tuple[int | None, str]:
    """The number (None where not given) and hash of an event, as printed or coded; raises InputError for what is no such thing."""
    match = _PRINTED.fullmatch(printed.strip())
    # Printed in groups of four, and broken into lines by the paper: blanks may stand anywhere.
    digits = re.sub(r"\s", "", match["hash"]).lower() if match else ""
    if match is None or not _SHORTEST <= len(digits) <= _WHOLE:
        raise InputError(
            Words(
                f"{printed[:80]!r}（--head）：应照备案文件所印，如 “123: ab12 cd34 …”，摘要至少 {_SHORTEST} 位十六进制数字",
                f"{printed[:80]!r} (--head): expected as printed on the filing document, e.g. '123: ab12 cd34 …', with {_SHORTEST} "
                "hexadecimal digits of the hash at least",
                code="domain.head-expected-printed-filing",
            )
        )
    return int(match["event"]) if match["event"] else None, digits
