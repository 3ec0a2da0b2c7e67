from __future__ import annotations

import email
import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from einklang.answers import Answer, answers_of, give
from einklang.cli.answering import answer, answers_in
from einklang.declarations.base import Text
from einklang.declarations.rules import Severity
from einklang.deliver import deliver, judge_again
from einklang.errors import UnknownName, UnusableInput
from einklang.findings import Finding, PlaceFound
from einklang.outbox import announce_all
from einklang.outbox.box import names
from einklang.project import Project
from einklang.release import make_release
from einklang.report.workbook import render_workbook
from einklang.result import Result, Verdict
from einklang.store import Store

INBOX = Path(__file__).parents[1] / "demo" / "inbox"


def demo_file(wave: str, one: str) -> Path:
    return next((INBOX / wave / one).iterdir())


def slipped_twice(folder: Path) -> Path:
    """The demonstration file with a slip, and a second one in 2016."""
    book = openpyxl.load_workbook(demo_file("3-nachzuegler", "sl/auslaender"))
    cell = book.worksheets[0]["D5"]
    cell.value *= 10
    path = folder / "Saarland_Auslaender.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="module")
def store_with_warnings(project: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("warned")
    delivered = deliver([slipped_twice(folder)], "sl", "auslaender", project, Store(folder))
    assert delivered.delivery.verdict is Verdict.CLARIFICATION_NEEDED
    return folder, delivered.delivery.delivery


@pytest.fixture(scope="module")
def store_with_errors(project: Project, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("rejected")
    sent = demo_file("2-aktuell", "by/auslaender")
    return folder, deliver([sent], "by", "auslaender", project, Store(folder)).delivery.delivery


@pytest.fixture
def warned(store_with_warnings: tuple[Path, str], tmp_path: Path) -> tuple[Store, str]:
    """Saarland's series with two slips: two questions, no error."""
    folder, delivery = store_with_warnings
    return Store(shutil.copytree(folder, tmp_path, dirs_exist_ok=True)), delivery


@pytest.fixture
def rejected(store_with_errors: tuple[Path, str], tmp_path: Path) -> tuple[Store, str]:
    folder, delivery = store_with_errors
    return Store(shutil.copytree(folder, tmp_path, dirs_exist_ok=True)), delivery


def answers_to(store: Store, delivery: str, **changes: str) -> list[Answer]:
    facts = {"reason": "Bereinigung des Registers", "by": "Referat 31", **changes}
    return [Answer(finding.id, **facts) for finding in store.result(delivery).findings]


def verdict_again(store: Store, delivery: str, project: Project) -> Verdict:
    return judge_again(store.receipt(delivery), project, store).delivery.verdict


def test_confirmed_warnings_settle_a_delivery(warned: tuple[Store, str], project: Project) -> None:
    store, delivery = warned
    give(store, store.result(delivery), answers_to(store, delivery))
    assert verdict_again(store, delivery, project) is Verdict.ACCEPTED_WITH_NOTES
    report = (store.folder(delivery) / "report.html").read_text(encoding="utf-8")
    assert "Bestätigt von Referat 31" in report
    assert "Bereinigung des Registers" in report


def test_one_open_question_keeps_it_open(warned: tuple[Store, str], project: Project) -> None:
    store, delivery = warned
    give(store, store.result(delivery), answers_to(store, delivery)[:1])
    assert verdict_again(store, delivery, project) is Verdict.CLARIFICATION_NEEDED


def test_a_confirmation_holds_in_the_next_delivery_while_the_value_stays(
    warned: tuple[Store, str], project: Project, tmp_path: Path
) -> None:
    store, delivery = warned
    before = store.result(delivery)
    give(store, before, answers_to(store, delivery))
    again = tmp_path / "noch einmal.xlsx"
    again.write_bytes(slipped_twice(tmp_path).read_bytes() + b"\0")
    second = deliver([again], "sl", "auslaender", project, store).delivery
    result = store.result(second.delivery)
    assert {finding.fingerprint for finding in result.findings} == {finding.fingerprint for finding in before.findings}
    assert second.verdict is Verdict.ACCEPTED_WITH_NOTES


def test_a_confirmation_lapses_when_the_value_changes(warned: tuple[Store, str], project: Project) -> None:
    store, delivery = warned
    result = store.result(delivery)
    give(store, result, answers_to(store, delivery))
    folder = store.root / "answers" / "sl" / "auslaender"
    for path in folder.iterdir():
        kept = json.loads(path.read_bytes())
        path.write_text(json.dumps({**kept, "fingerprint": "0" * 16}), encoding="utf-8")
    assert verdict_again(store, delivery, project) is Verdict.CLARIFICATION_NEEDED
    assert len(store.result(delivery).lapsed) == len(result.findings)
    assert "nicht mehr gelten" in (store.folder(delivery) / "report.html").read_text(encoding="utf-8")


def test_errors_cannot_be_confirmed(rejected: tuple[Store, str]) -> None:
    store, delivery = rejected
    with pytest.raises(UnusableInput, match="is an error and cannot be confirmed"):
        give(store, store.result(delivery), answers_to(store, delivery))
    assert answers_of(store, "by", "auslaender") == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"reason": " "}, "needs a reason"), ({"by": ""}, "needs a reason"), ({"second": "referat 31"}, "another one")],
)
def test_an_answer_needs_reason_name_and_another_second_person(
    rejected: tuple[Store, str], changes: dict[str, str], said: str
) -> None:
    store, delivery = rejected
    with pytest.raises(UnusableInput, match=said):
        give(store, store.result(delivery), answers_to(store, delivery, **changes))


def test_an_unknown_finding_is_refused(warned: tuple[Store, str]) -> None:
    store, delivery = warned
    with pytest.raises(UnknownName):
        give(store, store.result(delivery), [Answer("", "weil", "ich")])


def test_an_override_needs_two_and_shows_in_report_and_release(rejected: tuple[Store, str], project: Project) -> None:
    store, delivery = rejected
    give(store, store.result(delivery), answers_to(store, delivery, second="Leitung"))
    assert verdict_again(store, delivery, project) is Verdict.ACCEPTED_WITH_NOTES
    assert "Trotz des Fehlers angenommen" in (store.folder(delivery) / "report.html").read_text(encoding="utf-8")
    released = make_release(project, store)
    assert released.folder is not None
    manifest = json.loads((released.folder / "manifest.json").read_bytes())
    assert {one["second"] for one in manifest["overrides"]} == {"Leitung"}


def test_the_report_compares_with_the_delivery_it_replaces(project: Project, tmp_path: Path) -> None:
    store = Store(tmp_path)
    for wave in ("2-aktuell", "3-nachzuegler"):
        deliver([demo_file(wave, "rp/auslaender")], "rp", "auslaender", project, store)
    comparison = store.result("rp/auslaender/0002").comparison
    assert comparison is not None
    assert (comparison.delivery, comparison.mended, comparison.new) == ("rp/auslaender/0001", 1, 0)
    assert (comparison.added, comparison.removed, comparison.changed) == (3, 0, 0)


def test_revisions_are_said_as_people_say_them(project: Project, tmp_path: Path) -> None:
    store = Store(tmp_path)
    for wave in ("2-aktuell", "3-nachzuegler"):
        deliver([demo_file(wave, "sh/auslaender")], "sh", "auslaender", project, store)
    page = (store.folder("sh/auslaender/0002") / "report.html").read_text(encoding="utf-8")
    assert "01 Schleswig-Holstein, 31.12.2024" in page
    assert "mittlere Änderung ohne Vorzeichen (MAR)" in page


def test_the_returned_workbook_brings_the_answers_back(warned: tuple[Store, str], project: Project) -> None:
    store, delivery = warned
    path = store.folder(delivery) / "report.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Fehlerliste"]
    heading = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "Antwort")
    for row in range(heading.row + 1, sheet.max_row + 1):
        sheet.cell(row, heading.column, "Bereinigung des Registers")
    book.save(path)
    answered = answer(delivery, [], store, project.folder, (path, "Referat 31"))
    assert (answered.taken, answered.left) == (2, [])
    assert answered.delivered.delivery.verdict is Verdict.ACCEPTED_WITH_NOTES
    assert [one.reason for one in answers_of(store, "sl", "auslaender")] == ["Bereinigung des Registers"] * 2


def test_the_returned_workbook_may_be_mended_and_sent_again(
    rejected: tuple[Store, str], project: Project, tmp_path: Path
) -> None:
    store, delivery = rejected
    book = openpyxl.load_workbook(store.folder(delivery) / "report.xlsx")
    book["Tabelle 1"]["D9"] = 277750
    book.save(tmp_path / "berichtigt.xlsx")
    again = deliver([tmp_path / "berichtigt.xlsx"], "by", "auslaender", project, store).delivery
    assert again.errors == 0
    before = store.delivery(delivery)
    assert (again.accepted + again.quarantined, again.replaces) == (before.accepted + before.quarantined, delivery)
    assert store.result(again.delivery).unread_sheets == store.result(delivery).unread_sheets


def test_a_workbook_without_answers_is_refused(warned: tuple[Store, str]) -> None:
    store, delivery = warned
    with pytest.raises(UnusableInput, match="holds no answer"):
        answers_in(store.folder(delivery) / "report.xlsx", "Referat 31", store.result(delivery))


def returned(folder: Path, checked: Result, answers: dict[int, str]) -> Path:
    """The returned workbook with answers in rows of its list."""
    path = folder / "zurück.xlsx"
    render_workbook(checked, {}, path)
    book = openpyxl.load_workbook(path)
    sheet = book["Fehlerliste"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Antwort")
    for row, text in answers.items():
        sheet.cell(row, column, text)
    book.save(path)
    return path


def question(**changes: object) -> Finding:
    """A finding at three places that may be confirmed."""
    places = [PlaceFound(file="a.xlsx", sheet="Tab", row=row, column="C", raw="1") for row in (5, 6, 7)]
    text = Text(de="x", en="x")
    facts = dict.fromkeys(("title", "message", "expected", "remedy"), text)
    given = {"rule": "IM-TIM-001", "severity": Severity.WARNING, "confirm": True, "fingerprint": "0123456789abcdef"}
    return Finding.model_validate({**facts, **given, "count": 3, "places": places, **changes})


@pytest.mark.parametrize(
    ("answers", "taken"),
    [({2: "Grund", 3: "Grund", 4: "Grund"}, "Grund"), ({2: "A", 3: "B", 4: "A"}, "A; B"), ({2: "Grund"}, None)],
)
def test_a_finding_is_confirmed_when_each_of_its_rows_is_answered(
    warned: tuple[Store, str], tmp_path: Path, answers: dict[int, str], taken: str | None
) -> None:
    checked = warned[0].result(warned[1]).model_copy(update={"findings": [question()]})
    given, left = answers_in(returned(tmp_path, checked, answers), "Referat 31", checked)
    assert [one.reason for one in given] == ([taken] if taken else [])
    if taken is None:
        assert left == ["IM-TIM-001/0123456789abcdef: Die Antwort fehlt in 2 von 3 Zeilen."]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"severity": Severity.ERROR, "confirm": False}, "Ein Fehler lässt sich nicht bestätigen"),
        ({"severity": Severity.INFORMATION, "confirm": False}, "Ein Hinweis braucht keine Antwort"),
        (None, "Diesen Befund gibt es in der Lieferung nicht"),
    ],
)
def test_what_cannot_be_confirmed_is_named_and_stops_no_other_answer(
    warned: tuple[Store, str], tmp_path: Path, changes: dict[str, object] | None, said: str
) -> None:
    other = question(fingerprint="f" * 16, **(changes or {}))
    sent = warned[0].result(warned[1]).model_copy(update={"findings": [question(), other]})
    path = returned(tmp_path, sent, dict.fromkeys(range(2, 8), "Grund"))
    now = sent.model_copy(update={"findings": [question()]}) if changes is None else sent
    given, left = answers_in(path, "Referat 31", now)
    assert [one.finding for one in given] == ["0123456789abcdef"]
    (line,) = left
    assert line.startswith(f"IM-TIM-001/{'f' * 16}: {said}")


def test_answering_nothing_is_refused(warned: tuple[Store, str], project: Project) -> None:
    with pytest.raises(UnusableInput, match="No finding is answered"):
        answer(warned[1], [], warned[0], project.folder)


def test_the_office_is_told_of_the_new_verdict_once(warned: tuple[Store, str], project: Project) -> None:
    store, delivery = warned
    answer(delivery, answers_to(store, delivery), store, project.folder)
    again = store.delivery(delivery)
    assert (again.judgement, again.verdict) == (2, Verdict.ACCEPTED_WITH_NOTES)
    kinds = [name.rpartition("0001-")[2] for name in names(store)]
    assert kinds == ["receipt", "verdict-2", "verdict"]
    messages = {
        kind: email.message_from_bytes((store.root / "outbox" / f"sl/auslaender-0001-{kind}.eml").read_bytes())
        for kind in kinds
    }
    assert len({one["Message-ID"] for one in messages.values()}) == 3
    told = messages["verdict-2"].get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "Dieses Ergebnis ersetzt das frühere" in told
    assert "Dieses Ergebnis ersetzt" not in messages["verdict"].get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert announce_all(project, store, lambda one: one.delivery).laid == []


def test_a_crash_before_the_new_verdict_was_laid_down_loses_nothing(
    warned: tuple[Store, str], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, delivery = warned

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    given = answers_to(store, delivery)
    monkeypatch.setattr("einklang.deliver.announce_verdict", crash)
    with pytest.raises(KeyboardInterrupt):
        answer(delivery, given, store, project.folder)
    assert [path.stem for path in announce_all(project, store, lambda one: one.delivery).laid] == [
        "auslaender-0001-verdict-2"
    ]
