"""What holds for every input: readers agree, numbers survive, nothing is lost, nothing secret gets out."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import ROOT, assert_complete, project_with, sending
from conftest import Checker
from hypothesis import example, given, settings
from hypothesis import strategies as st

from einklang import observations as contract1
from einklang import read_text as reader
from einklang.check import Checked, check
from einklang.declarations.profile import FileFormat, Numbers
from einklang.deliver import deliver
from einklang.parse import read_numbers
from einklang.project import Project
from einklang.rawtable import RawTable
from einklang.store import Store

FOLDER = ROOT / "tests" / "deliveries"
GOOD = (FOLDER / "pass" / "auslaender" / "two_years.csv").read_bytes()

# -- two readers, one table -----------------------------------------------------------------------

CELL = st.text(alphabet="aäöüß0123456789.,-…·/ \u00a0\t\x0b\x0c\x1e", max_size=6)
LINE = st.text(alphabet="aäöüß01.,- ", min_size=0, max_size=20)


@st.composite
def tables(draw: st.DrawFn) -> str:
    width = draw(st.integers(2, 5))
    distinct = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6))
    rows = draw(st.lists(st.sampled_from(distinct), min_size=8, max_size=40))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    title, footer = draw(st.lists(LINE, max_size=4)), draw(st.lists(LINE, max_size=4))
    lines = [*title, *(";".join(row) for row in rows), *footer]
    return end.join(lines) + (end if draw(st.booleans()) else "")


def cells(table: RawTable) -> tuple[list[list[str]], list[int]]:
    fields = [] if table.fields is None else table.fields.tolist()
    columns = [[column.texts[code] for code in column.codes.tolist()] for column in table.columns]
    return columns, fields


def read_with(path: Path, agreed: FileFormat, fast_from: int, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(reader, "FAST_FROM", fast_from)
    read = reader.read_text(path, path.name, agreed)
    return cells(read.table) if isinstance(read, reader.ReadText) else read


@settings(max_examples=100)
@given(text=tables(), encoding=st.sampled_from(["utf-8", "cp1252", "utf-8-sig"]))
@example(text="Titel\n" + "a;b\n" * 20 + "Quelle\n", encoding="utf-8")
@example(text="a;b\n" * 9 + '"c";d\n' + "a;b\n" * 9, encoding="utf-8")
@example(text="a;b\n" * 9 + "\n" + "a;b\n" * 9, encoding="utf-8")
@example(text="a;b\n" * 9 + "a;b;c\n" + "a;b\n" * 9, encoding="utf-8")
@example(text="a;b\n" * 9 + "a\n" * 3 + "a;b\n" * 9, encoding="cp1252")
@example(text="\x0ca;b\n" + "a;b\n" * 9, encoding="utf-8")
@example(text="a;b\r" * 9, encoding="utf-8")
@example(text="a;b\n" * 20 + "x" * 140_000 + ";b\n" + "a;b\n" * 20, encoding="utf-8")
@example(text="a;b\n" * 20 + '"Fuß;note\nüber zwei"\n', encoding="cp1252")
def test_fast_and_exact_reader_give_the_same_table(
    text: str, encoding: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = text.encode(encoding)
    if not content:
        return
    path = tmp_path_factory.getbasetemp() / "tabelle.csv"
    path.write_bytes(content)
    agreed = FileFormat(format="csv", encoding="cp1252" if encoding == "cp1252" else "utf-8")
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert read_with(path, agreed, 0, monkeypatch) == read_with(path, agreed, 1 << 40, monkeypatch)


@given(rows=st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=4), min_size=1, max_size=12))
def test_what_a_csv_writer_wrote_is_read(rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    clean = [[text.replace("\0", "").replace("\ufffd", "") for text in row] for row in rows]
    stream = io.StringIO()
    csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL).writerows(clean)
    path = tmp_path_factory.getbasetemp() / "geschrieben.csv"
    path.write_bytes(b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", errors="ignore"))
    expected = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
    read = reader.read_text(path, path.name, FileFormat(format="csv"))
    if isinstance(read, reader.ReadText):
        columns, fields = cells(read.table)
        assert fields == [len(row) for row in expected]
        assert [
            [columns[index][number] for index in range(len(row))] for number, row in enumerate(expected)
        ] == expected
    else:
        assert read.reason == "letters_destroyed"


# -- numbers --------------------------------------------------------------------------------------

LOCALES = [(",", "."), (",", ""), (",", " "), (".", ","), (".", "'"), (".", "")]


@settings(max_examples=200)
@given(
    value=st.integers(-(10**12), 10**12),
    digits=st.integers(0, 6),
    locale=st.sampled_from(LOCALES),
    grouped=st.booleans(),
)
def test_number_written_and_read_is_the_same(value: int, digits: int, locale: tuple[str, str], grouped: bool) -> None:
    decimal, thousands = locale
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 10**digits)
    text = f"{whole:,}".replace(",", thousands) if grouped and thousands else str(whole)
    written = sign + text + (f"{decimal}{rest:0{digits}d}" if digits else "")
    numbers = Numbers.model_validate({"decimal": decimal, "thousands": thousands})
    [read] = read_numbers(pa.array([written]), numbers).tolist()
    assert read == float(f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}")


# -- nothing is lost ------------------------------------------------------------------------------


def damage(content: bytes, seed: int, text: str, kind: str) -> bytes:
    """The delivery with one thing wrong with it."""
    chance = random.Random(seed)
    if kind == "bytes":
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        return bytes(damaged)
    if kind == "cut":
        return content[: chance.randrange(len(content))]
    rows = [line.split(b";") for line in content.split(b"\n")]
    one, other = chance.randrange(len(rows)), chance.randrange(len(rows))
    match kind:
        case "cell":
            rows[one][chance.randrange(len(rows[one]))] = text.encode("utf-8", errors="replace")
        case "drop":
            del rows[one]
        case "double":
            rows.insert(other, rows[one])
        case "swap":
            rows[one], rows[other] = rows[other], rows[one]
        case "columns":
            first, second = chance.sample(range(6), 2)
            for row in rows:
                if len(row) == 6:
                    row[first], row[second] = row[second], row[first]
    return b"\n".join(b";".join(row) for row in rows)


class Bench:
    """Checks bytes as a delivery of one supplier."""

    def __init__(self, project: Project, path: Path) -> None:
        self.project = project
        self.path = path

    def check(self, content: bytes) -> Checked:
        self.path.write_bytes(content)
        return check(sending("hb", "auslaender", self.path), self.project)


@pytest.fixture(scope="module")
def full(test_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(test_project, tmp_path_factory.mktemp("full") / "beschaedigt.csv")


@pytest.fixture(scope="module")
def quick(full: Bench) -> Bench:
    """Without plausibility rules: they neither keep rows back nor lose them."""
    return Bench(project_with(full.project, *full.project.profiles["hb", "auslaender"]), full.path)


@settings(max_examples=100)
@given(
    seed=st.integers(0, 2**32),
    text=st.text(max_size=12)
    | st.sampled_from([".", "-", "...", "x", "(5)", "5 ·", '"', "=1+1", "1e9", "-0", "31.12.2024"]),
    kind=st.sampled_from(["cell", "cell", "drop", "double", "swap", "columns", "bytes", "cut"]),
)
def test_nothing_is_lost_and_nothing_raises(seed: int, text: str, kind: str, quick: Bench) -> None:
    checked = quick.check(damage(GOOD, seed, text, kind))
    assert_complete(checked)
    assert_disjoint(checked)
    if checked.quarantine.num_rows:
        assert all(row["rules"] for row in checked.quarantine.to_pylist())
    if checked.result.rows.quarantined:
        assert checked.result.findings


def assert_disjoint(checked: Checked) -> None:
    """No cell is both accepted and kept back."""
    places = [
        (row["file"], row["sheet"], row["row"], row["column"])
        for table in (checked.observations, checked.quarantine)
        for row in table.select(["file", "sheet", "row", "column"]).to_pylist()
    ]
    assert len(set(places)) == len(places)


@settings(max_examples=12)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["cell", "drop", "double", "swap"]))
def test_plausibility_never_raises(seed: int, kind: str, full: Bench) -> None:
    assert_complete(full.check(damage(GOOD, seed, "7", kind)))


# -- same in, same out ----------------------------------------------------------------------------


def parquet_bytes(table: pa.Table, path: Path) -> bytes:
    contract1.write_parquet(table, path)
    return path.read_bytes()


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["cell", "double", "swap", "columns"]))
def test_same_bytes_give_the_same_parquet(seed: int, kind: str, quick: Bench) -> None:
    content = damage(GOOD, seed, "?", kind)
    one, other = quick.check(content), quick.check(content)
    for name in ("observations", "quarantine"):
        written = [parquet_bytes(getattr(checked, name), quick.path) for checked in (one, other)]
        assert written[0] == written[1]
    assert one.result == other.result


# -- nothing secret gets out ----------------------------------------------------------------------

SECRET = "987654"
LEAKS: dict[str, str] = {
    "mark_behind": f"31.12.2024;04012;Bremerhaven;28.260;14.780;{SECRET}·",
    "mark_apart": f"31.12.2024;04012;Bremerhaven;28.260;14.780;{SECRET} .",
    "grouped": "31.12.2024;04012;Bremerhaven;28.260;14.780;987.654 ·",
    "unknown_area": f"31.12.2024;04013;Bremerhaven;28.260;14.780;{SECRET}·",
    "unknown_period": f"Ende 2024;04012;Bremerhaven;28.260;14.780;{SECRET}·",
    "name_of_another": f"31.12.2024;04012;Bremen, Stadt;28.260;14.780;{SECRET}·",
    "other_land": f"31.12.2024;05111;Düsseldorf;28.260;14.780;{SECRET}·",
    "twice": "\n".join(2 * [f"31.12.2024;04012;Bremerhaven;28.260;14.780;{SECRET}·"]),
    "badly_written": f"31.12.2024;04012;Bremerhaven;28.260;14.780;1,2,{SECRET} ·",
    "field_too_many": f"31.12.2024;04012;Bremerhaven;28.260;14.780;{SECRET}·;",
}
LINE_OF_BREMERHAVEN = "31.12.2024;04012;Bremerhaven;28.260;14.780;13.480"
PUBLIC = ("observations.parquet", "report.json", "report.html", "findings.csv", "delivery.json")


def public_bytes(text: str, supplier: str, test_project: Project, folder: Path) -> dict[str, bytes]:
    path = folder / "lieferung.csv"
    path.write_text(text, encoding="utf-8")
    store = Store(folder / "store")
    delivered = deliver([path], supplier, "auslaender", test_project, store, "2026-03-14T13:05:00+00:00")
    home = store.folder(delivered.delivery.delivery)
    texts = pq.read_table(home / "observations.parquet").column("value_text").combine_chunks()
    assert not any(SECRET in value.replace(".", "") for value in texts.dictionary.to_pylist())
    return {name: (home / name).read_bytes() for name in PUBLIC}


def assert_hidden(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        for written in (SECRET, "987.654", "987,654"):
            assert written.encode() not in content, (name, written)


@pytest.mark.parametrize("line", LEAKS.values(), ids=LEAKS)
def test_secret_number_stays_inside(line: str, test_project: Project, tmp_path: Path) -> None:
    text = GOOD.decode()
    assert LINE_OF_BREMERHAVEN in text
    assert_hidden(public_bytes(text.replace(LINE_OF_BREMERHAVEN, line), "hb", test_project, tmp_path))


@pytest.mark.parametrize(
    "row",
    [
        f"Hamburg,31.12.2024,w,{SECRET},geheim",
        f"Hamburrg,31.12.2024,w,{SECRET},geheim",
        f"Hamburg,31.12.2024,w,{SECRET}x,geheim",
    ],
)
def test_number_in_a_secret_row_stays_inside(row: str, test_project: Project, tmp_path: Path) -> None:
    text = (FOLDER / "pass" / "auslaender" / "hh_status_column.csv").read_text(encoding="utf-8")
    old = text.splitlines()[-1]
    assert_hidden(public_bytes(text.replace(old, row), "hh", test_project, tmp_path))


def test_quarantine_keeps_the_number_for_the_office(checker: Checker) -> None:
    checked = checker.rows(f"31.12.2024;04;{SECRET}·")
    [row] = checked.quarantine.to_pylist()
    assert (row["value"], row["value_text"], row["rules"]) == (None, f"{SECRET}·", "IM-STA-002")
