"""The report as JUnit XML, for a test runner's own view of a run."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence

from evals.report import figures
from evals.report.figures import HEADS, cells, plain
from evals.values import Facts, Fault, Line, Report

_RUN = "evals"  # the suite of what concerns the whole run


def junit(report: Report) -> str:
    """A suite of faults with the run's facts, then a suite for the first part of each measure's name, with a case for each metric.

    What failed is a failure, what is inconclusive an error of that type, and what decides nothing is skipped.
    """
    root = ET.Element("testsuites", name="evals", time=f"{report.run.seconds:.3f}")
    _suite(root, _RUN, [_fault(f) for f in report.faults], report.run)
    by_prefix: dict[str, list[ET.Element]] = {}
    for line in report.lines:
        by_prefix.setdefault(line.metric.measure.partition(".")[0], []).append(_case(line, report))
    for prefix, found in by_prefix.items():
        _suite(root, plain(prefix), found)
    _count(root, [case for suite in root for case in suite if case.tag == "testcase"])
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(root: ET.Element, name: str, found: Sequence[ET.Element], run: Facts | None = None) -> None:
    suite = ET.SubElement(root, "testsuite", name=name)
    if run:
        told = ET.SubElement(suite, "properties")
        for key, value in _facts(run):
            ET.SubElement(told, "property", name=plain(key), value=plain(value))
    suite.extend(found)
    _count(suite, found)


def _count(element: ET.Element, found: Sequence[ET.Element]) -> None:
    element.set("tests", str(len(found)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(key, str(sum(case.find(tag) is not None for case in found)))


def _case(line: Line, report: Report) -> ET.Element:
    """A metric with its figures, and with what came of it where that is not a pass."""
    told = cells(line, report)
    case = ET.Element("testcase", classname=plain(line.metric.measure), name=told.metric, time="0")
    figures_say = "; ".join(f"{head}: {cell}" for head, cell in zip(HEADS[1:], told[1:], strict=True))
    text = plain(f"{figures.metric_says(line.metric)} {figures_say}. {figures.rests_on(line)} {line.why}")
    match line.verdict:
        case "fail":
            ET.SubElement(case, "failure", type="fail", message=plain(line.why or figures_say)).text = text
        case "inconclusive":
            ET.SubElement(case, "error", type="inconclusive", message=plain(line.why or figures_say)).text = text
        case "new" | "shown":
            ET.SubElement(case, "skipped", message=f"{line.verdict}: {figures_say}")
        case "pass":
            ET.SubElement(case, "system-out").text = text
    return case


def _fault(fault: Fault) -> ET.Element:
    """A fault as a case of its own; one that leaves a run without a verdict is an error."""
    case = ET.Element("testcase", classname=_RUN, name=plain(fault.says), time="0")
    tag, kind = {1: ("failure", "fault"), 2: ("error", "broken"), 3: ("error", "inconclusive")}[fault.exit]
    ET.SubElement(case, tag, type=kind, message=plain(fault.says)).text = figures.fault_says(fault)
    return case


def _facts(run: Facts) -> Iterator[tuple[str, str]]:
    yield from (("name", run.name), ("mode", run.mode), ("began", run.began), ("seconds", f"{run.seconds:.1f}"))
    yield from (("commit", run.commit), ("suites", ", ".join(run.suites)), ("repeats", str(run.repeats)))
    yield from (("authors", ", ".join(run.authors)), ("recorded", ", ".join(run.recorded)))
    yield from _named("prompt", run.prompts)
    yield from _named("model", run.models)
    for spent in run.spent:
        tokens = f"{spent.calls} calls, {spent.prompt_tokens} prompt tokens, {spent.completion_tokens} completion tokens"
        yield f"spent.{spent.role}", f"{spent.model}: {tokens}, {figures.money(spent)}"


def _named(kind: str, found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        yield f"{kind}.{name}", value
