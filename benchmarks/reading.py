"""`python -m benchmarks.reading`: how long reading a file takes, against the bare library, and its memory.

Text against PyArrow reading every column as text; workbooks against calamine giving its rows. Each measurement is a
process of its own; timed is the reading alone, without the start of Python and imports, on either side. Ours has the
processes that read (`einklang.boxed`) in it, from their beginning to their end; what is done once for all files, the
start of Python in the template they are copies of, is timed as "first file", which has it in it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import shlex
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.page import measured_with
from benchmarks.timing import Pairs, time_pairs

SIZES = (100_000, 1_000_000, 10_000_000)
MOST = {"csv": 1.5, "xlsx": 1.6}
_COLUMNS = 10
_LABELS = 4
_TIMES = 10
_SMALL = 100_000
_OFTEN = 5
_BEGIN, _END = "<!-- reading: begin -->\n", "<!-- reading: end -->"


def _figure(row: int, column: int) -> int:
    """A count rounded to five, small more often than large, as official figures are: some 3,000 different ones."""
    return 5 * ((row * 7919 + column * 104729) % 10_007 // (1 + (row * 31 + column) % 40))


def write_csv(path: Path, cells: int, encoding: str = "cp1252") -> None:
    """Four columns of labels and six of figures."""
    with path.open("w", encoding=encoding, newline="") as stream:
        stream.write("Stichtag;Schlüssel;Gebiet;Geschlecht;a;b;c;d;e;f\n")
        for row in range(cells // _COLUMNS):
            figures = ";".join(f"{_figure(row, column)}" for column in range(6))
            stream.write(f"31.12.{2000 + row % 25};{row % 16:02d};Köln {row % 400};{'mw'[row % 2]};{figures}\n")


def write_xlsx(path: Path, cells: int) -> None:
    """The same as a workbook: shared texts for labels, numbers for figures."""
    texts = [f"31.12.{2000 + year}" for year in range(25)] + [f"{land:02d}" for land in range(16)]
    texts += [f"Köln {number}" for number in range(400)] + ["m", "w", "Stichtag"]
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kinds}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{relations}"><sheets>'
        '<sheet name="Tabelle" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
        f'Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"<sst {space}>{shared}</sst>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(f"<worksheet {space}><sheetData>".encode())
            for row in range(1, cells // _COLUMNS + 1):
                marks = (row % 25, 25 + row % 16, 41 + row % 400, 441 + row % 2)
                labels = "".join(f'<c r="{"ABCD"[at]}{row}" t="s"><v>{mark}</v></c>' for at, mark in enumerate(marks))
                figures = "".join(
                    f'<c r="{letter}{row}"><v>{_figure(row, at)}</v></c>' for at, letter in enumerate("EFGHIJ")
                )
                stream.write(f'<row r="{row}">{labels}{figures}</row>'.encode())
            stream.write(b"</sheetData></worksheet>")


def _read_csv(path: Path, encoding: str = "cp1252") -> int:
    from einklang.declarations.profile import FileFormat
    from einklang.read_text import ReadText, read_text

    read = read_text(path, path.name, FileFormat.model_validate({"format": "csv", "encoding": encoding}))
    assert isinstance(read, ReadText)
    return read.table.rows * len(read.table.columns)


def _read_xlsx(path: Path) -> int:
    from einklang.container import Kind
    from einklang.read_boxed import SheetsRead, read_boxed

    read = read_boxed(path, Kind.WORKBOOK, path.name, ".*", ",")
    assert isinstance(read, SheetsRead), read
    return read.tables[0].rows * len(read.tables[0].columns)


def _bare_csv(path: Path, encoding: str = "cp1252") -> int:
    import pyarrow as pa
    import pyarrow.csv as pacsv

    names = [str(number) for number in range(_COLUMNS)]
    table = pacsv.read_csv(
        path,
        read_options=pacsv.ReadOptions(encoding=encoding, column_names=names),
        parse_options=pacsv.ParseOptions(delimiter=";"),
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )
    return int(table.num_rows * table.num_columns)


def _bare_xlsx(path: Path) -> int:
    import python_calamine as calamine

    rows = calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return len(rows) * len(rows[0])


_JOBS: dict[str, Callable[[Path], int]] = {
    "ours-csv": _read_csv,
    "bare-csv": _bare_csv,
    "ours-utf8": partial(_read_csv, encoding="utf-8"),
    "bare-utf8": partial(_bare_csv, encoding="utf-8"),
    "ours-xlsx": _read_xlsx,
    "bare-xlsx": _bare_xlsx,
}
_WRITERS: dict[str, Callable[[Path, int], None]] = {
    "csv": write_csv,
    "utf8": partial(write_csv, encoding="utf-8"),
    "xlsx": write_xlsx,
}
_NAMES = {"csv": "CSV / PyArrow", "utf8": "CSV in UTF-8 / PyArrow", "xlsx": "XLSX / calamine"}


def _run_job(name: str, path: Path, times: int) -> None:
    """Prints seconds on the clock, seconds of processor time, MiB of this process and of those it started, cells.

    `times` is how often the file is read after one of 10⁵ cells; 0: it is the first file, and alone.
    """
    import pandas
    import pyarrow.compute
    import pyarrow.csv
    import python_calamine

    import einklang.read_boxed
    import einklang.read_text

    assert all((pandas, pyarrow.compute, pyarrow.csv, python_calamine, einklang.read_boxed, einklang.read_text))
    own, children = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    if times:
        first = path.with_name(f"{_SMALL}{path.suffix}")
        _timed(name, [first])
        before, processor_before, _ = _timed(name, [first])
        after, processor_after, cells = _timed(name, [first, *[path] * times])
        seconds, processor = (after - before) / times, (processor_after - processor_before) / times
    else:
        seconds, processor, cells = _timed(name, [path])
    peaks = [resource.getrusage(one).ru_maxrss >> 10 for one in (own, children)]
    sys.stdout.write(f"{seconds:.4f} {processor:.4f} {peaks[0]} {peaks[1]} {cells}\n")


def _timed(name: str, paths: Sequence[Path]) -> tuple[float, float, int]:
    """Seconds on the clock and of processor time, until every process that was begun has ended; cells of the last."""
    from einklang.box import BOX

    clock, used = time.perf_counter(), _processor()
    for path in paths:
        cells = _JOBS[name](path)
    BOX.stop()
    return time.perf_counter() - clock, _processor() - used, cells


def _processor() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _line(kind: str, cells: int, size: int, is_first: bool, pairs: Pairs) -> str:
    ours, bare = (sorted(one.seconds for one in side)[len(side) // 2] for side in (pairs.ours, pairs.floor))
    peaks = [one.output.split() for one in pairs.ours]
    own, box = max(int(peak[0]) for peak in peaks), max(int(peak[1]) for peak in peaks)
    floor = max(int(one.output.split()[0]) for one in pairs.floor)
    goal = "–"
    if kind in MOST and not is_first:
        goal = f"≤ {MOST[kind]:g} ×: {'met' if pairs.processor_ratio <= MOST[kind] else '**not met**'}"
    columns = [
        f"{_NAMES[kind]}, {cells:,} cells, {size / 2**20:,.1f} MiB{', first file' if is_first else ''}",
        f"{ours:.3f} s",
        f"{bare:.3f} s",
        f"{pairs.ratio:.2f}",
        f"**{pairs.processor_ratio:.2f}**",
        f"{cells / ours:,.0f}",
        f"{own:,} + {box:,} / {floor:,} MiB",
        goal,
    ]
    return f"| {' | '.join(columns)} |"


def main(given: Sequence[str]) -> None:
    """Generates the files and times them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("--cells", type=int, nargs="*", default=SIZES, help="sizes (default: 10⁵, 10⁶ and 10⁷ cells)")
    parser.add_argument(
        "--runs",
        type=int,
        default=3,
        help=f"pairs of each measurement, of small files {_OFTEN} times as many (default: 3)",
    )
    parser.add_argument("--write", type=Path, help="page whose results are replaced, e.g. docs/performance.md")
    parser.add_argument("--job", choices=_JOBS, help="what a process of the benchmark does; then the file")
    parser.add_argument("--times", type=int, default=0, help="how often that process reads it, after another one")
    parser.add_argument("file", type=Path, nargs="?", help="the file of --job")
    asked = parser.parse_args(given)
    if asked.job:
        _run_job(asked.job, asked.file, asked.times)
        return
    lines = [
        *measured_with(f"uv run python -m benchmarks.reading {shlex.join(given)}".strip(), os.getloadavg()[0]),
        "| | ours | bare | ratio on the clock | of processor time | cells per second "
        "| peak memory, ours (own + reader) / bare | goal (processor time) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as name:
        for kind, cells in itertools.product(_NAMES, asked.cells):
            path = Path(name) / f"{cells}.{kind}"
            for one, number in {path.with_name(f"{_SMALL}.{kind}"): _SMALL, path: cells}.items():
                _WRITERS[kind](one, number)
            is_small = cells <= _SMALL
            for times in (_TIMES, 0) if is_small else (1,):
                pairs = _pairs(kind, path, times, asked.runs * (_OFTEN if is_small else 1))
                lines.append(_line(kind, cells, path.stat().st_size, times == 0, pairs))
                sys.stderr.write(f"{lines[-1]}\n")
            path.unlink()
    page = "\n".join([*lines, ""])
    sys.stdout.write(page)
    if asked.write is not None:
        before, _, rest = asked.write.read_text(encoding="utf-8").partition(_BEGIN)
        asked.write.write_text(f"{before}{_BEGIN}{page}{_END}{rest.partition(_END)[2]}", encoding="utf-8")


def _pairs(kind: str, path: Path, times: int, runs: int) -> Pairs:
    job = [sys.executable, "-m", "benchmarks.reading", "--times", str(times), "--job"]
    ours, bare = [*job, f"ours-{kind}", str(path)], [*job, f"bare-{kind}", str(path)]
    return time_pairs(lambda: ours, lambda: bare, runs, dict(os.environ)).said()


if __name__ == "__main__":
    main(sys.argv[1:])
