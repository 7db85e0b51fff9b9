"""A summary of a city as one file: a head in plain JSON, its signature, and the counts that the head vouches for.

Four parts: a first line that says what it is, the head and the signature a line each, then the content. The signature is over
the head, which holds the digest of the content; nothing of either is read before both are proved.
"""

import base64
import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.errors import FileError, InputError, Words
from workbench.safeguards.given_files import open_given
from workbench.safeguards.plain_data import decode_utf8, read_json
from workbench.store.files import write_file
from workbench.store.summaries.keys import is_signed, public_key_of, signature_of

SUFFIX = ".summary"
_MAGIC = b"luan-workbench summary 1\n"
_MOST_HEAD = 4_000_000
_MOST_CONTENT = 2_000_000_000
"""Bytes: a city of 110 counties and twenty rounds comes to some hundred million."""


@dataclass(frozen=True)
class SummaryHead:
    """Whose summary it is, when it was made (ISO 8601, Beijing), and of which counties and rounds.

    `facts`: by round and county the digest of the facts that were counted; `key`: the public key in base64; `content`: the
    SHA-256 of what follows, `size` its bytes.
    """

    city: str
    made_at: str
    simulated: bool
    facts: dict[str, dict[str, str]]
    key: str
    content: str
    size: int

    @property
    def counties(self) -> set[str]:
        """The counties in any round."""
        return {code for counties in self.facts.values() for code in counties}

    @property
    def moment(self) -> dt.datetime:
        """When it was made."""
        return dt.datetime.fromisoformat(self.made_at)


def write_summary(
    root: Path,
    path: Path,
    city: str,
    made_at: dt.datetime,
    facts: dict[str, dict[str, str]],
    content: bytes,
    *,
    simulated: bool,
    before_writing: Callable[[SummaryHead], None],
) -> SummaryHead:
    """Sign counts with the key of the store at `root` and write them to `path`, readable by their owner only.

    `before_writing` is called with the head when all is signed. Raises InputError where the file cannot be written.
    """
    digest = hashlib.sha256(content).hexdigest()
    key = public_key_of(root)
    head = SummaryHead(city, made_at.isoformat(), simulated, facts, key, digest, len(content))
    written = json.dumps(asdict(head), ensure_ascii=False, sort_keys=True).encode()
    signature = base64.b64encode(signature_of(root, _MAGIC + written))
    before_writing(head)
    write_file(path, _MAGIC + written + b"\n" + signature + b"\n" + content)
    return head


def read_summary(path: Path, keys: dict[str, str]) -> tuple[SummaryHead, bytes]:
    """The head and the content of a summary whose signature is that of its city, by the public keys at hand.

    Raises FileError, saying why, for whatever is no summary, or of nobody known, or was changed.
    """
    with open_given(path) as opened:
        if opened.readline(len(_MAGIC)) != _MAGIC:
            raise FileError(path, _NOT_A_SUMMARY)
        written, signature = opened.readline(_MOST_HEAD), opened.readline(200)
        head = _head(path, written)
        key = keys.get(head.city)
        if key is None:
            raise FileError(path, _unknown_city(head.city))
        if key != head.key:
            raise FileError(path, _other_key(head.city))
        if not _is_whole(written, signature, key):
            raise FileError(path, _CHANGED)
        size = os.fstat(opened.fileno()).st_size - len(_MAGIC) - len(written) - len(signature)
        if size != head.size or size > _MOST_CONTENT:
            raise FileError(path, _CHANGED)
        content = opened.read(head.size)
    if hashlib.sha256(content).hexdigest() != head.content:
        raise FileError(path, _CHANGED)
    return head, content


def _head(path: Path, written: bytes) -> SummaryHead:
    """The head as it says of itself, of which only its own name and key are believed so far."""
    try:
        data = read_json(decode_utf8(written))
        head = SummaryHead(**data)
        # What cannot be told from another is no head: a name and a key to look up, a moment to compare.
        texts = isinstance(head.city, str) and isinstance(head.key, str) and isinstance(head.content, str)
        if not texts or not isinstance(head.size, int) or head.moment.tzinfo is None:
            raise FileError(path, _NOT_A_SUMMARY)
    except (TypeError, ValueError, InputError):
        raise FileError(path, _NOT_A_SUMMARY) from None
    return head


def _is_whole(written: bytes, signature: bytes, key: str) -> bool:
    try:
        return is_signed(_MAGIC + written.removesuffix(b"\n"), base64.b64decode(signature.strip(), validate=True), key)
    except ValueError:
        return False


_NOT_A_SUMMARY = Words(
    "不是本工作台写的汇总文件；请用市里写出的汇总文件（workbench summary write）",
    "is no summary of this workbench; take a file that a city wrote (workbench summary write)",
    code="store.not-a-summary",
)
_CHANGED = Words(
    "签名不符：内容在签名之后改过，或传输中损坏；请向该市再要一份",
    "the signature does not hold: it was changed after it was signed, or damaged on its way; ask the city for another",
    code="store.summary-changed",
)


def _unknown_city(city: str) -> Words:
    return Words(
        f"自称是 {city} 的，而公钥文件中没有这个市；请向该市核实公钥（workbench summary key）后补上",
        f"says that it is of {city}, of which no public key is at hand; ask the city for it (workbench summary key) and add it",
        code="store.summary-of-unknown-city",
    )


def _other_key(city: str) -> Words:
    return Words(
        f"自称是 {city} 的，但不是用公钥文件中该市的密钥签的；请向该市核实",
        f"says that it is of {city}, but was not signed with the key at hand for it; ask the city",
        code="store.summary-of-other-key",
    )
