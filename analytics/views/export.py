"""Figures as CSV: to the digit what the page shows, with nothing that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A cell that begins so is a formula to spreadsheets; full-width forms count too.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
Cell = str | int | float | None


def safe(cell: Cell) -> str | int | float:
    """Return a cell as it may be opened anywhere: numbers stay numbers, words never become formulas."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.replace("\0", "")
        return f"'{text}" if text.startswith(DANGEROUS) else text
    return cell


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return a CSV file for download."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    # Spreadsheets take a file without this mark for an older encoding.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return response
