"""What a student reads under a test cell, as HTML and as plain text.

The HTML must survive our sanitiser, which knows few tags and drops `style`: it uses `div`, `details`,
`span`, `strong`, `ul`, `li`, `blockquote`, `pre` and `code` with classes, reads well without any style
sheet (JupyterLab, the formgrader), and is dressed by templates/judge_feedback/checks.css in the feedback.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterator, Sequence

from judge.grade.result import FAULT_FOR_STUDENTS, CheckResult, Result
from judge.reports.first import cause_of
from judge.reports.words import how_many_passed, number, out_of, sentence, verdict
from judge.suite.engine import Status

# The classes that MathJax 2 and 3 leave alone: a student's `$...$` must not be typeset as ours.
_NO_MATHS = "tex2jax_ignore mathjax_ignore"
_EXAMPLE, _HINT, _READ_AGAIN = "What shows it:", "A likely reason:", "Read again:"
_CODE = re.compile(r"`([^`\n]+)`")


def cell_html(result: Result, grade_id: str) -> str:
    """The feedback of one autograded cell, safe to embed in a page: all text is escaped.

    Raises:
        KeyError: if the notebook has no such autograded cell.
    """
    result = result.for_student()
    checks = result.checks_of(grade_id)
    items = "\n".join(_items_html(result, checks))
    state = _state(result, grade_id)
    return (
        f'<div class="judge judge-{state} {_NO_MATHS}">\n'
        f'<div class="judge-score"><strong>{html.escape(_headline(result, grade_id))}</strong></div>\n'
        f"{items}\n</div>"
    )


def _items_html(result: Result, checks: Sequence[CheckResult]) -> Iterator[str]:
    """What failed, open; then what waits and what has passed, folded."""
    folded = {Status.NOT_RUN: "○ {} waiting", Status.PASSED: "✓ {} passed"}
    shown = [check for check in checks if check.status not in folded]
    if shown:
        yield _list_html(result, shown)
    for status, summary in folded.items():
        if some := [check for check in checks if check.status is status]:
            yield (
                f'<details class="judge-folded"><summary>{summary.format(len(some))}</summary>\n'
                f"{_list_html(result, some)}</details>"
            )


def _list_html(result: Result, checks: Sequence[CheckResult]) -> str:
    items = "\n".join(_check_html(check, result) for check in checks)
    return f'<ul class="judge-checks">\n{items}\n</ul>'


def _why_html(check: CheckResult, result: Result) -> str:
    """The message; of a waiting check a link to the check that it waits for in the end."""
    cause = cause_of(check, result) if check.status is Status.NOT_RUN else None
    if cause is None:
        return _inline(sentence(check.message))
    return f'First make this pass: <a href="#{anchor_of(cause)}">{_inline(cause.says)}</a>'


def anchor_of(check: CheckResult) -> str:
    """The id of a check's place on the page, to which links lead."""
    return "judge-" + re.sub(r"\W", "_", check.name)


def cell_text(result: Result, grade_id: str) -> str:
    """The same as plain text, for terminals and for notebooks shown without HTML.

    Raises:
        KeyError: if the notebook has no such autograded cell.
    """
    result = result.for_student()
    blocks = [_headline(result, grade_id)]
    blocks += [_check_text(check, judged=result.is_judged) for check in result.checks_of(grade_id)]
    return "\n".join(blocks)


def _headline(result: Result, grade_id: str) -> str:
    score = result.cell(grade_id)
    if not result.is_judged:
        return FAULT_FOR_STUDENTS
    sentence = f"{out_of(score.points, score.max_points)}: {how_many_passed(result.checks_of(grade_id))}"
    return sentence + (". Well done!" if _state(result, grade_id) == "passed" else ".")


def _state(result: Result, grade_id: str) -> str:
    if not result.is_judged:
        return "fault"
    statuses = {check.status for check in result.checks_of(grade_id)}
    return "passed" if statuses <= {Status.PASSED} else "failed"


def _points(check: CheckResult) -> str:
    if check.status is Status.PASSED:
        return f"+{number(check.points)}"
    return f"0 of {number(check.max_points)}"


def _check_html(check: CheckResult, result: Result) -> str:
    points = f' <span class="judge-points">({_points(check)})</span>' if result.is_judged else ""
    parts = [
        f'<span class="judge-verdict"><strong>{verdict(check)}</strong>{points}</span> '
        f'<span class="judge-says">{_inline(check.says)}</span>'
    ]
    if check.status is not Status.OUR_FAULT and check.message:
        parts.append(f'<div class="judge-why">{_why_html(check, result)}</div>')
    if check.status is Status.FAILED:
        parts += _help_html(check)
    name = str(check.status).replace("_", "-")
    return f'<li id="{anchor_of(check)}" class="judge-check judge-check-{name}">' + "\n".join(parts) + "</li>"


def _help_html(check: CheckResult) -> list[str]:
    parts = []
    if check.example:
        parts.append(f'<div class="judge-label">{_EXAMPLE}</div>')
        parts.append(f'<pre class="judge-example">{html.escape(check.example)}</pre>')
    if check.hint:
        hint = _inline(check.hint)
        parts.append(f'<blockquote class="judge-hint"><strong>{_HINT}</strong> {hint}</blockquote>')
    if check.read_again:
        parts.append(f'<div class="judge-read-again"><em>{_READ_AGAIN}</em> {_inline(check.read_again)}</div>')
    return parts


def _inline(text: str) -> str:
    """Escaped text; what stands in backticks becomes code."""
    return _CODE.sub(r"<code>\1</code>", html.escape(text))


def _check_text(check: CheckResult, *, judged: bool) -> str:
    points = f" ({_points(check)})" if judged else ""
    lines = [f"{verdict(check)}{points}: {check.says}"]
    if check.status is not Status.OUR_FAULT and check.message:
        lines.append(textwrap.indent(sentence(check.message), "    "))
    if check.status is Status.FAILED:
        if check.example:
            lines += [f"    {_EXAMPLE}", textwrap.indent(check.example, "        ")]
        lines += [f"    {_HINT} {check.hint}"] if check.hint else []
        lines += [f"    {_READ_AGAIN} {check.read_again}"] if check.read_again else []
    return "\n".join(lines)
