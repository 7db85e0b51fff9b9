"""Bytes as text: by their mark, else UTF-8, else GB18030 (which holds GBK); a few broken bytes do not hide the rest."""

import codecs
from pathlib import Path

from workbench.errors import FileError, InputError, Words

BROKEN = "\ufffd"
"""What stands in the place of a byte that is no text; in a file that has it already, one was lost before."""
_WINDOW = 50_000
_FEW = 20
"""A file may have one broken byte for so many characters that are not ASCII, and one in any case."""
_NUL_SHARE = 0.2


def decode(path: Path, encoding: str | None) -> str:
    """The text of a file as `encoding` says, else as its bytes do; broken bytes are `BROKEN` where they are few.

    Raises InputError that names the position of the first byte that fits none.
    """
    data = path.read_bytes()
    misfits: list[UnicodeDecodeError] = []
    for name in [encoding] if encoding else _encodings(data):
        try:
            return _without_nul(path, data.decode(name))
        except UnicodeDecodeError as error:
            if _is_mostly(data, name, error):
                return _without_nul(path, data.decode(name, "replace"))
            misfits.append(error)
        except LookupError:
            message = Words(
                "没有这种编码；例如 utf-8、gb18030",
                "no such encoding; for example utf-8, gb18030",
                code="intake.no-such-encoding-example",
            )
            raise InputError(message.after(f"encoding {name!r}: ")) from None
    raise FileError(path, _misfit(data, misfits))


def _encodings(data: bytes) -> list[str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    start = data[:_WINDOW]
    for first, name in ((0, "utf-16-be"), (1, "utf-16-le")):  # without a mark: the noughts beside ASCII
        if start[first::2].count(0) > _NUL_SHARE * len(start) / 2 > start[1 - first :: 2].count(0):
            return [name]
    # UTF-8 first: its rules are strict, while nearly any bytes are GB 18030, of which GBK and GB 2312 are parts.
    return ["utf-8-sig", "gb18030"]


def _is_mostly(data: bytes, name: str, error: UnicodeDecodeError) -> bool:
    """Whether the text around the first misfit is of this encoding but for a few bytes."""
    start = max(0, error.start - _WINDOW)
    # From the beginning of a line: in the middle of a character the rest would look broken.
    start += 0 if start == 0 else data[start : error.start].find(b"\n") + 1
    end = min(len(data), error.start + _WINDOW)
    text = data[start:end].decode(name, "replace")
    broken = text.count(BROKEN)
    wide = sum(not character.isascii() for character in text) - broken
    # Without any wide character nothing speaks for the encoding: another one may fit the bytes as a whole.
    return wide > 0 and broken <= max(1, wide // _FEW)


def _misfit(data: bytes, misfits: list[UnicodeDecodeError]) -> Words:
    # The encoding that came furthest is the one that the file most likely is in, and its misfit what to look at.
    furthest = max(misfits, key=lambda misfit: misfit.start)
    place, tried = furthest.start + 1, ", ".join(misfit.encoding for misfit in misfits)
    seen = f"(0x{data[place - 1]:02X})"
    return Words(
        f"第 {place} 个字节 {seen} 不合编码 {tried}；请另存为 UTF-8，或在映射中写明 encoding",
        f"byte {place} {seen} does not fit the encoding {tried}; save it as UTF-8, or name the encoding in a mapping",
        code="intake.byte-not-fit-encoding",
    )


def _without_nul(path: Path, text: str) -> str:
    """The text; NUL characters, which no text holds, are those of another encoding or of no text at all."""
    place = text.find("\0")
    if place < 0:
        return text
    message = Words(
        f"第 {place + 1} 个字符是 NUL，不是文本文件；请另存为 UTF-8 的 csv，或 xlsx",
        f"character {place + 1} is NUL: this is no text file; save it as csv in UTF-8, or as xlsx",
        code="intake.character-nul-no-text",
    )
    raise FileError(path, message)
