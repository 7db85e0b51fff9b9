"""What a zip says it holds, and what it really holds, before anything else reads it.

Workbooks, backups and models are zips: forty kilobytes can stand for gigabytes, members can lie over each other, and the
size that is written beside a member need not be its size. Everything here is read from the directory, or unpacked in pieces
and thrown away.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from workbench.errors import InputError, Words

_BLOCK = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_ELSEWHERE, _LONGEST_ENTRY = 0xFFFFFFFF, 400
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = Words("压缩包已损坏；请重新导出或复制", "the zip is damaged; export or copy it again")


@dataclass(frozen=True)
class ZipLimits:
    """How much a zip may hold: `members`; bytes unpacked, `least` whatever its size, `times` its own size, `most` at all."""

    members: int = 10_000
    least: int = 50_000_000
    times: int = 150
    most: int = 8_000_000_000

    def unpacked(self, size: int) -> int:
        """The bytes that a zip of `size` bytes may unpack to."""
        return min(self.most, max(self.least, self.times * size))


def checked_members(source: IO[bytes], limits: ZipLimits) -> list[zipfile.ZipInfo]:
    """The members of a zip by what its directory says; raises InputError, in words, for what no honest program writes."""
    size = source.seek(0, 2)
    _check_directory(source, size, limits)
    try:
        with zipfile.ZipFile(source) as opened:
            members = opened.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, OSError, struct.error):
        raise InputError(_DAMAGED) from None
    _check_count(len(members), limits)
    for member in members:
        _check_member(member)
    _check_names(members)
    _check_overlap(source, members)
    declared, allowed = sum(member.file_size for member in members), limits.unpacked(size)
    if declared > allowed:
        raise InputError(_too_much(declared, size, allowed))
    return members


def unpacked(source: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member's content in pieces; raises InputError where it is damaged, or is more or less than its directory says."""
    source.seek(_data_offset(source, member))
    # Sizes are counted as the bytes come: what the directory says of them is a claim of whoever made the file.
    remaining, size = member.compress_size, 0
    deflated = member.compress_type == zipfile.ZIP_DEFLATED
    # Negative: a zip holds the bare stream, without the header that zlib would look for.
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    while remaining > 0 and not engine.eof:
        block = source.read(min(_BLOCK, remaining))
        if not block:
            raise InputError(_DAMAGED)
        remaining -= len(block)
        for piece in _inflated(engine, block) if deflated else (block,):
            size += len(piece)
            if size > member.file_size:
                raise InputError(_not_as_declared(member))
            yield piece
    if size != member.file_size:
        raise InputError(_not_as_declared(member))


def _inflated(engine: "zlib._Decompress", block: bytes) -> Iterator[bytes]:
    try:
        while block:
            # In pieces of a bounded size: a block of a few bytes may unpack to many megabytes.
            yield engine.decompress(block, _BLOCK)
            block = engine.unconsumed_tail
    except zlib.error:
        raise InputError(_DAMAGED) from None


def _check_directory(source: IO[bytes], size: int, limits: ZipLimits) -> None:
    """Refuse a directory by the length that it states, before it is read into memory. (A zip of 4 GB or more states it elsewhere.)"""
    source.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = source.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise InputError(_DAMAGED)
    count, length = struct.unpack_from("<HL", tail, place + 10)
    if length != _ELSEWHERE:
        # The number may be a lie; the length is what is read into memory, at most 400 bytes an entry.
        _check_count(max(count, length // _LONGEST_ENTRY), limits)


def _check_count(count: int, limits: ZipLimits) -> None:
    if count > limits.members:
        raise InputError(
            Words(
                f"压缩包内有 {limits.members:,} 个以上的文件；请重新导出",
                f"the zip holds more than {limits.members:,} files; export it again",
                code="safeguards.zip-holds-more-files",
            )
        )


def _check_member(member: zipfile.ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise InputError(
            Words(
                f"压缩包内的 {_shown(member)} 已加密；请另存为不加密的",
                f"{_shown(member)} in the zip is encrypted; save it without",
                code="safeguards.zip-encrypted-save-without",
            )
        )
    if member.compress_type not in _METHODS:
        raise InputError(_DAMAGED)
    # As any system might read the path: Windows takes backslashes for slashes.
    parts = PurePosixPath(member.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in "".join(parts.parts[:1]):
        raise InputError(
            Words(
                f"压缩包内的路径不对：{_shown(member)}",
                f"the zip holds a path that leads out of it: {_shown(member)}",
                code="safeguards.zip-holds-path-leads",
            )
        )


def _check_names(members: list[zipfile.ZipInfo]) -> None:
    if len({member.filename for member in members}) < len(members):
        raise InputError(
            Words(
                "压缩包内有同名的文件；请重新导出",
                "the zip holds two files of one name; export it again",
                code="safeguards.zip-holds-two-files",
            )
        )


def _check_overlap(source: IO[bytes], members: list[zipfile.ZipInfo]) -> None:
    """One stretch of data listed many times unpacks to any size."""
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < end:
            raise InputError(
                Words(
                    "压缩包内的文件互相重叠，已拒绝",
                    "files in the zip overlap each other; it is refused",
                    code="safeguards.files-zip-overlap-other",
                )
            )
        end = _data_offset(source, member) + member.compress_size


def _data_offset(source: IO[bytes], member: zipfile.ZipInfo) -> int:
    source.seek(member.header_offset)
    header = source.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise InputError(_DAMAGED)
    *_, name, extra = _LOCAL_HEADER.unpack(header)
    # By the lengths that stand here: those in the directory may be others, and the data begin by these.
    return member.header_offset + _LOCAL_HEADER.size + int(name) + int(extra)


def _shown(member: zipfile.ZipInfo) -> str:
    return repr(member.filename[:60])


def _too_much(declared: int, size: int, allowed: int) -> Words:
    return Words(
        f"压缩包只有 {size:,} 字节，解开却要 {declared:,} 字节，超过 {allowed:,}，已拒绝；请重新导出",
        f"a zip of {size:,} bytes that unpacks to {declared:,}, more than {allowed:,}, is refused; export it again",
        code="safeguards.zip-bytes-unpacks-more",
    )


def _not_as_declared(member: zipfile.ZipInfo) -> Words:
    return Words(
        f"压缩包内的 {_shown(member)} 与所写的大小不符，已拒绝；请重新导出",
        f"{_shown(member)} in the zip is not of the size that is written beside it; export it again",
        code="safeguards.zip-not-size-written",
    )
