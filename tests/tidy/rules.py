"""The rules. Each takes a Source (and what it needs to know beside it) and yields (line, what is wrong)."""

import re
from collections.abc import Iterator

from folders import LIBRARY_OF_HEADER, Folders
from source import Source

Finding = tuple[int, str]

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600


# ---- size

def sizes(source: Source) -> Iterator[Finding]:
    if source.line_count > FILE_LINES_MAX:
        yield 1, f"{source.line_count} lines; a file has {FILE_LINES_MAX} at most"
    for function in source.functions:
        if function.length > FUNCTION_LINES_MAX:
            yield function.line, f"a function of {function.length} lines; {FUNCTION_LINES_MAX} at most"


# ---- who may include whom

def includes(source: Source, folders: Folders) -> Iterator[Finding]:
    if source.folder not in folders.links:
        return
    own = source.folder.removeprefix("src/")
    allowed = folders.may_include(source.folder, source.is_test) | {own}
    libraries = folders.libraries(source.folder, source.is_test)
    for line, quoted, name in source.includes:
        if quoted:
            if name.split("/")[0] not in allowed:
                yield line, f'includes "{name}", which {source.folder}/CMakeLists.txt does not link'
            continue
        owner = next((targets for start, targets in LIBRARY_OF_HEADER if name.startswith(start)), None)
        if owner and not libraries.intersection(owner):
            yield line, f"includes <{name}>, which {source.folder}/CMakeLists.txt does not link"


# ---- who may touch the world: adapters, its simulation, and tests

WORLD_HEADERS = re.compile(
    r"(thread|fstream|future|random|stop_token|semaphore|latch|barrier|csignal|ctime|cstdio|iostream)"
    r"|(sys|netinet|net|linux)/.*|(unistd|fcntl|netdb|poll|pwd|grp|signal|pthread|time|dirent|spawn|syslog)\.h"
    r"|(unbound|cdb|sqlite3|libpq-fe|ldap|lber)\.h|openssl/(ssl|bio)\.h|security/.*"
    r"|boost/(asio\.hpp|asio/(ip|ssl|local|posix|io_context|steady_timer|system_timer|thread_pool|signal_set|connect|read"
    r"|write|basic_\w+)\b.*|thread.*|filesystem.*|process.*|random.*)")
WORLD_NAMES = (
    r"(steady_clock|system_clock|high_resolution_clock)::now", r"\brandom_device\b", r"\bmt19937(_64)?\b", r"\bgetaddrinfo\b",
    r"\bstd::(this_thread|thread|jthread|async)\b", r"\bstd::(basic_)?[io]?fstream\b", r"\bstd::filesystem::(?!path\b)\w+",
    r"(?<![\w>:])::(open|openat|read|write|close|socket|connect|bind|listen|accept4?|send|recv|poll|fork|exec\w*|unlink|"
    r"rename|mkdir|fsync|fdatasync|kill|getpid|stat|setuid|setgid)\s*\(",
    r"\b(clock_gettime|gettimeofday|sigaction)\b", r"\b(std)?::signal\s*\(", r"\bstd::(time|rand|srand|getenv|system|remove|rename)\s*\(", r"\b(usleep|nanosleep)\s*\(",
    r"\basio::(ip|ssl|local)\b", r"\bio_context\b", r"\bsteady_timer\b", r"\bstd::c(out|err|log)\b", r"\bf?printf\s*\(",
)
# The composition root talks to the terminal and names signals; nothing else writes there but the log.
ROOT_HEADERS = re.compile(r"cstdio|iostream|csignal")
ROOT_NAMES = re.compile(r"std::c(out|err|log)|f?printf\s*\(")


def world(source: Source) -> Iterator[Finding]:
    if not source.folder.startswith("src/") or source.folder == "src/adapters" or source.is_test:
        return
    is_root = source.folder == "src/main"
    for line, _, name in source.includes:
        if WORLD_HEADERS.fullmatch(name) and not (is_root and ROOT_HEADERS.fullmatch(name)):
            yield line, f"includes <{name}>: only adapters/ touches the world"
    for pattern in WORLD_NAMES:
        for found in re.finditer(pattern, source.code):
            if not (is_root and ROOT_NAMES.fullmatch(found[0])):
                yield source.line_at(found.start()), f"names {found[0].strip('( ')}: only adapters/ touches the world"


# ---- co_await stands alone

CONDITION_WORDS = {"if", "while", "switch", "for", "constexpr"}
BLOCK_OPENERS = re.compile(r"(\)|\belse|\bdo|\btry|\bconst|\bnoexcept|\boverride|\bfinal|\bmutable|>|[{};]|->\s*[\w:<>, ]+)\s*$")
# Of runtime/: these take a plain function, which they keep or call before the await ends.
TAKES_A_LAMBDA = re.compile(r"\s*(\w+(\.|->))*(suspend|offload|run_on)\s*(<[\w:<>, ]*>)?\s*\(")
MAY_STAND_BEFORE = re.compile(r"(^|[);:=]|\bco_return|\belse|\bdo)\s*$")


def coroutines(source: Source) -> Iterator[Finding]:
    code = source.code
    in_catch = _catch_blocks(code)
    for found in re.finditer(r"\bco_await\b", code):
        line = source.line_at(found.start())
        problem = _before(code, found.start()) or _after(code, found.end(), source.is_test)
        if not problem and any(start < found.start() < end for start, end in in_catch):
            problem = "in a catch block"
        if problem:
            yield line, f"co_await {problem}: it stands alone"
    for found in re.finditer(r"\[([^\[\]]+)\]\s*(\([^()]*\))?\s*(mutable\s*)?->\s*Task<", code):
        yield source.line_at(found.start()), "a lambda that is a coroutine captures: captures die before it does"


def _before(code: str, position: int) -> str | None:
    depth, at = 0, position - 1
    while at >= 0:
        character = code[at]
        if character in ")]":
            depth += 1
        elif character in "([":
            if depth == 0:
                return _inside_parenthesis(code, at, position)
            depth -= 1
        elif character in ";{}" and depth == 0:
            if character == "{" and not BLOCK_OPENERS.search(code[:at]):
                return "in a braced initialiser"
            break
        at -= 1
    statement = code[at + 1:position]
    if "?" in statement:
        return "beside ?:"
    if not MAY_STAND_BEFORE.search(statement):
        return "inside an expression"
    return None


def _inside_parenthesis(code: str, parenthesis: int, position: int) -> str | None:
    word = re.search(r"(\w*)\s*$", code[:parenthesis])[1]
    if word in CONDITION_WORDS:
        return "in a condition"
    # CO_TRY(name, co_await f()) and its kin expand to an initialiser.
    if re.fullmatch(r"CO_[A-Z_]+", word) and re.search(r"[(,]\s*$", code[parenthesis:position]):
        return None
    return "inside an expression"


def _after(code: str, position: int, is_test: bool) -> str | None:
    """Tests may build their arguments where they use them: they are not what must compile everywhere."""
    depth = 0
    for at in range(position, len(code)):
        character = code[at]
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
            if depth < 0:
                return None
        elif character == "{" and not is_test and not TAKES_A_LAMBDA.match(code, position):
            return "with braces or a lambda built in its arguments"
        elif character == "?" and depth == 0:
            return "beside ?:"
        elif character == ";" and depth == 0 or character == "}" and depth == 0:
            return None
        elif depth == 0 and code.startswith(("&&", "||"), at):
            return "inside an expression"
    return None


def _catch_blocks(code: str) -> list[tuple[int, int]]:
    blocks = []
    for found in re.finditer(r"\bcatch\s*\([^)]*\)\s*\{", code):
        depth, at = 1, found.end()
        while at < len(code) and depth:
            depth += {"{": 1, "}": -1}.get(code[at], 0)
            at += 1
        blocks.append((found.end(), at))
    return blocks


# ---- words

# Put together here so that this file keeps the rule it checks.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w./}])/(" + "|".join(("wo" "rk", "fa" "rm", "ho" "me/\\w+", "ro" "ot")) + r")/[\w.]")


def words(text: str) -> Iterator[Finding]:
    """For every text file, C++ or not."""
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield number, f"says something is unfinished: {line.strip()[:80]}"
        if MACHINE_PATH.search(line):
            yield number, f"names a path of one machine: {line.strip()[:80]}"


# RFC822 in lower case is an address type and a media type (RFC 3461 §4.2, RFC 2046 §5.2.1).
RFC_MENTION = re.compile(r"\b(?!rfc822\b)rfc[\s-]*\d+", re.IGNORECASE)
RFC_RIGHT = re.compile(r"RFC \d{3,5}(?!\d)")
SECTION_WRONG = re.compile(r"RFC \d{3,5},?\s*(\(?(section|sect?\.|chapter)\s*\d|§\s|,\s*§|§§|\d+\.\d)", re.IGNORECASE)
SECTION_WORD = re.compile(r"\b(section|sect?\.) \d+(\.\d+)+", re.IGNORECASE)


def citations(source: Source) -> Iterator[Finding]:
    for first_line, comment in source.comments:
        for offset, text in enumerate(comment.split("\n")):
            wrong = [found for found in RFC_MENTION.finditer(text) if not RFC_RIGHT.match(text, found.start())]
            wrong += [*SECTION_WRONG.finditer(text), *SECTION_WORD.finditer(text)]
            for found in wrong:
                yield first_line + offset, f'cite as "RFC NNNN §x.y", not as "{found[0]}"'


CLASS = re.compile(r"^(?:class|struct|union|enum(?: class)?) (\w+)\b(?! *::)[^;{]*\{", re.MULTILINE)


class OneDefinition:
    """All that is linked into one program has one meaning for a name: two classes of one name have one destructor.
    Ask it of one source after the other."""

    def __init__(self):
        self.homes: dict[str, str] = {}

    def __call__(self, source: Source) -> Iterator[Finding]:
        if source.path.suffix != ".h" or "tests" in source.path.parts[1:] or source.path.parts[0] not in ("src", "sim", "tests"):
            return
        for found in CLASS.finditer(source.code):
            home = self.homes.setdefault(found[1], str(source.path))
            if home != str(source.path):
                yield source.line_at(found.start()), f"{found[1]} is the name of a class in {home}, too"
