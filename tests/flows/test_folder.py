"""What is taken as a delivery in an inbox, what is named as a problem, what is passed over."""

from __future__ import annotations

import os
from pathlib import Path

import flow_senders  # noqa: F401  # keeps the user's Prefect profile out of the tests
import pytest

from einklang.errors import UnusableInput
from einklang.project import Project
from flows.folder import Contents, look_into


def _fill(inbox: Path, *names: str) -> None:
    for name in names:
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def _said(contents: Contents) -> dict[str, str]:
    return {problem.source: problem.reason for problem in contents.problems}


def test_each_file_is_a_delivery_in_order_of_the_names(tmp_path: Path, project: Project) -> None:
    _fill(tmp_path, "ni/auslaender/b.csv", "ni/auslaender/a.csv", "by/arbeitslose/c.xlsx")
    contents = look_into(tmp_path, project)
    assert [(one.supplier, one.dataset, one.source) for one in contents.sendings] == [
        ("by", "arbeitslose", "by/arbeitslose/c.xlsx"),
        ("ni", "auslaender", "ni/auslaender/a.csv"),
        ("ni", "auslaender", "ni/auslaender/b.csv"),
    ]
    assert contents.problems == []


def test_a_folder_below_the_data_set_is_one_delivery_of_several_files(tmp_path: Path, project: Project) -> None:
    _fill(tmp_path, "ni/auslaender/2024/b.csv", "ni/auslaender/2024/a.csv", "ni/auslaender/leer/.keep")
    (only,) = look_into(tmp_path, project).sendings
    assert only.source == "ni/auslaender/2024"
    assert [file.name for file in only.files] == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    "name",
    [".DS_Store", ".~lock.a.csv#", "~$mappe.xlsx", "Thumbs.db", "desktop.ini", "a.csv.part", "a.xlsx.crdownload"],
)
def test_what_systems_and_transfers_leave_behind_is_passed_over(tmp_path: Path, project: Project, name: str) -> None:
    _fill(tmp_path, f"ni/auslaender/{name}", name)
    assert look_into(tmp_path, project) == Contents()


@pytest.mark.parametrize(
    ("name", "source", "reason"),
    [
        ("xx/auslaender/a.csv", "xx", "Die liefernde Stelle ist nicht bekannt."),
        ("ni/kitas/a.csv", "ni/kitas", "Den Datensatz gibt es nicht."),
        ("regio/auslaender/a.csv", "regio/auslaender", "kein Lieferprofil"),
        ("a.csv", "a.csv", "Ordner je liefernder Stelle"),
        ("ni/a.csv", "ni/a.csv", "Ordner je Datensatz"),
        ("ni/auslaender/2024/neu/a.csv", "ni/auslaender/2024/neu", "liegt zu tief"),
    ],
)
def test_what_is_no_delivery_is_named_and_stops_nothing(
    tmp_path: Path, project: Project, name: str, source: str, reason: str
) -> None:
    _fill(tmp_path, name, "by/auslaender/gut.csv")
    contents = look_into(tmp_path, project)
    assert [one.source for one in contents.sendings] == ["by/auslaender/gut.csv"]
    assert list(_said(contents)) == [source]
    assert reason in _said(contents)[source]


def test_links_are_never_followed(tmp_path: Path, project: Project) -> None:
    _fill(tmp_path, "draussen/geheim.csv", "draussen/auslaender/geheim.csv", "eingang/ni/auslaender/da.csv")
    inbox, outside = tmp_path / "eingang", tmp_path / "draussen"
    (inbox / "ni" / "auslaender" / "datei.csv").symlink_to(outside / "geheim.csv")
    (inbox / "ni" / "auslaender" / "innen.csv").symlink_to(inbox / "ni" / "auslaender" / "da.csv")
    (inbox / "ni" / "auslaender" / "ordner").symlink_to(outside)
    (inbox / "by").symlink_to(outside)
    contents = look_into(inbox, project)
    assert [one.source for one in contents.sendings] == ["ni/auslaender/da.csv"]
    assert sorted(_said(contents)) == [
        "by",
        "ni/auslaender/datei.csv",
        "ni/auslaender/innen.csv",
        "ni/auslaender/ordner",
    ]
    assert set(_said(contents).values()) == {"Verknüpfungen werden nicht verfolgt."}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes exist on Unix only")
def test_a_named_pipe_is_not_opened(tmp_path: Path, project: Project) -> None:
    _fill(tmp_path, "ni/auslaender/da.csv")
    os.mkfifo(tmp_path / "ni" / "auslaender" / "rohr")
    assert _said(look_into(tmp_path, project)) == {"ni/auslaender/rohr": "Das ist keine gewöhnliche Datei."}


def test_an_unreadable_folder_stops_nothing(tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(tmp_path, "by/auslaender/a.csv", "ni/auslaender/b.csv")
    scan = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).parts[-2:] == ("by", "auslaender"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    contents = look_into(tmp_path, project)
    assert [one.source for one in contents.sendings] == ["ni/auslaender/b.csv"]
    assert _said(contents) == {"by/auslaender": "Der Ordner ist nicht lesbar (Permission denied)."}


def test_an_inbox_that_is_not_there_is_said_in_one_sentence(tmp_path: Path, project: Project) -> None:
    with pytest.raises(UnusableInput, match="There is no inbox folder"):
        look_into(tmp_path / "fehlt", project)


def test_a_file_that_still_grows_waits_and_stops_nothing(
    tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(tmp_path, "ni/auslaender/a.csv", "ni/auslaender/b.csv", "ni/auslaender/c.csv")
    folder = tmp_path / "ni" / "auslaender"
    os.utime(folder / "c.csv", (0, 0))

    def grow(_: float) -> None:
        (folder / "a.csv").write_bytes(b"xx")
        (folder / "c.csv").write_bytes(b"xx")

    monkeypatch.setattr("flows.folder.time.sleep", grow)
    contents = look_into(tmp_path, project, settle=1)
    assert [one.source for one in contents.sendings] == ["ni/auslaender/b.csv", "ni/auslaender/c.csv"]
    assert contents.waiting == ["ni/auslaender/a.csv"]
    assert contents.problems == []


def test_nobody_waits_for_old_files(tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(tmp_path, "ni/auslaender/a.csv")
    os.utime(tmp_path / "ni" / "auslaender" / "a.csv", (0, 0))
    monkeypatch.setattr("flows.folder.time.sleep", lambda _: pytest.fail("it waited"))
    assert len(look_into(tmp_path, project, settle=1).sendings) == 1


def test_a_transfer_that_stopped_is_named_after_half_an_hour(tmp_path: Path, project: Project) -> None:
    _fill(tmp_path, "ni/auslaender/a.csv.part", "ni/auslaender/b.csv.part")
    os.utime(tmp_path / "ni" / "auslaender" / "a.csv.part", (0, 0))
    assert _said(look_into(tmp_path, project)) == {
        "ni/auslaender/a.csv.part": "Die Übertragung ist seit mehr als 30 Minuten unvollständig."
    }
