from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from einklang.report import Language, render_html
from einklang.report.html import FINDINGS_SHOWN, LINES_SHOWN, segments
from einklang.report.texts import leaves, load_texts
from einklang.result import Outcome, Result, Verdict

from .factories import (
    HOSTILE,
    accounting,
    calculation,
    finding,
    hostile,
    identity,
    place,
    result,
    rule,
    several_findings,
    term,
    text,
    with_evidence,
)
from .pages import read_page

RESULTS: dict[str, Callable[[], Result]] = {
    "no_findings": result,
    "several_findings": several_findings,
    "with_evidence": with_evidence,
    "hostile": hostile,
}
LANGUAGES: tuple[Language, ...] = ("de", "en")

every_result = pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS.keys())
every_language = pytest.mark.parametrize("language", LANGUAGES)


class HtmlFile(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "html"


@every_language
@every_result
def test_page_is_as_seen_before(make: Callable[[], Result], language: Language, snapshot: SnapshotAssertion) -> None:
    assert render_html(make(), language) == snapshot(extension_class=HtmlFile)


@every_result
def test_same_result_gives_same_page(make: Callable[[], Result]) -> None:
    assert render_html(make()) == render_html(make())


@every_language
@every_result
def test_page_needs_and_runs_nothing_else(make: Callable[[], Result], language: Language) -> None:
    page = read_page(render_html(make(), language))
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "form", "base", "video", "audio")
    for element in page.elements:
        assert not [name for name in element.attributes if name.startswith("on") or name in {"style", "src", "srcset"}]
        assert element.attributes.get("href", "#").startswith("#")
        assert not any("//" in value for value in element.attributes.values())
    (style,) = page.all("style")
    assert "//" not in style.text
    assert "@import" not in style.text


def test_policy_allows_only_the_inlined_style() -> None:
    page = read_page(render_html(result()))
    policy = next(one.attributes["content"] for one in page.all("meta") if "http-equiv" in one.attributes)
    digest = base64.b64encode(hashlib.sha256(page.all("style")[0].text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@every_language
@every_result
def test_page_is_well_structured(make: Callable[[], Result], language: Language) -> None:
    html = render_html(make(), language)
    page = read_page(html)
    assert html.startswith("<!DOCTYPE html>\n<html")
    assert page.all("html")[0].attributes["lang"] == language
    levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(one.text.strip() for one in page.all("th", "caption", "h1", "h2", "h3"))
    assert all(one.attributes.get("scope") in {"row", "col"} for one in page.all("th"))


@every_result
def test_references_inside_the_page_hold(make: Callable[[], Result]) -> None:
    page = read_page(render_html(make()))
    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    wanted = [one.attributes["href"][1:] for one in page.all("a")]
    wanted += [name for one in page.elements for name in one.attributes.get("aria-labelledby", "").split()]
    wanted += re.findall(r"url\(#([^)]+)\)", " ".join(one.attributes.get("fill", "") for one in page.elements))
    assert set(wanted) <= set(ids)


@pytest.mark.parametrize("verdict", Verdict)
def test_verdict_is_said_in_a_word_before_all_else(verdict: Verdict) -> None:
    page = read_page(render_html(result(verdict=verdict)))
    first = page.all("h2")[0].text
    assert " ".join(first.split()) == f"Ergebnis : {load_texts().verdict.words[verdict].de}"


def test_counts_in_the_summary_equal_the_list() -> None:
    checked = several_findings()
    page = read_page(render_html(checked))
    tally = " ".join(page.by_class("tally")[0].text.split())
    assert tally.startswith("3 Fehler 1 Warnung 1 Hinweis")
    assert len(page.by_class("finding")) == len(checked.findings) == 5
    rows = [
        (one.attributes["data-label"], one.text)
        for one in page.all("td")
        if one.attributes.get("data-label") in {"Befunde", "Stellen"}
    ]
    for label, whole in (("Befunde", len(checked.findings)), ("Stellen", sum(one.count for one in checked.findings))):
        *parts, total = [int(told.replace(".", "")) for named, told in rows if named == label]
        assert sum(parts) == total == whole


def test_rules_are_counted_by_outcome() -> None:
    page = read_page(render_html(several_findings()))
    shown = " ".join(page.shown.split())
    assert "Eingehalten 2 25,0 % Nicht eingehalten 4 50,0 % Nicht prüfbar 2 25,0 % Alle Prüfregeln 8" in shown
    assert [len(re.findall(r"\bIM-", one.text)) for one in page.by_class("reasons")] == [2, 4, 2]


def test_findings_come_worst_first_and_by_rule() -> None:
    checked = several_findings()
    mixed = checked.model_copy(update={"findings": checked.findings[::-1]})
    codes = [" ".join(one.text.split()) for one in read_page(render_html(mixed)).by_class("code")]
    assert [code.split()[1] for code in codes] == ["IM-COD-001", "IM-VAL-001", "IM-TIM-001", "IM-FIL-006"]
    assert codes[0] == "Prüfregel IM-COD-001 2 Befunde 2 Stellen"


def test_what_all_findings_of_a_rule_share_is_said_once() -> None:
    html = render_html(several_findings())
    assert html.count("Jede Ausprägung steht in der vereinbarten Schlüsselliste.") == 1
    assert html.count("Meinten Sie") == 2


@pytest.mark.parametrize(("language", "caption"), [("de", "20 von 1.213 Stellen"), ("en", "20 of 1,213 places")])
def test_long_lists_are_cut_and_say_so(language: Language, caption: str) -> None:
    places = [place(row=2 * step, raw=str(step)) for step in range(1, 1001)]
    page = read_page(render_html(result(findings=[finding(places=places, count=1213)]), language))
    assert page.by_class("places")[0].text.strip().startswith(caption)
    assert len(page.by_class("raw")) == LINES_SHOWN


def test_cells_below_each_other_with_the_same_text_are_one_line() -> None:
    shown = " ".join(read_page(render_html(several_findings())).shown.split())
    assert "Alle 7 Stellen" in shown
    assert "Zellen C19–C24, Blatt „Tab 1“" in shown
    assert "Landkreis 19, 2025 bis Landkreis 24, 2025" in shown


def test_findings_come_before_counts_and_identity() -> None:
    page = read_page(render_html(several_findings()))
    order = [one.attributes["id"] for one in page.all("h2")]
    assert order[:2] == ["verdict", "findings"]
    assert order.index("findings") < order.index("identity") < order.index("counts") < order.index("rules")
    assert "Zelle C17, Blatt „Tab 1“" in " ".join(page.by_class("overview")[0].text.split())


def test_many_findings_of_a_rule_are_cut_and_counted() -> None:
    findings = [finding(places=[place(row=row)]) for row in range(1, 1001)]
    page = read_page(render_html(result(findings=findings)))
    shown = " ".join(page.shown.split())
    assert len(page.by_class("finding")) == FINDINGS_SHOWN
    assert "Die ersten 20 von 1.000 Befunden" in shown
    assert "1.000 Fehler" in shown
    assert "Befundliste (CSV-Datei)" in shown


def test_a_sum_is_shown_as_a_calculation() -> None:
    page = read_page(render_html(with_evidence()))
    first, *_ = page.by_class("sum")
    assert " ".join(first.text.split()) == (
        "So haben wir gerechnet Angabe Zelle Wert männlich D9 277.770 + weiblich E9 259.675 "
        "Ergibt zusammen (2 Teile) – 537.445 Angegeben: insgesamt C9 537.420 "
        "Unterschied: angegeben weniger berechnet hinnehmbar, nach oben und unten: höchstens 6 – −25"
    )


def test_a_long_sum_shows_the_term_that_stands_out_and_folds_the_others() -> None:
    page = read_page(render_html(with_evidence()))
    short, folded = (" ".join(one.text.split()) for one in page.by_class("sum") if "Kreis 8" in one.text)
    assert "Kreis 8 weicht von Ihren früheren Werten ab C8 1.010" in short
    assert "Kreis 7" not in short
    assert "hinnehmbar, nach unten: höchstens 6" in short
    assert all(f"Kreis {number}" in folded for number in range(1, 21))


def test_a_figure_that_is_not_known_is_no_number_in_a_calculation() -> None:
    hidden = calculation(terms=[term(value=None), term(label=text("weiblich"))], relation="at_least")
    shown = " ".join(read_page(render_html(result(findings=[finding(calculation=hidden)]))).shown.split())
    assert "männlich D9 kein Wert" in shown


def test_a_series_is_a_line_with_its_numbers_as_text() -> None:
    page = read_page(render_html(with_evidence()))
    assert len(page.all("polyline")) == 4
    assert "Verlauf über 4 Zeiträume: 09573 Fürth, männlich" in page.shown
    years = " ".join(page.by_class("years")[0].text.split())
    assert years.endswith("2020 2021 2022 2023 2024 8.000 8.100 kein Wert 8.140 11.885")
    shown = " ".join(page.shown.split())
    assert "Veränderung von 2023 auf 2024: +3.745 (+46,0 %)" in shown
    assert shown.count("Ab 2023 sind die Werte mit denen davor nicht vergleichbar.") == 1


def test_what_was_read_is_shown_where_it_is_not_plain() -> None:
    page = read_page(render_html(result(findings=[finding(places=[place(raw="1.234", value=1.234)])])))
    assert " ".join(page.by_class("places")[0].text.split()).endswith(
        "Ihr Text Gelesen als Zelle C17, Blatt „Tab 1“ Hannover, 2025, weiblich 1.234 1,234"
    )
    for raw, value in (("1234", 1234.0), ("8,3", 8.3), ("1.234", 1234.0)):
        plain = render_html(result(findings=[finding(places=[place(raw=raw, value=value)])]))
        assert "Gelesen als" not in plain


def test_the_cell_is_marked_in_the_excerpt_not_by_colour_alone() -> None:
    page = read_page(render_html(with_evidence()))
    (table,) = page.by_class("excerpt")
    assert " ".join(table.text.split()) == (
        "Ausschnitt aus Ihrer Tabelle, Blatt „Tab 1“ Zeile A B 1 Gebiet insgesamt ausgelassene Zeilen ⋮ "
        "17 Fürth beanstandet: 12,,5 18 Hof 310"
    )


def test_repairs_are_listed_before_and_after() -> None:
    page = read_page(render_html(with_evidence()))
    assert " ".join(page.by_class("repairs")[0].text.split()).endswith(
        "Schlüssel ergänzt 3159 03159 12 Schlüssel ergänzt 3241 03241 1"
    )
    assert not read_page(render_html(several_findings())).by_class("repairs")


def test_missing_reason_of_a_rule_is_said() -> None:
    page = read_page(render_html(result(rules=[rule("IM-AGG-001", Outcome.NOT_EVALUABLE)])))
    assert "Es ist kein Grund angegeben." in page.shown
    assert "Keine Regel wurde eingehalten." in page.shown


def test_confirmation_is_offered_only_where_allowed() -> None:
    offer = load_texts().findings.confirm.de
    assert offer in render_html(result(findings=[finding(confirm=True)]))
    assert offer not in render_html(result(findings=[finding(confirm=False)]))


def test_trial_check_without_delivery() -> None:
    trial = identity(delivery="", number=None, received_at=None, replaces=None, files=[], periods=[])
    shown = read_page(render_html(result(identity=trial))).shown
    assert "Vorabprüfung. Es wurde nichts eingereicht." in shown
    assert "nicht erkannt" in shown


def test_accounting_that_does_not_add_up_is_not_hidden() -> None:
    broken = accounting(read=1300)
    assert "Der Unterschied beträgt 26." in render_html(result(rows=broken))
    assert "Der Unterschied" not in render_html(result())


def test_nothing_read() -> None:
    nothing = accounting(read=0, accepted=0, not_data=[])
    assert render_html(result(rows=nothing, cells=nothing)).count("Es wurde nichts gelesen.") == 2


@pytest.mark.parametrize("overrides", [{}, {"accepted": 1_000_000, "quarantined": 1}, {"accepted": 0, "not_data": []}])
def test_bar_is_full_and_each_part_is_seen(overrides: dict[str, Any]) -> None:
    parts = segments(accounting(**{"read": 0, **overrides}))
    assert sum(part.width for part in parts) == pytest.approx(100 if parts else 0, abs=0.1)
    assert all(part.width > 0.5 for part in parts)


@every_language
def test_hostile_texts_are_shown_as_text(language: Language) -> None:
    html = render_html(hostile(), language)
    shown = read_page(html).shown
    for harmless in (HOSTILE[0], HOSTILE[1], HOSTILE[4], HOSTILE[5], "abc[U+202E]gnp.exe", "[U+0000][U+001B][31mrot"):
        assert harmless in shown
    assert not [one for one in html if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co"} and one != "\n"]
    assert "x" * 1300 not in html
    assert ("10.000 Zeichen" if language == "de" else "10,000 characters") in shown


@every_language
@every_result
def test_page_holds_words_of_one_language_only(make: Callable[[], Result], language: Language) -> None:
    shown = read_page(render_html(make(), language)).shown
    own = " | ".join(getattr(one, language) for _, one in leaves(load_texts()))
    for name, one in leaves(load_texts()):
        for foreign in re.split(r"\{\w+\}", one.en if language == "de" else one.de):
            words = foreign.strip(" ,.:=+()“”„")
            if len(words) > 1 and not re.search(rf"\b{re.escape(words)}\b", own):
                assert not re.search(rf"\b{re.escape(words)}\b", shown), name


def _luminance(colour: str) -> float:
    parts = [int(colour[position : position + 2], 16) / 255 for position in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_text_stands_out_from_every_ground() -> None:
    css = read_page(render_html(result())).all("style")[0].text
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", css))
    named["paper"] = "#ffffff"
    grounds = {"paper", "desk", "good-wash", "error-wash", "warning-wash", "information-wash"}
    inks = {"ink", "soft", "link", "good", "error", "warning", "information"}
    assert grounds | inks <= set(named)
    for ground in grounds:
        for ink in inks:
            light, dark = sorted((_luminance(named[ground]), _luminance(named[ink])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)


def test_finding_about_a_whole_has_no_table() -> None:
    page = read_page(render_html(result(findings=[finding(places=[], title=text("Datei fehlt"))])))
    assert not page.by_class("places")
    assert "1 Befund" in page.shown
    assert f"höchstens {LINES_SHOWN} Befunde" not in page.shown
