#!/usr/bin/python3
"""tidy.py REPOSITORY: holds every file of the repository to the rules of docs/architecture.md. Prints what breaks them."""

import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import rules
from folders import Folders
from source import Source

CPP_ROOTS = ("src", "sim", "tests", "fuzz", "bench")
TEXT_ROOTS = (*CPP_ROOTS, "cmake", "docs", "packaging", ".ci")
TEXT_SUFFIXES = {".cpp", ".h", ".py", ".sh", ".md", ".txt", ".cmake", ".toml", ""}


def cpp_files(repository: Path) -> list[Path]:
    return sorted(file for root in CPP_ROOTS for file in (repository / root).rglob("*")
                  if file.suffix in (".cpp", ".h") and file.is_file())


def text_files(repository: Path) -> list[Path]:
    top = [file for file in repository.iterdir() if file.is_file() and not file.is_symlink() and file.name != "LICENSE"]
    below = [file for root in TEXT_ROOTS for file in (repository / root).rglob("*") if file.is_file()]
    return sorted(file for file in (*top, *below) if file.suffix in TEXT_SUFFIXES and not _is_data(file))


def _is_data(file: Path) -> bool:
    """Corpora, transcripts' inputs and caches are what they are."""
    return bool({"__pycache__", "corpus", "data"}.intersection(file.parts))


def look_at(source: Source, folders: Folders, one_definition: rules.OneDefinition):
    yield from one_definition(source)
    yield from rules.sizes(source)
    yield from rules.includes(source, folders)
    yield from rules.world(source)
    yield from rules.coroutines(source)
    yield from rules.citations(source)


def misformatted(files: list[Path]) -> list[tuple[str, str]]:
    """Files clang-format would change, each with the first line it would."""
    if not files:
        return []
    told = subprocess.run(["clang-format-19", "--dry-run", *map(str, files)], capture_output=True, text=True).stderr
    first = {}
    for path, line in re.findall(r"^(.+?):(\d+):\d+: warning: code should be clang-formatted", told, re.MULTILINE):
        first.setdefault(path, line)
    return list(first.items())


def main(repository: Path) -> int:
    folders = Folders.read(repository)
    one_definition = rules.OneDefinition()
    findings = []
    for file in text_files(repository):
        path = PurePosixPath(file.relative_to(repository))
        text = file.read_bytes().decode("utf-8", "replace")
        found = list(rules.words(text))
        if file.suffix in (".cpp", ".h"):
            found += look_at(Source(path, text), folders, one_definition)
        findings += [f"{path}:{line}: {what}" for line, what in sorted(found)]
    findings += [f"{Path(path).relative_to(repository)}:{line}: clang-format-19 -i would change it"
                 for path, line in misformatted(cpp_files(repository))]
    print("\n".join(findings))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
