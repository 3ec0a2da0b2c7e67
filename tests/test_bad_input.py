"""Files that are no delivery: each gives a finding that says what is wrong, never an exception."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import (
    assert_complete,
    part,
    profile,
    project_with,
    read_in_file,
    rules_found,
    sending,
    with_parts,
    workbook,
)
from conftest import Checker
from format_files import ods

from einklang.check import check
from einklang.project import Project
from einklang.result import Outcome, Verdict

TABLE = "Zeit;Schlüssel;insgesamt\n31.12.2024;04;162190\n"
SHEET = workbook({"Tabelle": [("Zeit", "Schlüssel", "insgesamt"), ("31.12.2024", "04", 162190)]})
SHEET_XML = "xl/worksheets/sheet1.xml"
BILLION_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def bomb() -> bytes:
    """A workbook with a part that unpacks to thirty megabytes of nothing."""
    return with_parts(SHEET, {"xl/media/image1.xml": b"\0" * (30 * 1024 * 1024)}, level=9)


def with_doctype() -> bytes:
    xml = part(SHEET, SHEET_XML)
    at = xml.find(b"<worksheet")
    return with_parts(SHEET, {SHEET_XML: xml[:at] + BILLION_LAUGHS + xml[at:]})


def with_embedded() -> bytes:
    return with_parts(SHEET, {"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"})


def many_parts() -> bytes:
    return with_parts(SHEET, {f"xl/media/{number}.txt": b"" for number in range(2_001)})


def damaged_member() -> bytes:
    with zipfile.ZipFile(io.BytesIO(SHEET)) as archive:
        info = archive.getinfo(SHEET_XML)
        start = info.header_offset + 30 + len(info.filename) + 20
    content = bytearray(SHEET)
    content[start : start + 40] = bytes(40)
    return bytes(content)


def no_sheet_part() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SHEET)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name != SHEET_XML:
                new.writestr(name, old.read(name))
    return stream.getvalue()


def archive_of_csv() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("tabelle.csv", TABLE)
    return stream.getvalue()


def rubbish(size: int = 5000) -> bytes:
    return bytes((number * 7919 + number // 3) % 256 for number in range(size))


WORKBOOK = {"format": "workbook"}
# name of the file, bytes, what is agreed, rule, words of the German message
BAD_FILES: list[tuple[str, bytes | Callable[[], bytes], dict[str, str], str, str]] = [
    ("leer.csv", b"", {}, "IM-FIL-001", "leer"),
    ("leer.xlsx", b"", WORKBOOK, "IM-FIL-001", "leer"),
    ("rubbish.csv", rubbish, {}, "IM-FIL-001", "Binärzeichen"),
    ("rubbish.xlsx", rubbish, WORKBOOK, "IM-FIL-001", "Binärzeichen"),
    ("nullen.csv", TABLE.encode() + b"\0\0", {}, "IM-FIL-001", "Binärzeichen"),
    ("spaete_null.csv", TABLE.encode() + b"31.12.2023;04;1\n" * 800 + b"\0", {}, "IM-FIL-001", "Binärzeichen"),
    ("utf16_ohne_kennung.csv", TABLE.encode("utf-16-le"), {"encoding": "utf-16"}, "IM-FIL-001", "UTF-16"),
    ("text.xlsx", TABLE.encode(), WORKBOOK, "IM-FIL-001", "Textdatei"),
    ("mappe.csv", SHEET, {}, "IM-FIL-001", "Arbeitsmappe"),
    ("halb.xlsx", SHEET[: len(SHEET) // 2], WORKBOOK, "IM-FIL-001", "beschädigt"),
    ("anfang.xlsx", SHEET[:30], WORKBOOK, "IM-FIL-001", "beschädigt"),
    ("zerstoert.xlsx", damaged_member, WORKBOOK, "IM-FIL-001", "beschädigt"),
    ("ohne_blatt.xlsx", no_sheet_part, WORKBOOK, "IM-FIL-001", "beschädigt"),
    ("kaputtes_xml.xlsx", lambda: with_parts(SHEET, {SHEET_XML: b"<worksheet><sheetData><row"}), WORKBOOK, "", ""),
    ("kein_xml.xlsx", lambda: with_parts(SHEET, {"xl/workbook.xml": b"kein XML"}), WORKBOOK, "", ""),
    ("archiv.xlsx", archive_of_csv, WORKBOOK, "IM-FIL-001", "Textdatei"),
    ("altes_excel.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), WORKBOOK, "IM-FIL-001", "Office-Format"),
    ("seite.xls", b"<html><body><table><tr><td>1</td></tr></table></body></html>", WORKBOOK, "IM-FIL-001", "HTML"),
    ("seite.xlsx", b"\xef\xbb\xbf\r\n <table><tr><td>1", WORKBOOK, "IM-FIL-001", "HTML"),
    ("seite.csv", b"<!DOCTYPE HTML><HTML>", {}, "IM-FIL-001", "HTML"),
    ("export.xml", b"<?xml version='1.0'?><Daten/>", {}, "IM-FIL-001", "XML"),
    ("bericht.pdf", b"%PDF-1.7\n", {}, "IM-FIL-001", "PDF"),
    ("tabelle.csv.gz", b"\x1f\x8b\x08\0", {}, "IM-FIL-001", "beschädigt"),
    ("bombe.xlsx", bomb, WORKBOOK, "IM-FIL-002", "gepackt"),
    ("doctype.xlsx", with_doctype, WORKBOOK, "IM-FIL-002", "Dokumenttyp"),
    ("eingebettet.xlsx", with_embedded, WORKBOOK, "IM-FIL-002", "eingebettet"),
    ("teile.xlsx", many_parts, WORKBOOK, "IM-FIL-002", "Teilen"),
    ("ersatzzeichen.csv", TABLE.replace("ü", "\ufffd").encode(), {}, "IM-FIL-001", "Umlaute"),
    ("anfuehrung.csv", TABLE.replace("31.12", '"31.12').encode(), {}, "IM-FIL-001", "Anführungszeichen"),
    ("cp1252_luecke.csv", TABLE.encode("cp1252") + b"\x81\x8d", {"encoding": "cp1252"}, "IM-FIL-001", "Zeichen"),
    ("zeile_laenger.csv", (TABLE + "31.12.2023;04;1;2\n").encode(), {}, "IM-STR-004", "Feldern"),
    ("zeile_kuerzer.csv", (TABLE + "31.12.2023\n").encode(), {}, "IM-STR-004", "Feldern"),
    ("nur_titel.csv", "Ausländische Bevölkerung\n".encode(), {}, "IM-STR-003", "„Zeit“"),
    ("nur_zeilenende.csv", b"\n\n\n", {}, "IM-FIL-001", "leer"),
    ("halb_doppelt.csv", (TABLE + "Quelle: GebÃ¤ude").encode(), {}, "IM-FIL-001", "Umlaute"),
    ("nur_kopf.csv", b"Zeit;Schl\xc3\xbcssel;insgesamt\n", {}, "IM-FIL-001", "keine Angaben"),
    ("nur_kopf_und_fuss.csv", "Zeit;Schlüssel;insgesamt\nQuelle: AZR\n".encode(), {}, "IM-FIL-001", "keine Angaben"),
    ("lange_zelle.csv", (TABLE + f"31.12.2024;05;{'x' * 1_000_000}\n").encode(), {}, "IM-FIL-001", "131.072"),
    ("blatt_umbenannt.xlsx", SHEET, {**WORKBOOK, "sheet": "Daten"}, "IM-STR-001", "„Daten“"),
    ("leeres_blatt.xlsx", lambda: workbook({"Tabelle": []}), WORKBOOK, "IM-STR-003", "„Zeit“"),
    ("falsches_trennzeichen.csv", TABLE.replace(";", ",").encode(), {}, "IM-STR-003", "„Zeit“"),
]


@pytest.mark.parametrize(("name", "content", "agreed", "rule", "words"), BAD_FILES, ids=[case[0] for case in BAD_FILES])
def test_bad_file_is_a_finding(
    name: str,
    content: bytes | Callable[[], bytes],
    agreed: dict[str, str],
    rule: str,
    words: str,
    checker: Checker,
) -> None:
    data = content if isinstance(content, bytes) else content()
    checked = checker(data, name=name, file=agreed)
    result = checked.result
    assert result.verdict is Verdict.REJECTED
    assert len(result.findings) == 1
    assert result.findings[0].rule == (rule or "IM-FIL-001")
    assert words in result.findings[0].message.de
    assert checked.observations.num_rows == 0
    assert_complete(checked)
    assert Outcome.NOT_EVALUABLE in {one.outcome for one in result.rules}


def test_far_cell_is_refused_fast_and_small(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "weit.xlsx"
    path.write_bytes(workbook({"Tabelle": [("Zeit",)]}, far_cell=True))
    one = profile(file=WORKBOOK)
    judged = project_with(project, one)
    tracemalloc.start()
    started = time.monotonic()
    result = read_in_file(path, judged, one).result
    seconds = time.monotonic() - started
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rules_found(result) == ["IM-FIL-002"]
    assert "außerhalb der Tabelle" in result.findings[0].message.de
    assert seconds < 2
    assert peak < 50 * 1024 * 1024


def test_far_cell_does_not_reach_the_reader(tmp_path: Path, project: Project) -> None:
    """In a process that may take 2 GiB; the usual reader would take 11."""
    path = tmp_path / "weit.xlsx"
    path.write_bytes(workbook({"Tabelle": [("Zeit",)]}, far_cell=True))
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "import sys; from pathlib import Path; from einklang.container import workbook_limit\n"
        "print(workbook_limit(Path(sys.argv[1])).reason)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "limit_far_cell"


def doubled(times: int, text: str = TABLE) -> bytes:
    """A text in UTF-8, read as cp1252 and encoded again, so many times."""
    data = text.encode()
    for _ in range(times):
        data = data.decode("cp1252").encode()
    return data


@pytest.mark.parametrize("times", [1, 2])
def test_letters_encoded_too_often_are_mended_where_only_one_reading_is_left(times: int, checker: Checker) -> None:
    checked = checker(doubled(times))
    (note,) = checked.result.findings
    assert note.rule == "IM-FIL-006"
    assert "doppelt kodiert" in note.message.de
    assert_complete(checked)
    assert checked.observations.num_rows == 1


def hostile(text: str) -> str:
    return f"Zeit;Schlüssel;insgesamt\n31.12.2024;04;{text}\n31.12.2024;05;7\n"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1\u0007", "IM-VAL-001"),
        ("\u202e1", "IM-VAL-001"),
        ("\u200b", "IM-STA-001"),
        ("=1+1", "IM-STR-006"),
        ("<script>alert(1)</script>", "IM-VAL-001"),
        ("9" * 400, "IM-VAL-003"),
        ("x" * 100_000, "IM-VAL-001"),
        ("nan", "IM-STA-003"),
        ("inf", "IM-STA-003"),
        ("1e5", "IM-VAL-001"),
        ("0x10", "IM-VAL-001"),
        ("１２", "IM-VAL-001"),
        ("٣", "IM-VAL-001"),
        ("1.23", "IM-VAL-001"),
        ("1234.567", "IM-VAL-001"),
        (",5", "IM-VAL-001"),
        ("1 000", "IM-VAL-001"),
        ("{zelle}", "IM-VAL-001"),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_cell_is_a_finding(text: str, rule: str, checker: Checker) -> None:
    checked = checker(hostile(text))
    assert rules_found(checked.result) == [rule]
    assert checked.result.findings[0].places[0].cell == "C2"
    assert_complete(checked)
    assert checked.observations.num_rows == 1
    assert len(checked.result.model_dump_json()) < 20_000


def test_lone_surrogate_is_a_finding(checker: Checker) -> None:
    data = hostile("1").encode().replace(b";1\n", b";\xed\xa0\x80\n")
    checked = checker(data)
    assert checked.result.verdict is Verdict.REJECTED
    assert_complete(checked)


@pytest.mark.parametrize("heading", ["insgesamt", "Insgesamt "])
def test_two_columns_with_one_heading_are_duplicates(heading: str, checker: Checker) -> None:
    checked = checker(f"Zeit;Schlüssel;insgesamt;{heading}\n31.12.2024;04;1;2\n31.12.2024;05;3;3\n")
    assert rules_found(checked.result) == ["IM-KEY-001", "IM-KEY-002"]
    assert_complete(checked)


def test_label_heading_twice_is_said(checker: Checker) -> None:
    checked = checker("Zeit;Schlüssel;Schlüssel;insgesamt\n31.12.2024;04;05;1\n")
    assert checked.result.verdict is Verdict.REJECTED
    assert_complete(checked)


def test_agreed_character_set_is_not_needed_when_the_file_says_its_own(checker: Checker) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        result = checker(TABLE.encode(encoding)).result
        assert {finding.rule for finding in result.findings} <= {"IM-FIL-006"}


def test_one_bad_file_of_two_refuses_the_delivery(tmp_path: Path, project: Project) -> None:
    good, bad = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text(TABLE, encoding="utf-8")
    bad.write_bytes(b"")
    one = profile()
    checked = check(sending("ba", "auslaender", good, bad), project_with(project, one))
    assert rules_found(checked.result) == ["IM-FIL-001"]
    assert checked.result.findings[0].places[0].file == "b.csv"
    assert_complete(checked)


def test_a_character_set_that_was_converted_is_a_repair(checker: Checker) -> None:
    checked = checker("Zeit;Schlüssel;insgesamt\n31.12.2014;08;1\n".encode("cp1252"))
    (finding,) = [one for one in checked.result.findings if one.rule == "IM-FIL-006"]
    assert [(one.before, one.after) for one in finding.repairs] == [("cp1252", "utf-8")]


def test_archive_with_a_huge_directory_is_refused_before_it_is_read(checker: Checker) -> None:
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, 90_000_000, 0, 0)
    result = checker(b"PK\x03\x04" + bytes(100) + end, name="x.zip").result
    assert "Inhaltsverzeichnis" in result.findings[0].message.de


def test_ods_that_repeats_a_row_for_ever_is_refused(checker: Checker) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="1000"/>'
    content = ods(f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>')
    result = checker(content, name="x.ods", file={**WORKBOOK, "sheet": "Tabelle"}).result
    assert "IM-FIL-002" in rules_found(result)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b";" * 20_000_000, "Zeile ist länger"),
        (b"\n" * 8_000_000 + b";" * 4_000, "Zellen auf"),
        (b"".join(b"%x\n" % number for number in range(2_100_000)), "verschiedene Texte"),
    ],
    ids=["one line", "one wide row among short ones", "nothing twice"],
)
def test_text_that_would_fill_the_memory_is_refused(content: bytes, words: str, checker: Checker) -> None:
    result = checker(content).result
    assert rules_found(result) == ["IM-FIL-002"]
    assert words in result.findings[0].message.de


@pytest.mark.parametrize(
    ("before", "behind"),
    [("ü".encode(), "Quelle: Jürg\n".encode("cp1252")), ("ü".encode(), "Quelle: Jü".encode()[:-1])],
    ids=["two character sets", "cut within a letter"],
)
def test_letters_of_two_character_sets_are_not_guessed(before: bytes, behind: bytes, checker: Checker) -> None:
    content = b"Zeit;Schl" + before + b"ssel;insgesamt\n31.12.2024;04;1\n" + behind
    (found,) = checker(content).result.findings
    assert (found.rule, "Zeile 1)" in found.message.de) == ("IM-FIL-001", True)
