"""A C++ file as the rules look at it: its code without comments and literals, its comments, its functions."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

LITERAL_OR_COMMENT = re.compile(
    r"""//(?:\\\n|[^\n])* | /\*.*?\*/
      | R"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z_])(?:u8|u|U|L)?'(?:\\.|[^'\\\n])+'""",
    re.VERBOSE | re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)


def blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


@dataclass(frozen=True)
class Function:
    line: int
    length: int


@dataclass
class Source:
    """`path` is relative to the repository."""

    path: PurePosixPath
    text: str
    comments: list[tuple[int, str]] = field(init=False, default_factory=list)  # first line, text
    code: str = field(init=False)

    def __post_init__(self):
        def strip(found: re.Match) -> str:
            if found[0].startswith(("//", "/*")):
                self.comments.append((self.line_at(found.start()), found[0]))
                return blank(found[0])
            return '"' + blank(found[0][1:-1]) + '"'

        without_literals = LITERAL_OR_COMMENT.sub(strip, self.text)
        self.code = DIRECTIVE.sub(lambda found: blank(found[0]), without_literals)

    def line_at(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    @property
    def line_count(self) -> int:
        return self.text.count("\n")

    @property
    def folder(self) -> str:
        """"src/mail", "sim", "bench": the library this file belongs to."""
        parts = self.path.parts
        return "/".join(parts[:2]) if parts[0] == "src" else parts[0]

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.parts[:-1]

    @cached_property
    def includes(self) -> list[tuple[int, bool, str]]:
        """Line, whether in quotes, what."""
        return [(self.line_at(found.start()), found[1] == '"', found[2]) for found in INCLUDE.finditer(self.text)]

    @cached_property
    def functions(self) -> list[Function]:
        return find_functions(self.code)


@dataclass
class Brace:
    kind: str  # namespace, class, function, block, or value (an initialiser)
    header: int
    first_line: int
    parentheses: int


def find_functions(code: str) -> list[Function]:
    """Every function with a body, by following braces: at namespace or class level, braces after a parameter list."""
    found, stack = [], []
    header, parentheses, line, header_line = 0, 0, 1, 1
    awaiting_header = True
    for position, character in enumerate(code):
        if awaiting_header and not character.isspace() and character not in ";}":
            header, header_line, awaiting_header = position, line, False
        if character == "\n":
            line += 1
        elif character == "(":
            parentheses += 1
        elif character == ")":
            parentheses -= 1
        elif character == "{":
            kind = _kind(stack[-1].kind if stack else "namespace", parentheses, code[header:position])
            stack.append(Brace(kind, header, header_line, parentheses))
            parentheses, awaiting_header = 0, kind != "value"
        elif character == "}" and stack:
            brace = stack.pop()
            parentheses = brace.parentheses
            header, header_line = brace.header, brace.first_line
            awaiting_header = brace.kind != "value"
            if brace.kind == "function":
                found.append(Function(brace.first_line, line - brace.first_line + 1))
        elif character == ";" and parentheses == 0:
            awaiting_header = True
    return found


def _kind(outer: str, parentheses: int, header: str) -> str:
    if outer in ("function", "block", "value"):
        return "block"
    if parentheses > 0:
        return "value"
    header = re.sub(r"\b(alignas|__attribute__|requires)\s*\([^()]*\)", "", header).strip()
    if re.match(r"(inline\s+)?namespace\b|extern\b", header):
        return "namespace"
    if re.search(r"\b(class|struct|union|enum)\b[^()=]*$", header):
        return "class"
    if "(" not in header:
        return "value"
    in_initialisers = re.search(r"\)\s*(noexcept\s*)?:(?!:)", header)
    if in_initialisers and re.search(r"[\w>]$", header):
        return "value"
    return "function"
