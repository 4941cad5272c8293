"""JUnit XML, which GitLab, Jenkins and most CI systems show: one suite per notebook, one case per check."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from judge.grade.result import FAULT_FOR_STUDENTS, CheckResult, Result
from judge.suite.engine import Status

# JUnit's element for each verdict, and the attribute of a suite that counts it.
_ELEMENTS = {
    Status.FAILED: ("failure", "failures"),
    Status.NOT_RUN: ("skipped", "skipped"),
    Status.OUR_FAULT: ("error", "errors"),
}

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def junit_xml(results: Iterable[Result]) -> str:
    """The results as one JUnit document. It holds nothing that students may not see."""
    root = ElementTree.Element("testsuites", name="judge")
    for result in results:
        root.append(_suite(result.for_student()))
    _count(root, [case for case in root.iter("testcase")])
    ElementTree.indent(root)
    return _DECLARATION + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(result: Result) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=f"{result.exercise}.{result.notebook}")
    properties = ElementTree.SubElement(suite, "properties")
    about = {"student": result.student, "graded": result.graded, "suite_hash": result.suite_hash}
    if result.is_judged:
        about |= {"points": f"{result.points:g}", "max_points": f"{result.max_points:g}"}
    for name, value in about.items():
        ElementTree.SubElement(properties, "property", name=name, value=value)
    for check in result.checks:
        suite.append(_case(check, result))
    if not result.is_judged and not result.checks_with(Status.OUR_FAULT):
        case = ElementTree.SubElement(suite, "testcase", name="the judge", classname=suite.attrib["name"])
        ElementTree.SubElement(case, "error", message=FAULT_FOR_STUDENTS)
    if result.notes:
        ElementTree.SubElement(suite, "system-out").text = "\n".join(result.notes)
    _count(suite, suite.findall("testcase"))
    suite.set("time", f"{result.seconds:.3f}")
    return suite


def _case(check: CheckResult, result: Result) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", name=check.says or check.name, time=f"{check.seconds:.3f}",
        classname=f"{result.exercise}.{result.notebook}.{check.cell}",
    )  # fmt: skip
    if check.status in _ELEMENTS:
        element = ElementTree.SubElement(case, _ELEMENTS[check.status][0], message=check.message)
        if check.misconception:
            element.set("type", check.misconception)
        element.text = "\n".join(filter(None, (check.message, check.example, check.hint, check.read_again)))
    return case


def _count(element: ElementTree.Element, cases: list[ElementTree.Element]) -> None:
    element.set("tests", str(len(cases)))
    for tag, attribute in _ELEMENTS.values():
        element.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
