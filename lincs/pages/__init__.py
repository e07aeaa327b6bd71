"""Pages that need nothing beside them: HTML from templates that escape, with style, data and scripts inside."""

from lincs.pages._report import write_report
from lincs.pages._table import write_table
from lincs.pages._write import write_page

__all__ = ["write_page", "write_report", "write_table"]
