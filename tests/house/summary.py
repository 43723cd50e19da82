"""Adds up the reports of a test run: what passed, what failed, what was skipped and why.

usage: summary.py REPORTS --ctest STATUS [--pytest STATUS]

REPORTS is the folder of the JUnit reports: ctest.xml has one entry a program; each program of
Catch2, which CMake names test_..., writes one of its own, test_03_attention.xml, with one entry a
test case; pytest.xml is there when pytest ran. The exit status is 0 only when tests ran, all of
them passed, every report that should be there is whole, and ctest and pytest say so too.
"""

import argparse
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Tally:
    """What the reports say together."""

    passed: int = 0
    failures: list = field(default_factory=list)
    skips: Counter = field(default_factory=Counter)  # by a file and the reason

    def add(self, report, group_of):
        """Adds a report's test cases, each under its group's name; returns how many failed."""
        failed = 0
        for case in report:
            if case.find("failure") is not None or case.find("error") is not None:
                self.failures.append(f"{group_of(case)}: {case.get('name')}")
                failed += 1
            elif (skipped := case.find("skipped")) is not None:
                self.skips[group_of(case), skipped.get("message") or "no reason given"] += 1
            else:
                self.passed += 1
        return failed


def read_report(path):
    """The test cases of a JUnit report; None and a sentence when it cannot be read or is empty."""
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except FileNotFoundError:
        return None, f"its report {path.name} is missing"
    except (ElementTree.ParseError, OSError) as error:
        return None, f"its report {path.name} cannot be read ({error})"
    return (cases, "") if cases else (None, f"its report {path.name} holds no test")


def add_program(tally, reports, entry):
    """Adds a program that ctest ran, or should have run."""
    name, status = entry.get("name"), entry.get("status")
    if status not in ("run", "fail"):
        skipped = entry.find("skipped")
        why = status if skipped is None else skipped.get("message")
        tally.failures.append(f"{name}: the program did not start ({why})")
    elif not name.startswith("test_"):
        tally.add([entry], lambda case: "ctest")
    else:
        cases, problem = read_report(reports / f"{name}.xml")
        if cases is None:
            tally.failures.append(f"{name}: {problem}")
        elif tally.add(cases, lambda case: name) == 0 and status == "fail":
            tally.failures.append(f"{name}: the program failed, but none of its test cases")


def add_ctest(tally, reports):
    """Adds what ctest ran."""
    entries, problem = read_report(reports / "ctest.xml")
    if entries is None:
        tally.failures.append(f"ctest: {problem}")
    for entry in entries or []:
        add_program(tally, reports, entry)


def add_pytest(tally, reports):
    """Adds what pytest ran."""
    cases, problem = read_report(reports / "pytest.xml")
    if cases is None:
        tally.failures.append(f"pytest: {problem}")
    else:
        tally.add(cases, lambda case: case.get("classname") or "pytest")


def summarize(reports, statuses):
    """The tally of the reports of the runners that ran: {"ctest": 0, "pytest": 1} and the like."""
    tally = Tally()
    for runner, add in (("ctest", add_ctest), ("pytest", add_pytest)):
        if runner not in statuses:
            continue
        before = len(tally.failures)
        add(tally, reports)
        if statuses[runner] != 0 and len(tally.failures) == before:
            tally.failures.append(f"{runner}: it ended with status {statuses[runner]}")
    return tally


def lines(tally):
    """What the reader is told."""
    yield ""
    for (group, reason), count in sorted(tally.skips.items()):
        yield f"skipped: {count} of {group}: {reason}"
    for failure in tally.failures:
        yield f"failed: {failure}"
    counts = f"tests: {tally.passed} passed, {len(tally.failures)} failed"
    skipped = tally.skips.total()
    yield f"{counts}, {skipped} skipped" if skipped else counts


def main():
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reports", type=Path, help="the folder of the reports")
    parser.add_argument("--ctest", type=int, required=True, help="the exit status of ctest")
    parser.add_argument("--pytest", type=int, help="the exit status of pytest, if it ran")
    arguments = parser.parse_args()
    statuses = {"ctest": arguments.ctest, "pytest": arguments.pytest}
    tally = summarize(arguments.reports, {k: v for k, v in statuses.items() if v is not None})
    print("\n".join(lines(tally)))
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
