"""Gives a sheet of the returned workbook the measures of the sender's sheet: widths, heights, panes, page."""

from __future__ import annotations

from typing import Any

from openpyxl.styles.colors import Color
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.properties import PageSetupProperties

from einklang.report.workbook_entries import LAST_COLUMN, LAST_ROW
from einklang.report.workbook_sheet import Layout, Merge, is_true
from einklang.report.workbook_styles import Styles
from einklang.report.workbook_xml import letter

_WIDEST = 255
_MARGINS = ("left", "right", "top", "bottom", "header", "footer")


def lay_out(sheet: Any, layout: Layout, merges: list[Merge], styles: Styles) -> None:
    """Columns, default measures, view, frozen panes, page and merged ranges. Nothing is hidden any more.

    Raises:
        ValueError: a measure is no number.
    """
    _columns(sheet, layout, styles)
    measures = layout.measures
    for name in ("defaultRowHeight", "defaultColWidth"):
        if 0 < float(measures.get(name, 0)) <= 2 * _WIDEST:
            setattr(sheet.sheet_format, name, float(measures[name]))
    sheet.sheet_format.customHeight = is_true(measures.get("customHeight")) or None
    _view(sheet, layout)
    _page(sheet, layout)
    sheet.merged_cells = MultiCellRange(
        [f"{letter(one.left - 1)}{one.top}:{letter(one.right - 1)}{one.bottom}" for one in merges]
    )


def _columns(sheet: Any, layout: Layout, styles: Styles) -> None:
    for column in layout.columns:
        first, last = int(column["min"]), int(column["max"])
        if not 1 <= first <= last <= LAST_COLUMN:
            raise ValueError(f"columns {first} to {last}")
        width = float(column.get("width", 0))
        name = letter(first - 1)
        sheet.column_dimensions[name] = ColumnDimension(
            sheet,
            index=name,
            min=first,
            max=last,
            width=min(width, _WIDEST) if width > 0 else 13,
            style=styles.array(int(column["style"])) if "style" in column else None,
        )


def _view(sheet: Any, layout: Layout) -> None:
    view, pane = layout.view, layout.pane
    if view.get("showGridLines") in ("0", "false"):
        sheet.sheet_view.showGridLines = False
    if 10 <= int(view.get("zoomScale", 100)) <= 400:
        sheet.sheet_view.zoomScale = int(view.get("zoomScale", 100))
    if pane.get("state") in ("frozen", "frozenSplit"):
        column, row = int(float(pane.get("xSplit", 0))), int(float(pane.get("ySplit", 0)))
        if 0 <= column < LAST_COLUMN and 0 <= row < LAST_ROW:
            sheet.freeze_panes = f"{letter(column)}{row + 1}"


def _page(sheet: Any, layout: Layout) -> None:
    if not layout.page:
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if layout.page.get("orientation") in ("portrait", "landscape"):
        sheet.page_setup.orientation = layout.page["orientation"]
    if layout.page.get("paperSize", "").isdecimal():
        sheet.page_setup.paperSize = int(layout.page["paperSize"])
    for side in _MARGINS:
        if 0 <= float(layout.margins.get(side, -1)) < 10:
            setattr(sheet.page_margins, side, float(layout.margins[side]))
    if (rgb := layout.tab.get("rgb")) is not None:
        sheet.sheet_properties.tabColor = Color(rgb=rgb)
