"""The 76 bad inputs, one row each: what is sent, what is done (action) and which rules say so.

Actions: R file refused, E delivery not accepted, W question to the office, F read and noted, I information, `-`
no report. `catalogue` is the action that was asked for; where ours differs, `why` says the reason. Rows of
the transport have no file: they name the test that stands for them.
"""

from __future__ import annotations

import gzip
import os
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from bad_files import (
    BOOK,
    FIRST,
    HEAD,
    SECOND,
    TEXT,
    XLS,
    archive,
    bomb,
    broken_formula,
    calculated,
    edited,
    filtered,
    hide,
    line,
    merged_figures,
    ole,
    renamed_sheet,
    with_doctype,
)
from builders import ROOT, assert_complete, rules_found, with_parts, workbook
from conftest import Checker
from format_files import MAPPE, ROWS, spreadsheetml, zipped

from einklang.result import Verdict

NAMED = {"area": {"heading": "Schlüssel", "scheme": "key", "name_heading": "Gebiet"}}
BY_NAME = {"area": {"heading": "Gebiet"}}
THOUSANDS = {"measure": {"heading": "Merkmal"}, "sex": None}


class Bad(NamedTuple):
    number: int
    what: str
    catalogue: str
    action: str
    content: bytes | str | Callable[[], bytes]
    rules: tuple[str, ...] = ()
    agreed: Mapping[str, Any] = MappingProxyType({})
    name: str = "lieferung.csv"
    words: str = ""
    why: str = ""


class Elsewhere(NamedTuple):
    number: int
    what: str
    file: str
    test: str


COUNT = {"numbers": {"decimal": ",", "thousands": ""}}
BAD: list[Bad] = [
    Bad(2, "XLSX cut off", "R", "R", BOOK[: len(BOOK) // 2], ("IM-FIL-001",), {"file": MAPPE}, words="unvollständig"),
    Bad(2, "gzip cut off", "R", "R", gzip.compress(TEXT.encode())[:-20], ("IM-FIL-001",), words="unvollständig"),
    Bad(3, "0 bytes", "R", "R", b"", ("IM-FIL-001",), words="0 Byte"),
    Bad(
        5,
        "copy beside the file",
        "W",
        "W",
        lambda: zipped({"a.csv": (HEAD + FIRST).encode(), "Kopie von a.csv": (HEAD + SECOND).encode()}),
        ("IM-FIL-009",),
    ),
    Bad(6, "CSV named XLSX", "F", "F", TEXT, ("IM-FIL-007",), name="tabelle.xlsx", words="obwohl ihr Name"),
    Bad(6, "HTML named XLS", "R", "R", b"<html><table><tr><td>1", ("IM-FIL-001",), name="x.xls", words="Speichern"),
    Bad(6, "XML 2003 named XLS", "F", "F", spreadsheetml(ROWS), ("IM-FIL-007",), {"file": MAPPE}, "x.xls"),
    Bad(7, "password", "R", "R", ole("EncryptedPackage"), ("IM-FIL-001",), {"file": MAPPE}, words="Kennwort"),
    Bad(8, "XLS", "R", "F", XLS, ("IM-FIL-007",), {"file": MAPPE}, "x.xls", why="harmless, so it is read and noted"),
    Bad(8, "XLSB", "R", "R", zipped({"xl/workbook.bin": b"x"}), ("IM-FIL-001",), {"file": MAPPE}, words="XLSB"),
    Bad(
        9,
        "macros",
        "F",
        "F",
        lambda: with_parts(BOOK, {"xl/vbaProject.bin": b"x"}),
        ("IM-FIL-008",),
        {"file": MAPPE},
        "x.xlsm",
        "Makros",
    ),
    Bad(10, "ZIP in ZIP", "R", "R", lambda: zipped({"b.zip": zipped({"a.csv": b"x"})}), ("IM-FIL-002",)),
    Bad(
        10,
        "several files in a ZIP",
        "R",
        "F",
        lambda: zipped({"a.csv": (HEAD + FIRST).encode(), "b.csv": (HEAD + SECOND).encode()}),
        why="members of one delivery are wanted; up to 50",
    ),
    Bad(10, "51 files in a ZIP", "R", "R", lambda: zipped({f"{n}.csv": b"x" for n in range(51)}), ("IM-FIL-002",)),
    *(
        Bad(11, f"member {name!r}", "R", "R", archive(name), ("IM-FIL-002",), words="Pfadangaben")
        for name in ("../a.csv", "/etc/a.csv", "C:\\a.csv", "b\\..\\..\\a.csv", "a\0.csv")
    ),
    Bad(12, "link as member", "R", "R", archive("a.csv", stat.S_IFLNK), ("IM-FIL-002",), words="Verweise"),
    Bad(12, "device as member", "R", "R", archive("a.csv", stat.S_IFCHR), ("IM-FIL-002",)),
    pytest.param(
        Bad(12, "name twice", "R", "R", lambda: archive("a.csv", twice=True), ("IM-FIL-002",)),
        marks=pytest.mark.filterwarnings("ignore:Duplicate name"),
        id="12 name twice",
    ),  # type: ignore[list-item]
    Bad(13, "bomb of 200 MB", "R", "R", bomb, ("IM-FIL-002",), words="Fache gepackt"),
    Bad(
        14,
        "far cell",
        "R",
        "R",
        workbook({"Tabelle": ROWS}, far_cell=True),
        ("IM-FIL-002",),
        {"file": MAPPE},
        words="außerhalb der Tabelle",
    ),
    Bad(15, "entities", "R", "R", with_doctype, ("IM-FIL-002",), {"file": MAPPE}, words="Dokumenttyp"),
    Bad(
        15,
        "entities in XML 2003",
        "R",
        "R",
        spreadsheetml(ROWS).replace(b"<Workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><Workbook', 1),
        ("IM-FIL-002",),
        {"file": MAPPE},
        words="Dokumenttyp",
    ),
    Bad(
        16,
        "links to other files",
        "W",
        "F",
        lambda: with_parts(BOOK, {"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        ("IM-FIL-008",),
        {"file": MAPPE},
        "x.xlsx",
        "Verknüpfungen",
        "the stored values are read whatever the link says; offices' own workbooks have such links",
    ),
    Bad(
        16,
        "embedded object",
        "R",
        "R",
        lambda: with_parts(BOOK, {"xl/embeddings/oleObject1.bin": b"x"}),
        ("IM-FIL-002",),
        {"file": MAPPE},
        words="eingebettet",
    ),
    Bad(20, "another Land's content", "R", "E", TEXT, ("IM-FIL-003",), {"supplier": "hh"}, words="Schlüssel anderer"),
    Bad(
        21,
        "test virus",
        "R",
        "R",
        rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
        ("IM-STR-003",),
        why="refused as no table and never run; looking for viruses is the work of the mail gateway",
    ),
    Bad(22, "hostile name", "F", "F", TEXT, name="Ausla\u0308nder  ;rm -rf \u202evsc.csv"),
    Bad(22, "long name", "F", "F", TEXT, name="x" * 240 + ".csv"),
    Bad(24, "byte order mark before a quoted heading", "F", "F", ("\ufeff" + TEXT.replace("Zeit", '"Zeit"')).encode()),
    Bad(25, "CP1252", "F", "I", TEXT.encode("cp1252"), ("IM-FIL-006",)),
    Bad(26, "encoded twice, one reading", "F", "F", TEXT.encode().decode("cp1252").encode(), ("IM-FIL-006",)),
    Bad(
        26,
        "encoded twice in part",
        "E",
        "R",
        TEXT.replace("ä", "Ã¤", 1) + "Quelle: ü",
        ("IM-FIL-001",),
        words="Umlaute",
    ),
    Bad(27, "UTF-16 with mark", "F", "I", TEXT.encode("utf-16"), ("IM-FIL-006",)),
    Bad(27, "UTF-16 without mark", "R", "R", TEXT.encode("utf-16-le"), ("IM-FIL-001",), words="UTF-16"),
    Bad(28, "NUL", "R", "R", TEXT.encode() + b"\0", ("IM-FIL-001",), words="Binärzeichen"),
    Bad(29, "CR only", "F", "F", TEXT.replace("\n", "\r")),
    Bad(29, "line ends mixed", "F", "F", HEAD.replace("\n", "\r\n") + FIRST.replace("\n", "\r") + SECOND),
    Bad(30, "no last line end", "F", "F", TEXT.rstrip("\n")),
    Bad(30, "blank last lines", "F", "F", TEXT + "\n\n"),
    Bad(31, "other separator", "F", "E", TEXT.replace(";", "|"), ("IM-STR-003",), why="the profile decides; no guess"),
    Bad(
        32,
        "separator in a name",
        "E",
        "E",
        "Zeit,Schlüssel,Gebiet,insgesamt\n31.12.2024,04,Bremen,5\n31.12.2024,04011,Bremen, Stadt,5\n",
        ("IM-STR-004",),
        {"file": {"delimiter": ","}, "dimensions": NAMED},
        words="Zeile 3",
    ),
    Bad(33, "open quote", "R", "R", TEXT.replace("31.12", '"31.12', 1), ("IM-FIL-001",), words="Anführungszeichen"),
    Bad(
        33,
        "quote swallows rows",
        "R",
        "R",
        HEAD + FIRST + '31.12.2023;"04' + ";1;1;0\n31.12.2022;04" * 7 + '";5;5;0\n',
        ("IM-FIL-001",),
        words="Zeilenumbrüche",
    ),
    Bad(34, "rows longer than the heading", "R", "E", HEAD + FIRST.replace("\n", ";1\n"), ("IM-STR-004",)),
    Bad(35, "rows shorter than the heading", "E", "E", TEXT + "31.12.2023;04\n", ("IM-STR-004",)),
    Bad(36, "empty columns behind", "F", "F", TEXT.replace("\n", ";;\n")),
    Bad(
        36,
        "figures without a heading behind",
        "E",
        "E",
        HEAD.replace("\n", ";\n") + FIRST.replace("\n", ";7\n"),
        ("IM-COD-001",),
    ),
    Bad(37, "notes around", "F", "F", "sep=;\nTitel\n" + TEXT + "Quelle: AZR\n"),
    Bad(
        38,
        "invisible blanks",
        "F",
        "F",
        TEXT.replace("Schlüssel", "Schlüssel\u00a0").replace("04;", "\u200b04\u00ad;", 1),
    ),
    Bad(39, "cell of a megabyte", "R", "R", line("x" * 1_000_000), ("IM-FIL-001",), words="131.072"),
    Bad(39, "40,000 columns", "R", "R", ("x;" * 40_000 + "\n") * 3, ("IM-FIL-002",), words="Spalten"),
    Bad(40, "sheet renamed", "E", "E", renamed_sheet, ("IM-STR-001",), {"file": MAPPE}, words="Tabelle (2)"),
    Bad(
        41,
        "second table below",
        "E",
        "E",
        TEXT + "\nZeit;Schlüssel;insgesamt;männlich;weiblich\n" + FIRST,
        ("IM-STR-008",),
    ),
    Bad(42, "merged figures", "E", "E", lambda: edited(merged_figures), ("IM-STR-007",), {"file": MAPPE}),
    Bad(43, "hidden row", "W", "W", lambda: edited(hide), ("IM-STR-005",), {"file": MAPPE}),
    Bad(44, "filter", "W", "W", lambda: edited(filtered), ("IM-STR-005",), {"file": MAPPE}, words="Filter"),
    Bad(45, "formula without a result", "E", "E", lambda: edited(calculated), ("IM-STR-006",), {"file": MAPPE}),
    Bad(46, "formula error", "E", "E", lambda: edited(broken_formula), ("IM-STR-006",), {"file": MAPPE}),
    Bad(46, "formula error in a CSV", "E", "E", line("#WERT!"), ("IM-STR-006",)),
    Bad(47, "heading with a letter too many", "E", "E", TEXT.replace("Schlüssel", "Schlüsssel"), ("IM-STR-003",)),
    Bad(47, "heading in capitals", "W", "F", TEXT.replace("weiblich", "WEIBLICH "), why="case and blanks never matter"),
    Bad(48, "heading twice", "R", "E", "Zeit;Schlüssel;insgesamt;insgesamt\n31.12.2024;04;5;10\n", ("IM-KEY-001",)),
    Bad(49, "columns in another order", "F", "F", "Schlüssel;Zeit;weiblich;insgesamt\n04;31.12.2024;5;10\n"),
    Bad(50, "column inserted", "E", "E", "Zeit;Schlüssel;neu;insgesamt\n31.12.2024;04;5;10\n", ("IM-COD-001",)),
    Bad(
        51,
        "layout of another year",
        "R",
        "E",
        TEXT,
        ("IM-STR-002",),
        {"valid_to": "2023-12-31"},
        why="everything else is judged too",
    ),
    Bad(52, "empty template", "R", "R", HEAD, ("IM-FIL-001",), words="keine Angaben"),
    Bad(53, "leading zero lost", "F", "F", TEXT.replace(";04", ";4"), ("IM-COD-004",), {"supplier": "hb"}),
    Bad(
        54,
        "key in another form",
        "F",
        "F",
        TEXT.replace(";04;", ";DE-HB;"),
        (),
        {"dimensions": {"area": {"heading": "Schlüssel", "scheme": "key", "codes": {"DE-HB": "04"}}}},
    ),
    Bad(
        55,
        "names shifted",
        "E",
        "E",
        "Zeit;Schlüssel;Gebiet;insgesamt\n31.12.2024;04011;Bremerhaven;5\n31.12.2024;04012;Bremen, Stadt;5\n",
        ("IM-COD-002",),
        {"dimensions": NAMED},
    ),
    Bad(56, "abolished Kreis", "E", "E", TEXT.replace("04011", "03152"), ("IM-COD-001",), words="03159"),
    Bad(
        57,
        "name in other words",
        "F",
        "F",
        "Zeit;Gebiet;insgesamt\n31.12.2024;Region Hannover;5\n",
        (),
        {"dimensions": BY_NAME},
    ),
    Bad(
        58, "NA is no country code", "F", "E", line("NA"), ("IM-STA-003",), words="„NA“", why="as a figure it is a text"
    ),
    Bad(60, "words for the total", "F", "F", TEXT.replace("insgesamt", "Zusammen")),
    Bad(61, "row twice, same figures", "F", "W", TEXT + SECOND, ("IM-KEY-002",), why="the office is asked"),
    Bad(62, "row twice, other figures", "E", "E", TEXT + SECOND.replace("133930", "133935"), ("IM-KEY-001",)),
    Bad(
        64,
        "one figure, two readings",
        "E",
        "E",
        line("133,930"),
        ("IM-VAL-002",),
        COUNT,
        words="unklar",
    ),
    Bad(
        65,
        "blank, narrow blank between thousands",
        "F",
        "F",
        line("133\u202f930").replace("162190", "162 190"),
        (),
        {"numbers": {"thousands": " "}},
    ),
    Bad(65, "apostrophe", "F", "F", line("133'930"), (), {"numbers": {"thousands": "'"}}),
    Bad(66, "plus sign", "F", "F", line("+12")),
    *(Bad(66, f"number as {text!r}", "E", "E", line(text), ("IM-VAL-001",)) for text in ("ca. 500", "<3")),
    Bad(66, "a share where people are counted", "E", "E", line("12 %"), ("IM-COD-006",)),
    Bad(
        67,
        "number stored as text",
        "F",
        "F",
        workbook({"Tabelle": [*ROWS[:2], ("31.12.2024", "04", "162190", "1", "2")]}),
        (),
        {"file": MAPPE},
        "x.xlsx",
    ),
    Bad(67, "ISO date", "F", "F", TEXT.replace("31.12.2024", "2024-12-31")),
    Bad(68, "unknown sign", "E", "E", line("§"), ("IM-STA-003",)),
    Bad(69, "blank", "E", "E", line(""), ("IM-STA-001",)),
    Bad(70, "number beside a secrecy mark", "E", "E", line("7 ."), ("IM-STA-002",)),
    Bad(72, "negative count", "E", "E", line("-5"), ("IM-VAL-003",)),
    Bad(72, "half a person", "E", "E", line("3,5"), ("IM-VAL-003",)),
    Bad(74, "unreadable period", "E", "E", TEXT.replace("31.12.2024;04;", "Juni;04;"), ("IM-COD-001",)),
    *(
        Bad(75, f"injection {text[:12]!r}", "F", "E", line(text), (rule,), why="no number: refused, shown as text only")
        for text, rule in (
            ('=HYPERLINK("http://x")', "IM-STR-006"),
            ("+cmd|' /C calc'!A0", "IM-VAL-001"),
            ("@SUM(1)", "IM-VAL-001"),
            ("\t=1", "IM-STR-006"),
            ("<img src=x onerror=alert(1)>", "IM-VAL-001"),
        )
    ),
    Bad(75, "legal minus is no formula", "F", "E", line("-5"), ("IM-VAL-003",), why="a count cannot be negative"),
    Bad(
        76,
        "column with names of persons",
        "R",
        "E",
        "Zeit;Schlüssel;insgesamt;Nachname\n31.12.2024;04;5;Meier\n",
        ("IM-COD-001",),
        why="any column not agreed quarantines its cells",
    ),
]
ELSEWHERE = [
    Elsewhere(1, "still being written", "flows/test_folder.py", "test_a_file_that_still_grows_waits_and_stops_nothing"),
    Elsewhere(
        1, "transfer broken off", "flows/test_folder.py", "test_a_transfer_that_stopped_is_named_after_half_an_hour"
    ),
    Elsewhere(4, "lock files", "flows/test_folder.py", "test_what_systems_and_transfers_leave_behind_is_passed_over"),
    Elsewhere(17, "same bytes again", "test_receive.py", "test_same_bytes_are_the_same_delivery"),
    Elsewhere(18, "older after newer", "test_receive.py", "test_older_after_newer_is_a_question"),
    Elsewhere(19, "two at once", "test_deliver.py", "test_deliveries_at_the_same_time"),
    Elsewhere(23, "time in the future", "test_bad_input_catalogue.py", "test_the_time_of_the_file_decides_nothing"),
    Elsewhere(59, "ages turned into dates", "test_deliveries.py", "test_delivery"),
    Elsewhere(63, "combination missing", "test_deliveries.py", "test_delivery"),
    Elsewhere(71, "unit mixed up", "test_deliveries.py", "test_delivery"),
    Elsewhere(73, "total and parts", "test_deliveries.py", "test_delivery"),
]
VERDICTS = {
    "R": {Verdict.REJECTED},
    "E": {Verdict.REJECTED},
    "W": {Verdict.CLARIFICATION_NEEDED},
    "F": {Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_NOTES},
    "I": {Verdict.ACCEPTED_WITH_NOTES},
}


def _id(bad: Bad) -> str:
    return f"{bad.number} {bad.what}"[:60]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: _id(bad) if isinstance(bad, Bad) else None)
def test_bad_input(bad: Bad, checker: Checker) -> None:
    content = bad.content() if callable(bad.content) else bad.content
    checked = checker(content, name=bad.name, **bad.agreed)
    result = checked.result
    said = [f"{one.rule}: {one.message.de}" for one in result.findings]
    assert set(bad.rules) <= set(rules_found(result)), said
    assert result.verdict in VERDICTS[bad.action], said
    assert bad.rules or not result.findings, said
    assert bad.words in " ".join(said)
    assert bad.why or bad.action == bad.catalogue or {bad.action, bad.catalogue} in ({"R", "E"}, {"F", "I"})
    assert_complete(checked)
    if bad.action == "R":
        assert checked.observations.num_rows == 0


@pytest.mark.parametrize("row", ELSEWHERE, ids=lambda row: f"{row.number} {row.what}")
def test_rows_of_the_transport_have_a_test(row: Elsewhere) -> None:
    assert f"def {row.test}(" in (ROOT / "tests" / row.file).read_text(encoding="utf-8")


def test_every_row_of_the_catalogue_is_there() -> None:
    numbers = {(one.values[0] if hasattr(one, "values") else one).number for one in BAD}
    assert numbers | {one.number for one in ELSEWHERE} == set(range(1, 77))


def test_the_time_of_the_file_decides_nothing(checker: Checker, tmp_path: Path) -> None:
    checker(TEXT)
    future = time.time() + 10**8
    os.utime(tmp_path / "lieferung.csv", (future, future))
    assert checker(TEXT).result.verdict is Verdict.ACCEPTED
