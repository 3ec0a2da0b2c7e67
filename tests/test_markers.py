"""Markers planted where nothing may come out: secret figures, columns left out, hidden parts of workbooks, another
Land's figures; and texts that would act if something took them for more than text. Every byte of every output is
searched: reports, workbooks unpacked, messages, records, Parquet with its dictionaries and statistics, logs.
"""

from __future__ import annotations

import csv
import html
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from builders import profile, project_with
from openpyxl.comments import Comment
from report.pages import read_page
from rich.console import Console

from einklang.answers import Answer, give
from einklang.cli.tables import delivery_table, verdict_matrix
from einklang.deliver import deliver, judge_again
from einklang.project import Project
from einklang.release import make_release
from einklang.report import render_terminal
from einklang.report.as_csv import guard
from einklang.report.ess import render_ess
from einklang.report.join import join_results, render_joined
from einklang.report.overview import render_overview
from einklang.result import Outcome
from einklang.store import Store

SECRET = 7_311_473
SECRET_IN_BOOK = 8_422_586
SECRET_BY_WORD = 6_200_359
SECRET_UNSEEN = 6_911_248
SECRET_AS_HEADING = 5_877_619
LEFT_OUT = "VERMERKQZX"
LEFT_OUT_FIGURE = 5_099_247
HIDDEN = "VERSTECKTQZX"
HIDDEN_FIGURE = 4_988_137
OTHER_LAND = 3_877_025
ACTS = [
    "<script>alert('QZX')</script>",
    "<img src=x onerror=alert('QZX')>",
    '=HYPERLINK("http://qzx.example/";"x")',
    "+cmd|'/c calc'!A0",
    "@SUM(1+1)*cmd|QZX",
    "-2+3+cmd|QZX",
    "\x1b[2J\x1b]0;QZX\x07",
    "abc\u202eQZX\u202c",
    "[bold red]QZX[/bold red]{{ 7 * 7 }}",
]
NAME = "a<img src=x onerror=alert(1)>\u202e\x1b[31m=1+1.csv"


def spelled(figure: int) -> list[str]:
    """A figure as somebody may write it."""
    parts = f"{figure:,}".split(",")
    return [sign.join(parts) for sign in ("", ".", ",", " ", "\u00a0", "\u202f", "'", "\u2009")]


def csv_of_bremen() -> bytes:
    lines = ["Zeit;Schlüssel;insgesamt;männlich;weiblich;Bearbeitung"]
    lines.append(f"31.12.2023;04;159.000;83.160;75.840;{LEFT_OUT}")
    lines.append(f"31.12.2023;04011;131.395;{spelled(SECRET)[1]}·;·;{spelled(LEFT_OUT_FIGURE)[1]}")
    lines += [
        f'31.12.2023;"{text.replace(chr(34), chr(34) * 2)}";27.605;"{text.replace(chr(34), chr(34) * 2)}";13.120;x'
        for text in ACTS
    ]
    return "\r\n".join(lines).encode()


def book_of_saarland() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "31.12.2023"
    for row in (["Gebiet", "insgesamt", "männlich", "weiblich"], ["Saarland", 147_920, f"{SECRET_IN_BOOK}·", "·"]):
        sheet.append(row)
    for text in ACTS:
        if "\x1b" not in text:
            sheet.append([text, 5, text, 2])
            for column in (1, 3):
                sheet.cell(sheet.max_row, column).data_type = "s"
    sheet["A2"].comment = Comment(HIDDEN, HIDDEN)
    sheet["A2"].hyperlink = f"http://{HIDDEN.lower()}.example/"
    book.create_sheet("verborgen").append([HIDDEN, HIDDEN_FIGURE])
    book["verborgen"].sheet_state = "veryHidden"
    book.properties.creator = HIDDEN
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


CSV_OF_HAMBURG = f"""Land,Jahr,Geschlecht,Wert,Kennung
Hamburg,31.12.2024,i,{OTHER_LAND},endgültig
Hamburg,31.12.2024,m,{SECRET_BY_WORD},geheim
Hamburg,31.12.2024,w,x1,endgültig
""".encode()
# Cannot be read beyond its structure, so that nobody looks for secret figures.
CSV_BROKEN = CSV_OF_HAMBURG + f"Hamburg,31.12.2024,w,1,2,3\nHamburg,31.12.2024,i,{SECRET_UNSEEN}·,final\n".encode()
# The second row of headings is lost, so that a figure stands in its place.
CSV_WITHOUT_HEADINGS = f"""Stand: 31.12.2024
Gebiet;;insgesamt;insgesamt;männlich;weiblich
16051;Erfurt;{SECRET_AS_HEADING}·;{SECRET_AS_HEADING}·;3;4
16052;Gera;5;5;2;3
""".encode()


@dataclass(frozen=True)
class Outputs:
    store: Store
    project: Project
    said: str

    def everything(self, supplier: str = "*") -> Iterator[tuple[str, str]]:
        """Name and searchable content of all that has come out; of one supplier, or of all."""
        root = self.store.root
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            is_kept_back = "raw" in inside.parts or path.name == "quarantine.parquet"
            is_of = supplier == "*" or (len(inside.parts) > 1 and inside.parts[1] == supplier)
            if path.is_file() and is_of and not is_kept_back:
                yield inside.as_posix(), searchable(path)

    def sheets(self) -> Iterator[tuple[Path, zipfile.ZipFile]]:
        for path in sorted(self.store.root.rglob("report.xlsx")):
            with zipfile.ZipFile(path) as archive:
                yield path, archive


def searchable(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".parquet":
        return _in_parquet(path) + content.decode("latin-1")
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            parts = [f"{name}\n{archive.read(name).decode('utf-8', 'replace')}" for name in archive.namelist()]
        return html.unescape("\n".join(parts))
    if path.suffix == ".eml":
        message = message_from_bytes(content, policy=SMTP)
        return f"{message['Subject']}\n{message.get_content()}\n{content.decode('utf-8', 'replace')}"  # type: ignore[attr-defined]
    text = content.decode("utf-8", "replace")
    return text + html.unescape(text) if path.suffix == ".html" else text


def _in_parquet(path: Path) -> str:
    """Values, whole dictionaries, statistics and metadata of a Parquet file."""
    file = pq.ParquetFile(path)
    found = [str(file.metadata.metadata), str(file.schema)]
    for group in range(file.metadata.num_row_groups):
        row_group = file.metadata.row_group(group)
        for column in range(row_group.num_columns):
            statistics = row_group.column(column).statistics
            if statistics is not None and statistics.has_min_max:
                found += [str(statistics.min), str(statistics.max)]
    for column in file.read().columns:
        for chunk in column.chunks:
            found.append(str((chunk.dictionary if hasattr(chunk, "dictionary") else chunk).to_pylist()))
    return "\n".join(found)


@pytest.fixture(scope="module")
def outputs(test_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    folder = tmp_path_factory.mktemp("merkzeichen")
    bremen = profile(
        supplier="hb",
        table={"end": []},
        dimensions={"sex": {"header_row": 1, "not_data": {"Bearbeitung": "Vermerk der Stelle"}}},
    )
    kept = {key: found for key, found in test_project.profiles.items() if key[0] in {"sl", "hh", "th"}}
    project = project_with(test_project, bremen, *(one for found in kept.values() for one in found))
    project = Project(**{**vars(project), "expectations": test_project.expectations})
    store = Store(folder / "store")
    said = io.StringIO()
    stdout, stderr, sys.stdout, sys.stderr = sys.stdout, sys.stderr, said, said
    try:
        for supplier, name, content in (
            ("hb", NAME, csv_of_bremen()),
            ("sl", "saarland.xlsx", book_of_saarland()),
            ("hh", "hamburg.csv", CSV_OF_HAMBURG),
            ("hh", "hamburg2.csv", CSV_BROKEN),
            ("th", "thüringen.csv", CSV_WITHOUT_HEADINGS),
        ):
            path = folder / name
            path.write_bytes(content)
            delivery = deliver([path], supplier, "auslaender", project, store).delivery.delivery
            result = store.result(delivery)
            given = [Answer(one.id, "Grund", "Referat", "Leitung") for one in result.findings]
            give(store, result, [one for one, of in zip(given, result.findings, strict=True) if of.is_open])
            judge_again(store.receipt(delivery), project, store)
        make_release(project, store)
        deliveries = list(store.deliveries())
        console = Console(width=160, file=said)
        for one in deliveries:
            console.print(render_terminal(store.result(one.delivery)))
        console.print(delivery_table(deliveries), verdict_matrix(project, deliveries))
    finally:
        sys.stdout, sys.stderr = stdout, stderr
    (store.root / "overview.html").write_text(render_overview(project, store), encoding="utf-8")
    joined = join_results([store.result(one.delivery) for one in deliveries])
    (store.root / "national.json").write_text(render_joined(joined), encoding="utf-8")
    (store.root / "national-ess.json").write_text(render_ess(joined), encoding="utf-8")
    (store.root / "terminal.txt").write_text(said.getvalue(), encoding="utf-8")
    return Outputs(store, project, said.getvalue())


def test_the_markers_are_where_they_were_planted(outputs: Outputs) -> None:
    results = [outputs.store.result(each.delivery) for each in outputs.store.deliveries()]
    assert {"IM-STA-002", "IM-COD-001", "IM-VAL-001"} <= {one.rule for each in results for one in each.findings}
    looked = {one.outcome for each in results for one in each.rules if one.rule == "IM-STA-002"}
    assert looked == {Outcome.FAILED, Outcome.NOT_EVALUABLE, Outcome.PASSED}
    names = [name for name, _ in outputs.everything()]
    for form in (
        "report.html",
        "report.json",
        "findings.csv",
        "report.xlsx",
        "ess.json",
        "verdict.eml",
        "verdict-2.eml",
    ):
        assert any(name.endswith(form) for name in names), form
    assert any(name.startswith("releases/") and name.endswith(".parquet") for name in names)


@pytest.mark.parametrize("figure", [SECRET, SECRET_IN_BOOK, SECRET_BY_WORD, SECRET_UNSEEN, SECRET_AS_HEADING])
def test_no_secret_figure_comes_out(outputs: Outputs, figure: int) -> None:
    for name, content in outputs.everything():
        assert not [one for one in spelled(figure) if one in content], name


@pytest.mark.parametrize("marker", [HIDDEN, HIDDEN.lower(), *spelled(HIDDEN_FIGURE)])
def test_nothing_hidden_in_a_workbook_comes_out(outputs: Outputs, marker: str) -> None:
    assert [name for name, content in outputs.everything() if marker in content] == []


@pytest.mark.parametrize("marker", [LEFT_OUT, *spelled(LEFT_OUT_FIGURE)])
def test_a_column_left_out_is_seen_only_in_the_senders_own_sheet(outputs: Outputs, marker: str) -> None:
    assert {name for name, content in outputs.everything() if marker in content} <= {
        "deliveries/hb/auslaender/0001/report.xlsx"
    }


def test_no_figure_of_another_land_comes_out(outputs: Outputs) -> None:
    places = {name for name, content in outputs.everything() for one in spelled(OTHER_LAND) if one in content}
    for_stewards = {"terminal.txt", "national.json", "national-ess.json"}
    assert {name.split("/")[1] for name in places - for_stewards if not name.startswith("releases/")} <= {"hh"}
    for supplier in ("hb", "sl"):
        for name, content in outputs.everything(supplier):
            assert "hamburg" not in content.casefold(), name


def test_nothing_acts_on_a_page(outputs: Outputs) -> None:
    for path in outputs.store.root.rglob("*.html"):
        page = read_page(path.read_text(encoding="utf-8"))
        assert not page.all("script", "img", "iframe", "object", "embed", "form", "base", "link")
        for one in page.elements:
            assert not [name for name in one.attributes if name.startswith("on")]
            target = one.attributes.get("href", "")
            assert target.startswith("#") or ("://" not in target and ":" not in target), target


def test_nothing_acts_in_a_spreadsheet(outputs: Outputs) -> None:
    for path in outputs.store.root.rglob("findings.csv"):
        rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";")
        assert not [cell for row in rows for cell in row if guard(cell) != cell]
    for path, archive in outputs.sheets():
        assert not [
            name for name in archive.namelist() if re.search("vba|external|embed|activeX|connections", name, re.I)
        ]
        for name in archive.namelist():
            part = archive.read(name).decode("utf-8")
            assert "<f>" not in part and "<f " not in part, (path, name)
            assert 'TargetMode="External"' not in part, (path, name)
        assert {one.sheet_state for one in openpyxl.load_workbook(path).worksheets} == {"visible"}


def test_nothing_acts_on_a_terminal_or_turns_the_order_of_characters(outputs: Outputs) -> None:
    for name, content in outputs.everything():
        if not name.endswith((".parquet", ".json")):
            assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", content), name
        elif name.endswith(".json"):
            assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", content), name
