"""`python -m demo.pictures STORE`: pictures in `docs/pictures/` of the reports in a demo's store and of a draft.

Needs Chromium, LibreOffice Calc and `pdftoppm` (poppler-utils); the project itself needs none of them. Look
at what comes out before it is committed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
DELIVERY = "by/auslaender/0002"
DESKTOP, PHONE = (1100, 1500), (390, 1400)
OVERVIEW = (1440, 1100)
SAMPLE = Path(__file__).parent / "inbox" / "2-aktuell" / "by" / "arbeitslose" / "13211-001r_2025.xlsx"
DRAFT = (1300, 1050)
DOTS = 75
SHEETS = 3


def tool(*names: str) -> str:
    """The first of these programs that is there."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        sys.exit(f"None of these programs is installed: {', '.join(names)}.")
    return found


def run(*command: str) -> None:
    """Runs a program to its end."""
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def browse(folder: Path, *options: str) -> None:
    """Runs Chromium without a window, with a profile of its own."""
    chromium = tool("chromium", "chromium-browser", "google-chrome")
    own = ["--headless=new", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder / 'chromium'}"]
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    run(chromium, *own, *as_root, *options)


def photograph(page: Path, target: Path, size: tuple[int, int], folder: Path) -> None:
    """The upper part of a page, as wide as a window of that size."""
    width, height = size
    frame = folder / "frame.html"
    # A window is never narrower than 500 pixels, a frame may be.
    style = f"border:0;width:{width}px;height:{height}px"
    frame.write_text(f'<body style="margin:0"><iframe src="{page.resolve().as_uri()}" style="{style}">', "utf-8")
    browse(folder, f"--screenshot={target}", f"--window-size={width},{height}", frame.as_uri())


def paged(document: Path, target: Path, first: int, last: int) -> None:
    """Pages of a PDF file as pictures: `target` with the number of the page before its ending."""
    pages = ["-r", str(DOTS), "-f", str(first), "-l", str(last), "-png"]
    single = ["-singlefile"] if first == last else []
    run(tool("pdftoppm"), *pages, *single, str(document), str(target))


def take(store: Path, pictures: Path) -> None:
    """All pictures."""
    delivery = store / "deliveries" / DELIVERY
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = delivery / "report.html"
        photograph(report, pictures / "report.png", DESKTOP, folder)
        photograph(report, pictures / "report-phone.png", PHONE, folder)
        photograph(store / "overview.html", pictures / "overview.png", OVERVIEW, folder)
        drafted = ["draft", str(SAMPLE), "--supplier", "by", "--dataset", "arbeitslose"]
        run(tool("einklang"), *drafted, "--html", str(folder / "draft.html"))
        photograph(folder / "draft.html", pictures / "draft.png", DRAFT, folder)
        browse(folder, f"--print-to-pdf={folder / 'print.pdf'}", "--no-pdf-header-footer", report.resolve().as_uri())
        paged(folder / "print.pdf", pictures / "report-print", 1, 1)
        shutil.copy(delivery / "report.xlsx", folder / "workbook.xlsx")
        office = [tool("soffice", "libreoffice"), "--headless", f"-env:UserInstallation={(folder / 'office').as_uri()}"]
        run(*office, "--convert-to", "pdf", "--outdir", str(folder), str(folder / "workbook.xlsx"))
        paged(folder / "workbook.pdf", folder / "sheet", 1, SHEETS)
        for number, sheet in enumerate(sorted(folder.glob("sheet-*.png")), 1):
            shutil.copy(sheet, pictures / f"workbook-{number}.png")


def main(given: Sequence[str]) -> None:
    """Runs what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m demo.pictures")
    parser.add_argument("store", type=Path, help="store of a demo, e.g. einklang-demo/store")
    parser.add_argument("--into", type=Path, default=PICTURES, help="folder of the pictures")
    asked = parser.parse_args(given)
    asked.into.mkdir(parents=True, exist_ok=True)
    take(asked.store, asked.into.resolve())


if __name__ == "__main__":
    main(sys.argv[1:])
