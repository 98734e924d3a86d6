"""What each folder may include: read from the LINKS of its CMakeLists.txt, the only place that says so."""

import re
from dataclasses import dataclass
from pathlib import Path

CALL = re.compile(r"\b(cursus_library|target_link_libraries)\s*\(\s*(\w+)([^)]*)\)")
KEYWORDS = {"LINKS", "TEST_LINKS", "PRIVATE", "PUBLIC", "INTERFACE"}

# Whose header it is. The targets are those the CMakeLists.txt files name.
LIBRARY_OF_HEADER = (
    ("fmt/", ("fmt::fmt",)),
    ("boost/", ("Boost::headers",)),
    ("openssl/", ("OpenSSL::Crypto", "OpenSSL::SSL")),
    ("rocksdb/", ("RocksDB::rocksdb-shared",)),
    ("unbound.h", ("PkgConfig::unbound",)),
    ("idn2.h", ("PkgConfig::idn2",)),
    ("re2/", ("PkgConfig::re2",)),
    ("cdb.h", ("PkgConfig::cdb",)),
    ("sqlite3.h", ("PkgConfig::sqlite3",)),
    ("libpq-fe.h", ("PkgConfig::pq",)),
    ("ldap.h", ("PkgConfig::ldap",)),
    ("lber.h", ("PkgConfig::ldap",)),
    ("gsasl.h", ("PkgConfig::gsasl",)),
    ("crypt.h", ("PkgConfig::crypt",)),
    ("security/", ("PkgConfig::pam",)),
    ("toml++/", ("tomlplusplus::tomlplusplus",)),
    ("CLI/", ("CLI11::CLI11",)),
    ("nlohmann/", ("nlohmann_json::nlohmann_json",)),
)


@dataclass(frozen=True)
class Links:
    own: frozenset[str]
    tests: frozenset[str]


class Folders:
    """`links` by folder ("src/mail", "sim")."""

    def __init__(self, links: dict[str, Links]):
        self.links = links

    @classmethod
    def read(cls, repository: Path) -> "Folders":
        files = [*repository.glob("src/*/CMakeLists.txt"), repository / "sim/CMakeLists.txt"]
        return cls({str(file.parent.relative_to(repository)): parse(file.read_text()) for file in files if file.exists()})

    def may_include(self, folder: str, of_tests: bool) -> frozenset[str]:
        """The folders ("mail", "sim") a source of `folder` may include: what it links itself. The composition root and
        the tests see whatever those link too, and the tests what is made for tests."""
        links = self.links[folder].own | (self.links[folder].tests if of_tests else frozenset())
        if of_tests or folder == "src/main":
            links = self._closure(links)
        folders = frozenset(link.removeprefix("cursus_") for link in links if link.startswith("cursus_"))
        return folders | {"sim", "tests"} if of_tests else folders

    def libraries(self, folder: str, of_tests: bool) -> frozenset[str]:
        """Every outside library a source of `folder` may include: those of the folders below come with them."""
        links = self.links[folder].own | (self.links[folder].tests if of_tests else frozenset())
        return frozenset(link for link in self._closure(links) if not link.startswith("cursus_"))

    def _closure(self, links: frozenset[str]) -> frozenset[str]:
        seen, ahead = set(), set(links)
        while ahead:
            link = ahead.pop()
            seen.add(link)
            folder = self._folder_of(link)
            if folder:
                ahead |= self.links[folder].own - seen
        return frozenset(seen)

    def _folder_of(self, link: str) -> str | None:
        name = link.removeprefix("cursus_")
        return next((folder for folder in (f"src/{name}", name) if link != name and folder in self.links), None)


def parse(cmake: str) -> Links:
    own, tests = set(), set()
    for _, _, arguments in CALL.findall(re.sub(r"#[^\n]*", "", cmake)):
        target = own
        for word in arguments.split():
            if word in KEYWORDS:
                target = tests if word == "TEST_LINKS" else own
            else:
                target.add(word)
    return Links(frozenset(own), frozenset(tests))
