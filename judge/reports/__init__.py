"""Renders results: for students under their cells, for instructors as tables, for CI as XML and Markdown.

What a student may see goes through `Result.for_student`: it holds no traceback of ours.
"""

from judge.reports.feedback import cell_html, cell_text
from judge.reports.junit import junit_xml
from judge.reports.markdown import markdown_summary
from judge.reports.terminal import details, score_table

__all__ = ["cell_html", "cell_text", "details", "junit_xml", "markdown_summary", "score_table"]
