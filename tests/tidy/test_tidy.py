"""The checker itself: what is bad must be found, what is good must pass."""

import sys
from pathlib import Path, PurePosixPath

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import rules  # noqa: E402
import tidy  # noqa: E402
from folders import Folders, parse  # noqa: E402
from source import Source  # noqa: E402

FOLDERS = Folders({
    "src/base": parse("cursus_library(base LINKS fmt::fmt)"),
    "src/mail": parse("cursus_library(mail LINKS cursus_base PkgConfig::idn2)"),
    "src/queue": parse("cursus_library(queue LINKS cursus_base cursus_mail TEST_LINKS cursus_sim)"),
    "src/journal": parse("cursus_library(journal LINKS cursus_base RocksDB::rocksdb-shared) # cursus_queue"),
    "src/main": parse("target_link_libraries(cursus PRIVATE cursus_queue CLI11::CLI11)"),
    "sim": parse("cursus_library(sim LINKS cursus_base)"),
})


def source(text: str, path: str = "src/mail/x.cpp") -> Source:
    return Source(PurePosixPath(path), text)


def found_by(rule, text: str, path: str = "src/mail/x.cpp", *more) -> list[str]:
    return [what for _, what in rule(source(text, path), *more)]


# ---- names

@pytest.mark.parametrize("second, is_found", [
    ("class Step {};", True), ("enum class Step : int { One };", True), ("struct Step;", False),
    ("class Queue {\n    struct Step {};\n};", False), ("struct Queue::Step {};", False),
])
def test_two_classes_of_one_name_are_found(second, is_found):
    one_definition = rules.OneDefinition()
    assert not list(one_definition(source("struct Step {\n};", "src/mail/x.h")))
    assert not list(one_definition(source("struct Step {\n};", "src/queue/tests/x.h")))
    told = [what for _, what in one_definition(source(second, "src/queue/x.h"))]
    assert told == (["Step is the name of a class in src/mail/x.h, too"] if is_found else [])


# ---- includes

@pytest.mark.parametrize("path, include", [
    ("src/base/x.h", '"mail/reply.h"'),
    ("src/mail/x.h", '"queue/queue.h"'),
    ("src/mail/x.h", '"reply.h"'),
    ("src/queue/x.h", '"sim/scheduler.h"'),
    ("src/mail/x.h", "<rocksdb/db.h>"),
    ("src/queue/x.h", "<CLI/CLI.hpp>"),
    ("src/base/x.h", "<idn2.h>"),
])
def test_an_include_that_is_not_linked_is_found(path, include):
    assert found_by(rules.includes, f"#include {include}\n", path, FOLDERS)


@pytest.mark.parametrize("path, include", [
    ("src/mail/x.h", '"mail/reply.h"'),
    ("src/mail/x.h", '"base/result.h"'),
    ("src/queue/tests/x.cpp", '"sim/scheduler.h"'),
    ("src/main/x.cpp", '"mail/reply.h"'),
    ("src/queue/x.h", "<fmt/format.h>"),
    ("src/journal/x.h", "<rocksdb/db.h>"),
    ("src/mail/x.h", "<vector>"),
    ("bench/x.cpp", '"queue/queue.h"'),
])
def test_an_include_that_is_linked_passes(path, include):
    assert not found_by(rules.includes, f"#include {include}\n", path, FOLDERS)


def test_a_link_in_a_comment_of_cmake_is_none():
    assert found_by(rules.includes, '#include "queue/queue.h"\n', "src/journal/x.h", FOLDERS)


# ---- the world

@pytest.mark.parametrize("text", [
    "#include <thread>", "#include <sys/socket.h>", "#include <fstream>", "#include <boost/asio/ip/tcp.hpp>",
    "#include <boost/asio.hpp>", "#include <openssl/ssl.h>", "#include <unistd.h>",
    "auto t = std::chrono::steady_clock::now();", "auto t = system_clock::now();", "std::random_device d;",
    "std::thread t(f);", "getaddrinfo(a, b, c, d);", "int f = ::open(path, 0);", "std::ifstream in(path);",
    "asio::ip::tcp::socket s;", "std::cerr << 1;", "std::filesystem::remove(p);",
])
def test_touching_the_world_is_found_everywhere_but_in_adapters(text):
    assert found_by(rules.world, text)
    assert not found_by(rules.world, text, "src/adapters/x.cpp")
    assert not found_by(rules.world, text, "sim/x.cpp")
    assert not found_by(rules.world, text, "src/mail/tests/x.cpp")


@pytest.mark.parametrize("text", [
    "// like std::thread\n", 'f("std::thread");', "clock.now();", "co_await clock.sleep_until(when);",
    "files.open(path);", "Event::set();", "std::filesystem::path p;", "Mailbox::read(x);", "#include <boost/asio/awaitable.hpp>",
])
def test_what_only_resembles_the_world_passes(text):
    assert not found_by(rules.world, text)


def test_only_the_composition_root_writes_to_the_terminal():
    assert not found_by(rules.world, "#include <iostream>\nint f() { std::cout << 1; }", "src/main/x.cpp")
    assert found_by(rules.world, "std::thread t;", "src/main/x.cpp")


# ---- co_await

@pytest.mark.parametrize("text", [
    "void f() { if (co_await g()) h(); }",
    "void f() { while (!co_await g()) h(); }",
    "void f() { switch (co_await g()) {} }",
    "void f() { for (auto x : co_await g()) h(); }",
    "void f() { x = y ? co_await g() : 0; }",
    "void f() { auto x = co_await g() ? 1 : 2; }",
    "void f() { h(co_await g()); }",
    "void f() { (co_await g()).h(); }",
    "void f() { auto x = !co_await g(); }",
    "void f() { auto x = a && co_await g(); }",
    "void f() { auto x = co_await g() && a; }",
    "void f() { auto x = co_await g(Foo{1}); }",
    "void f() { auto x = co_await g([&] { return 1; }); }",
    "void f() { Foo x{co_await g()}; }",
    "void f() { try { h(); } catch (const E& e) { co_await g(); } }",
    "void f() { group.spawn([this]() -> Task<void> { co_await g(); }()); }",
])
def test_co_await_inside_something_is_found(text):
    assert found_by(rules.coroutines, text)


@pytest.mark.parametrize("text", [
    "void f() { co_await g(); }",
    "void f() { const auto x = co_await g(a, b.c()); }",
    "void f() { co_return co_await g(); }",
    "void f() { if (x) co_await g(); else co_await h(); }",
    "void f() { if (x) co_return co_await g(); }",
    "void f() { switch (x) { case A: co_await g(); break; } }",
    "void f() { CO_TRY(peer, co_await connect(route_)); }",
    "Task<void> A::f() { co_await suspend([this](Resume r) { keep(r); }); }",
    "Task<void> f() { (void)co_await g(); }",
    "auto f() -> Task<void> { co_await g(); }",
    "void f() { try { co_await g(); } catch (const E& e) { h(); } }",
    "// if (co_await f())\n",
])
def test_co_await_that_stands_alone_passes(text):
    assert not found_by(rules.coroutines, text)


# ---- sizes

def body(lines: int) -> str:
    return "{\n" + "    g();\n" * (lines - 2) + "}\n"


@pytest.mark.parametrize("head", [
    "void f() ", "Task<Result<int, Error>> A::f(int a,\n    int b) const ", "A::A(int a) : a_{a}, b_(a) ",
    "A::A() noexcept : a_{1} ", "struct A { void f() ", "namespace n { auto f() -> std::vector<int> ", "TEST(A, b) ",
    "template <class T> requires(sizeof(T) > 1) void f(T t = {}) ", "bool operator==(A a, A b) ",
])
def test_a_long_function_is_found_in_every_dress(head):
    assert any("a function of" in what for what in found_by(rules.sizes, head + body(71)))
    lines_of_head = head.count("\n")
    assert not found_by(rules.sizes, head + body(70 - lines_of_head))


def test_long_types_and_tables_are_no_functions():
    assert not found_by(rules.sizes, "struct A {\n" + "    int a;\n" * 100 + "};\n")
    assert not found_by(rules.sizes, "const std::map<int, int> table = {\n" + "    {1, 2},\n" * 100 + "};\n")


def test_the_functions_of_a_class_count_each_for_itself():
    assert not found_by(rules.sizes, "class A {\n" + ("    void f() {\n" + "        g();\n" * 40 + "    }\n") * 3 + "};\n")


def test_a_long_file_is_found():
    assert found_by(rules.sizes, "int a;\n" * 601)
    assert not found_by(rules.sizes, "int a;\n" * 600)


def test_braces_in_literals_do_not_count():
    text = 'void f() { g("{{{"); h(R"({{{)"); i(\'{\'); j(1\'000); }\n' + "void k() " + body(71)
    assert len(found_by(rules.sizes, text)) == 1


# ---- words and citations

@pytest.mark.parametrize("line", ["// TO" + "DO later", "# FIX" + "ME", "open('/wo" + "rk/main')", "cd /ho" + "me/someone/x"])
def test_unfinished_marks_and_machine_paths_are_found(line):
    assert list(rules.words(line))


@pytest.mark.parametrize("line", ["todos", "${root}/work/x", "build/work/x", "/var/lib/cursus", "homework"])
def test_ordinary_words_and_paths_pass(line):
    assert not list(rules.words(line))


@pytest.mark.parametrize("comment", [
    "// RFC5321 §4.2", "// rfc 5321", "// RFC-5321", "// RFC 5321 section 4.2", "// RFC 5321, §4.2", "// RFC 5321 § 4.2",
    "// RFC 5321 4.2.1", "// see Section 4.2.1 there", "/* first\n * RFC5321 */",
])
def test_a_citation_in_another_form_is_found(comment):
    assert found_by(rules.citations, comment + "\n")


@pytest.mark.parametrize("comment", [
    "// RFC 5321 §4.2.1, §4.5", "// RFC 3463", "// RFC 5321's own words", "// rfc822; the type", "// in RFC 7505 §3 and RFC 5321 §5",
    "// RFC 5234 Appendix B",
])
def test_a_right_citation_passes(comment):
    assert not found_by(rules.citations, comment + "\n")


def test_a_finding_names_its_line():
    assert [line for line, _ in rules.citations(source("int a;\n\n// RFC5321\n"))] == [3]


# ---- the whole

def test_a_repository_with_faults_is_refused_and_one_without_passes(tmp_path, capsys):
    (tmp_path / "src/mail").mkdir(parents=True)
    (tmp_path / "src/mail/CMakeLists.txt").write_text("cursus_library(mail)\n")
    (tmp_path / ".clang-format").write_text("BasedOnStyle: Google\n")
    file = tmp_path / "src/mail/x.cpp"
    file.write_text("#include <thread>\nint  a;\n")
    assert tidy.main(tmp_path) == 1
    told = capsys.readouterr().out
    assert "src/mail/x.cpp:1: includes <thread>" in told and "src/mail/x.cpp:2: clang-format-19" in told
    file.write_text("int a;\n")
    assert tidy.main(tmp_path) == 0
