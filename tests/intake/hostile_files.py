"""Small files that would eat the machine: each made by a few lines, none larger than a few hundred kilobytes."""

import io
import os
import struct
import zipfile
import zlib

from tests.intake.person_lists import A2017, person, sheet, write_xlsx

SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"


def good(path):
    """An ordinary workbook of one household."""
    return write_xlsx(path, sheet(A2017, person(A2017, 1)))


def changed(path, name, change):
    """An ordinary workbook with one of its members changed: `change` gets its content and gives another."""
    good(path)
    with zipfile.ZipFile(path) as opened:
        members = {each: opened.read(each) for each in opened.namelist()}
    members[name] = change(members.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for each, content in members.items():
            opened.writestr(each, content)
    return path


def before_end(end, more):
    return lambda content: content.replace(end, more + end)


def stray_cell(path, place="XFD1048576"):
    """A cell in the last corner of the sheet."""
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cell = f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row>'.encode()
    return changed(path, SHEET, before_end(b"</sheetData>", cell))


def stray_cell_spelt_otherwise(path):
    """A cell in the last corner where no simple search finds it: blanks, single quotes, before all other rows."""
    cell = b"<row  ><c  s='0' t = 'inlineStr'\n r = 'XFD1048576'><is><t>x</t></is></c ></row >"
    return changed(path, SHEET, lambda content: content.replace(b"<sheetData>", b"<sheetData>" + cell))


def claims_many_rows(path):
    """The sheet says that it has a thousand million rows; it has four."""
    import re  # noqa: PLC0415

    return changed(
        path, SHEET, lambda content: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1000000000"', content)
    )


def coloured_row(path):
    """A row that is coloured to its end, and a column that is coloured to its last row: cells that hold nothing."""
    cells = b'<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>'
    return changed(path, SHEET, before_end(b"</sheetData>", cells))


def zeros(path):
    """Sixty kilobytes that unpack to sixty million."""
    return changed(path, "docProps/app.xml", lambda content: content + b" " * 60_000_000)


def sheet_of_blanks(path):
    return changed(path, SHEET, before_end(b"</sheetData>", b" " * 60_000_000))


def shared_strings(path):
    """One text of 900,000 characters, named by 5,000 cells."""

    def cells(content):
        rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(10, 5010))
        return content.replace(b"</sheetData>", rows + b"</sheetData>")

    changed(path, SHEET, cells)
    with zipfile.ZipFile(path) as opened:
        members = {each: opened.read(each) for each in opened.namelist()}
    members[STRINGS] = members[STRINGS].replace(b"<si><t>", b"<si><t>" + b"x" * 900_000, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for each, content in members.items():
            opened.writestr(each, content)
    return path


def entities(path, name=STRINGS):
    """A billion laughs in the strings (or another part)."""
    lines = [b'<!ENTITY l0 "lol">'] + [b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)]
    head = b"<!DOCTYPE x [" + b"".join(lines) + b"]>"
    return changed(path, name, lambda content: content.replace(b"?>", b"?>" + head, 1))


def outside_entity(path):
    head = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
    return changed(path, BOOK, lambda content: content.replace(b"?>", b"?>" + head, 1))


def unknown_entity(path):
    return changed(path, SHEET, before_end(b"</sheetData>", b'<row r="9"><c r="A9" t="str"><v>&lol;</v></c></row>'))


def many_members(path):
    with zipfile.ZipFile(good(path), "a") as opened:
        for number in range(6_000):
            opened.writestr(f"xl/media/{number}", b"")
    return path


def encrypted_member(path):
    data = bytearray(good(path).read_bytes())
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 4)
    path.write_bytes(data)
    return path


def leads_out(path):
    with zipfile.ZipFile(good(path), "a") as opened:
        opened.writestr("../../evil.xml", b"<a/>")
    return path


def named_twice(path):
    import warnings  # noqa: PLC0415

    with warnings.catch_warnings(), zipfile.ZipFile(good(path), "a") as opened:
        warnings.simplefilter("ignore")
        opened.writestr(SHEET, b"<worksheet/>")
    return path


def says_less_than_it_is(path):
    """A member whose directory entry says a hundred bytes and whose content is sixty million."""
    content = b"<a>" + b" " * 60_000_000 + b"</a>"
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = engine.compress(content) + engine.flush()
    return _raw(path, [("xl/a.xml", packed, 100, 0)])


def overlapping(path):
    """One stretch of packed data that a thousand names share."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = engine.compress(b" " * 40_000) + engine.flush()
    return _raw(path, [(f"xl/a{number:04}.xml", packed if number == 0 else b"", 40_000, 0) for number in range(1000)])


def _raw(path, members):
    """A zip written by hand: (name, packed, size declared, offset of its header)."""
    first = members[0]
    name = first[0].encode()
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(first[1]), first[2], len(name), 0)
    out = io.BytesIO()
    out.write(local + name + first[1])
    start = out.tell()
    for each, _, size, offset in members:
        written = each.encode()
        head = struct.pack(
            "<4s4B4H3L5H2L",
            b"PK\x01\x02",
            20,
            0,
            20,
            0,
            0,
            8,
            0,
            0,
            0,
            len(first[1]),
            size,
            len(written),
            0,
            0,
            0,
            0,
            0,
            offset,
        )
        out.write(head + written)
    end = out.tell()
    out.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(members), len(members), end - start, start, 0))
    path.write_bytes(out.getvalue())
    return path


def cut_off(path):
    path.write_bytes(good(path).read_bytes()[:-200])
    return path


def old_workbook_of_noise(path):
    """The first bytes of an .xls, then nothing that makes sense."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40)
    return path


def pipe(path):
    os.mkfifo(path)
    return path


def folder(path):
    path.mkdir()
    return path


REFUSED = {
    "a stray cell": stray_cell,
    "a stray cell spelt otherwise": stray_cell_spelt_otherwise,
    "white space": zeros,
    "a sheet of white space": sheet_of_blanks,
    "shared strings": shared_strings,
    "entities in the strings": entities,
    "entities in the sheet": lambda path: entities(path, SHEET),
    "entities in the book": lambda path: entities(path, BOOK),
    "a document type from elsewhere": outside_entity,
    "an unknown entity": unknown_entity,
    "many members": many_members,
    "encrypted": encrypted_member,
    "a path that leads out": leads_out,
    "a name twice": named_twice,
    "less than it is": says_less_than_it_is,
    "overlapping": overlapping,
    "cut off": cut_off,
    "an old workbook of noise": old_workbook_of_noise,
    "a pipe": pipe,
    "a folder": folder,
}
READ = {"coloured to the end": coloured_row, "claims many rows": claims_many_rows}
