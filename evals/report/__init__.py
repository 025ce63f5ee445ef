"""A run's report for a pull request, for a terminal, for a test runner, and as one page with its cases."""

from evals.report.junit import junit
from evals.report.markdown import summary, table
from evals.report.page import page

__all__ = ["junit", "page", "summary", "table"]
