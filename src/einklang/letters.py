"""Letters of spreadsheet columns. Imports nothing, so that the process that reads workbooks can use it."""

from __future__ import annotations


def column_letter(index: int) -> str:
    """Spreadsheet letter of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letter: str) -> int:
    """Column counted from 0 of a spreadsheet letter."""
    number = 0
    for character in letter:
        number = number * 26 + ord(character) - 64
    return number - 1
