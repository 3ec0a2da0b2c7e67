from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from einklang.declarations.base import build, read_yaml
from einklang.declarations.dataset import Dataset
from einklang.errors import DeclarationError, StoreError
from einklang.project import Project
from einklang.report import Language
from einklang.report.overview import render_overview
from einklang.report.overview_state import PERIODS_SHOWN, Standing, State
from einklang.report.overview_texts import TEXTS, OverviewTexts, load_overview_texts
from einklang.report.texts import leaves
from einklang.result import DeliveredFile, Verdict
from einklang.store import Delivery, Receipt, Store

from .pages import Element, Page, read_page

TODAY = date(2026, 4, 10)
SOURCES = "\n".join(
    path.read_text(encoding="utf-8") for path in TEXTS.parent.iterdir() if path.name.startswith("overview")
)


def delivered(
    store: Store,
    supplier: str,
    number: int,
    verdict: Verdict = Verdict.ACCEPTED,
    periods: tuple[str, ...] = ("2025",),
    *,
    dataset: str = "einbuergerungen",
    day: str = "2026-03-30",
    **overrides: Any,
) -> Delivery:
    one = Delivery(
        **{
            "delivery": f"{supplier}/{dataset}/{number:04d}",
            "supplier": supplier,
            "dataset": dataset,
            "number": number,
            "received_at": f"{day}T10:00:00+00:00",
            "sha256": ["0" * 64],
            "periods": list(periods),
            "replaces": None,
            "verdict": verdict,
            "errors": 2 if verdict is Verdict.REJECTED else 0,
            "warnings": 3 if verdict is Verdict.CLARIFICATION_NEEDED else 0,
            "accepted": 987654,
            "quarantined": 123456,
            "declarations": "f" * 64,
            **overrides,
        }
    )
    folder = store.folder(one.delivery)
    folder.mkdir(parents=True)
    (folder / "delivery.json").write_text(one.model_dump_json())
    return one


def received(store: Store, supplier: str, number: int) -> Receipt:
    delivery = f"{supplier}/einbuergerungen/{number:04d}"
    files = [DeliveredFile(name="<b>.csv", stored_as="1.csv", sha256="0" * 64, size=1)]
    one = Receipt(
        delivery=delivery,
        supplier=supplier,
        dataset="einbuergerungen",
        number=number,
        received_at="2026-03-30T23:30:00+00:00",
        files=files,
    )
    store.folder(delivery).mkdir(parents=True)
    (store.folder(delivery) / "receipt.json").write_text(one.model_dump_json())
    return one


def released(store: Store, coverage: dict[str, dict[str, list[str]]], version: str = "1.1.0") -> None:
    manifest = {"version": version, "replaces": "1.0.0", "coverage": coverage, "of_another_version": 1}
    folder = store.root / "releases" / version
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    pointer = {"version": version, "manifest_sha256": "0" * 64}
    (store.root / "releases" / "latest.json").write_text(json.dumps(pointer))


def until(day: date) -> Any:
    def deadlines(dataset: Dataset) -> Mapping[str, date]:
        return {"2025": day} if dataset.name == "einbuergerungen" else {}

    return deadlines


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def page(project: Project, store: Store, language: Language = "de", deadline: date | None = None) -> Page:
    return read_page(render_overview(project, store, language, TODAY, until(deadline) if deadline else None))


def cell(read: Page, name: str, period: str = "2025") -> Element:
    """The cell of a Land in the first table of cells."""
    shown = read.elements
    start = next(n for n, one in enumerate(shown) if "matrix" in one.attributes.get("class", "").split())
    heads = [one for one in shown[start:] if one.tag == "th" and "thead" in one.parents]
    periods = [one.text.split()[0] for one in heads if one.text.split()[0][:2] in {"20", "31"}]
    place = next(
        n
        for n, one in enumerate(shown)
        if n > start and one.tag == "th" and one.text == name and "tbody" in one.parents
    )
    return [one for one in shown[place:] if one.tag == "td"][periods.index(period)]


def words(element: Element) -> str:
    return " ".join(element.text.split())


def row_of(read: Page, caption: str, name: str) -> str:
    """The text of a table's row."""
    rows = [one for one in read.all("tr") if words(one).startswith(name)]
    assert rows, f"no row {name} below {caption}"
    return " | ".join(words(one) for one in rows)


def test_empty_store_says_so(project: Project, store: Store) -> None:
    read = page(project, store)
    shown = " ".join(read.shown.split())
    assert "Es liegt noch keine Lieferung vor." in shown
    assert "Es ist noch nichts veröffentlicht." in shown
    assert "Keine Lieferung wartet auf eine Antwort." in shown


@pytest.mark.parametrize(
    ("verdict", "word", "tone"),
    [
        (Verdict.ACCEPTED, "Angenommen", "good"),
        (Verdict.ACCEPTED_WITH_NOTES, "Mit Hinweisen", "information"),
        (Verdict.CLARIFICATION_NEEDED, "Klärung nötig", "warning"),
        (Verdict.REJECTED, "Zurückgewiesen", "error"),
    ],
)
def test_cell_shows_verdict_and_leads_to_its_report(
    project: Project, store: Store, verdict: Verdict, word: str, tone: str
) -> None:
    delivered(store, "ni", 2, verdict)
    read = page(project, store)
    found = cell(read, "Niedersachsen")
    assert words(found).startswith(f"{word} . Niedersachsen, Einbürgerungen, 2025: Prüfbericht zu Lieferung 2")
    assert "Lieferung 2, 30.03.2026" in words(found)
    assert tone in found.attributes["class"]
    hrefs = [one.attributes["href"] for one in read.all("a")]
    assert "deliveries/ni/einbuergerungen/0002/report.html" in hrefs


def test_every_link_leads_to_a_file_of_the_store(project: Project, store: Store) -> None:
    for number, verdict in enumerate(Verdict, 1):
        one = delivered(store, "ni", number, verdict, (f"202{number}",))
        (store.folder(one.delivery) / "report.html").write_text("")
    released(store, {"einbuergerungen": {"2021": ["03"]}})
    (store.root / "releases" / "1.1.0" / "CHANGELOG.md").write_text("")
    hrefs = [one.attributes["href"] for one in page(project, store).all("a")]
    assert len(hrefs) > 5
    for href in hrefs:
        assert href == "#content" or (store.root / unquote(href)).is_file(), href


def test_latest_delivery_gives_the_verdict_and_the_accepted_one_holds(project: Project, store: Store) -> None:
    delivered(store, "ni", 1)
    delivered(store, "ni", 2, Verdict.REJECTED)
    shown = words(cell(page(project, store), "Niedersachsen"))
    assert shown.startswith("Zurückgewiesen")
    assert "2 Lieferungen bisher" in shown
    assert "2 Fehler" in shown
    assert "Es gilt Lieferung 1" in shown


def test_numbers_above_nine_are_in_order(project: Project, store: Store) -> None:
    for number in (9, 10, 11):
        delivered(store, "ni", number, Verdict.ACCEPTED if number == 11 else Verdict.REJECTED)
    assert words(cell(page(project, store), "Niedersachsen")).startswith("Angenommen")


@pytest.mark.parametrize(
    ("day", "verdict", "deadline", "expected"),
    [
        ("2026-03-30", Verdict.ACCEPTED, date(2026, 3, 31), "Pünktlich"),
        ("2026-03-31", Verdict.ACCEPTED, date(2026, 3, 31), "Pünktlich"),
        ("2026-04-01", Verdict.ACCEPTED, date(2026, 3, 31), "1 Tag nach der Frist"),
        ("2026-04-03", Verdict.CLARIFICATION_NEEDED, date(2026, 3, 31), "3 Tage nach der Frist"),
        ("2026-03-30", Verdict.REJECTED, date(2026, 3, 31), "Seit 10 Tagen überfällig"),
    ],
)
def test_punctuality_is_that_of_the_first_usable_delivery(
    project: Project, store: Store, day: str, verdict: Verdict, deadline: date, expected: str
) -> None:
    delivered(store, "ni", 1, verdict, day=day)
    assert expected in words(cell(page(project, store, deadline=deadline), "Niedersachsen"))


def test_later_delivery_does_not_make_a_punctual_office_late(project: Project, store: Store) -> None:
    delivered(store, "ni", 1, day="2026-03-01")
    delivered(store, "ni", 2, day="2026-04-09")
    shown = words(cell(page(project, store, deadline=date(2026, 3, 31)), "Niedersachsen"))
    assert "Pünktlich" in shown
    assert "nach der Frist" not in shown


def test_day_is_that_of_the_offices(project: Project, store: Store) -> None:
    received(store, "ni", 1)
    assert "31.03.2026" in page(project, store).shown


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        (None, "Nichts geliefert"),
        (date(2026, 5, 1), "Erwartet"),
        (TODAY, "Erwartet"),
        (date(2026, 4, 9), "Überfällig 1 Tag nach der Frist"),
    ],
)
def test_nothing_delivered(project: Project, store: Store, deadline: date | None, expected: str) -> None:
    delivered(store, "ni", 1)
    assert words(cell(page(project, store, deadline=deadline), "Bremen")) == expected


def test_supplier_without_profile_is_not_missed(project: Project, store: Store) -> None:
    delivered(store, "ni", 1)
    assert words(cell(page(project, store), "Statistisches Bundesamt")) == "Nicht vereinbart"


def test_unrecognised_period_stands_in_the_newest_column(project: Project, store: Store) -> None:
    delivered(store, "ni", 1)
    delivered(store, "hb", 1, Verdict.REJECTED, ())
    read = page(project, store)
    assert "Zeitraum nicht erkannt" in words(cell(read, "Bremen"))
    assert "nicht erkannt" in row_of(read, "open", "Bremen, Einbürgerungen, Lieferung 1")


def test_every_land_is_counted_once_in_every_column(project: Project, store: Store) -> None:
    verdicts = [*Verdict, *Verdict]
    for supplier, verdict in zip(("ni", "hb", "by", "be", "sn", "st", "th", "nw"), verdicts, strict=True):
        delivered(store, supplier, 1, verdict, ("2024", "2025"))
    delivered(store, "sl", 1, Verdict.REJECTED, ())
    state = State(project, store, until(date(2026, 4, 1)), TODAY)
    assert len(state.lands) == 16
    for column in state.columns:
        assert sum(state.count(column, [standing]) for standing in Standing) == 16
        lacking = state.lacking(column, delivered=True) + state.lacking(column, delivered=False)
        accepted = state.named(column, [Standing.ACCEPTED, Standing.ACCEPTED_WITH_NOTES])
        assert sorted(name.de for name in lacking + accepted) == sorted(row.name.de for row in state.lands)
    for line in page(project, store, deadline=date(2026, 4, 1)).all("tr"):
        numbers = [int(text) for text in re.findall(r"(?<= )\d+(?= |$)", words(line))]
        if words(line).startswith("Einbürgerungen 20") and len(numbers) == 6:
            assert sum(numbers[1:5]) == numbers[5]


def test_open_are_those_without_successor_rejected_first(project: Project, store: Store) -> None:
    delivered(store, "hb", 1, Verdict.CLARIFICATION_NEEDED)
    delivered(store, "ni", 1, Verdict.REJECTED)
    delivered(store, "ni", 2, Verdict.CLARIFICATION_NEEDED)
    delivered(store, "by", 1, Verdict.REJECTED)
    delivered(store, "by", 2)
    delivered(store, "th", 1, Verdict.REJECTED)
    delivered(store, "sn", 1, Verdict.REJECTED, ())
    delivered(store, "sn", 2)
    state = State(project, store, None, TODAY)
    assert [one.delivery for one in state.open] == [
        "th/einbuergerungen/0001",
        "ni/einbuergerungen/0002",
        "hb/einbuergerungen/0001",
    ]


def test_missing_names_who_lacks_and_who_tried(project: Project, store: Store) -> None:
    for row in State(project, store, None, TODAY).lands:
        if row.supplier not in {"hb", "sl"}:
            delivered(store, row.supplier, 1)
    delivered(store, "sl", 1, Verdict.REJECTED)
    delivered(store, "th", 2, Verdict.REJECTED)
    shown = " ".join(page(project, store).shown.split())
    assert "Noch nichts geliefert Geliefert, nicht angenommen Einbürgerungen 2025 Bremen Saarland" in shown


def test_nothing_missing_is_said(project: Project, store: Store) -> None:
    for row in State(project, store, None, TODAY).lands:
        delivered(store, row.supplier, 1)
    assert "Es fehlt nichts" in page(project, store).shown


def test_release_tells_its_coverage(project: Project, store: Store) -> None:
    laender = [f"{number:02d}" for number in range(1, 17)]
    coverage = {"2022": ["10"], "2023": laender, "2024": [*laender[:3], *laender[4:]], "2021": []}
    released(store, {"einbuergerungen": coverage, "aufgegeben": {"2020": ["01"]}})
    read = page(project, store)
    assert "Veröffentlichungsstand 1.1.0" in read.shown
    rows = row_of(read, "release", "Einbürgerungen")
    for part in (
        "Einbürgerungen 2024 15 von 16 Es fehlen Bremen",
        "Einbürgerungen 2023 16 von 16 Vollständig",
        "Einbürgerungen 2022 1 von 16 Nur Saarland",
        "Einbürgerungen 2021 0 von 16 Kein Land",
    ):
        assert part in rows
    assert "aufgegeben" in read.shown


def test_damaged_release_is_said(project: Project, store: Store) -> None:
    released(store, {})
    (store.root / "releases" / "1.1.0" / "manifest.json").write_text("{}")
    with pytest.raises(StoreError, match=r"manifest\.json"):
        render_overview(project, store, today=TODAY)


def test_older_periods_are_folded(project: Project, store: Store) -> None:
    years = tuple(str(year) for year in range(2015, 2026))
    delivered(store, "ni", 1, Verdict.ACCEPTED, years)
    read = page(project, store)
    assert "Einbürgerungen: 8 frühere Zeiträume" in read.shown
    first, second = read.by_class("matrix")
    assert [year for year in years if year in first.text.split()] == list(years[-PERIODS_SHOWN:])
    assert all(year in second.text.split() for year in years[:-PERIODS_SHOWN])
    assert second.parents.count("details") == 1


def _full(store: Store) -> None:
    for number, verdict in enumerate(Verdict, 1):
        delivered(store, "ni", number, verdict, tuple(str(year) for year in range(2018 + number, 2026)))
    delivered(store, "destatis", 1, dataset="auslaender", periods=("2024-12-31",))
    received(store, "hb", 1)
    released(store, {"einbuergerungen": {"2025": ["03"]}})


@pytest.mark.parametrize("language", ["de", "en"])
def test_page_is_accessible(project: Project, store: Store, language: Language) -> None:
    _full(store)
    read = page(project, store, language, date(2026, 4, 1))
    assert read.all("html")[0].attributes["lang"] == language
    assert len(read.all("h1")) == 1
    levels = [int(one.tag[1]) for one in read.all("h1", "h2", "h3", "h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert read.all("a")[0].attributes == {"class": "skip", "href": "#content"}
    assert len(read.all("caption")) == len(read.all("table")) > 4
    for head in read.all("th"):
        assert head.attributes["scope"] in {"col", "row", "colgroup", "rowgroup"}
        assert head.text.strip()
    names = {one.attributes["id"]: one for one in read.elements if "id" in one.attributes}
    assert len(names) == sum("id" in one.attributes for one in read.elements)
    for region in read.by_class("scroll"):
        assert region.attributes["tabindex"] == "0"
        assert names[region.attributes["aria-labelledby"]].text.strip()
    for table in read.all("table"):
        assert table.parents[-1] == "div"
    links = [words(one) for one in read.all("a")]
    by_target = {one.attributes["href"]: words(one) for one in read.by_class("badge") if one.tag == "a"}
    assert all(str(int(re.findall(r"/(\d{4})/", target)[0])) in text for target, text in by_target.items())
    assert all(links)


@pytest.mark.parametrize("language", ["de", "en"])
def test_page_needs_and_runs_nothing_else(project: Project, store: Store, language: Language) -> None:
    _full(store)
    read = page(project, store, language)
    assert not read.all("script", "link", "img", "iframe", "object", "embed", "form", "base")
    for one in read.elements:
        assert not [name for name in one.attributes if name.startswith("on") or name in {"style", "src", "srcset"}]
        assert "//" not in one.attributes.get("href", "")
    policy = next(one.attributes["content"] for one in read.all("meta") if "http-equiv" in one.attributes)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "//" not in read.all("style")[0].text


def test_page_holds_no_counts_of_observations(project: Project, store: Store) -> None:
    _full(store)
    shown = render_overview(project, store, today=TODAY)
    assert not re.search(r"987[.,]?654|123[.,]?456|987654", shown)


def test_hostile_names_are_text(project: Project, store: Store) -> None:
    nasty = "<script>alert(1)</script>\u202e"
    delivered(store, "ni", 1, Verdict.REJECTED, (nasty, "2025"))
    html = render_overview(project, store, today=TODAY)
    assert "<script>" not in html
    assert "\u202e" not in html


def test_same_day_same_page(project: Project, store: Store) -> None:
    _full(store)
    assert render_overview(project, store, today=TODAY) == render_overview(project, store, today=TODAY)
    assert "Stand: 10.04.2026" in page(project, store).shown
    assert render_overview(project, store).startswith("<!DOCTYPE html>")


def test_delivery_of_a_supplier_no_longer_declared_is_shown(project: Project, store: Store) -> None:
    delivered(store, "xx", 1)
    delivered(store, "ni", 1, dataset="aufgegeben")
    assert "Angenommen" in words(cell(page(project, store), "xx"))


def _content() -> dict[str, Any]:
    return copy.deepcopy(read_yaml(TEXTS))


def test_different_placeholders_are_refused() -> None:
    content = _content()
    content["page"]["as_of"]["en"] = "Today"
    with pytest.raises(DeclarationError, match=r"page\.as_of"):
        build(OverviewTexts, content, Path("overview.yaml"))


@pytest.mark.parametrize(("name", "german"), [(name, one.de) for name, one in leaves(load_overview_texts())])
def test_german_is_plain_and_every_key_is_used(name: str, german: str) -> None:
    english = r"\b(Null|null|Error|Warning|Report|Check|Upload|Download|Status|File|Feedback|Server|Link|Release)\b"
    assert not re.search(english, german), name
    assert '"' not in german
    key = [part for part in name.split(".") if part not in {"one", "many"}][-1]
    assert re.search(rf"\.{key}\b", SOURCES), name
