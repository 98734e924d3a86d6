#!/usr/bin/python3
"""count_results.py DIRECTORY FAILED_STEPS: sums the JUnit files of a test run up in its last line.

A step that failed without a failed test of its own (a build, a checker, a crashed runner) counts as one failure."""

import sys
import xml.etree.ElementTree as xml
from pathlib import Path


def count(directory: Path) -> tuple[int, int, int]:
    passed = failed = skipped = 0
    for file in sorted(directory.glob("*.xml")):
        for case in xml.parse(file).getroot().iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
                failed += 1
            elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
                skipped += 1
            else:
                passed += 1
    return passed, failed, skipped


def main(directory: str, failed_steps: str) -> int:
    passed, failed, skipped = count(Path(directory))
    failed = max(failed, int(failed_steps))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
