#include "tests/scenarios/scanner_words.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

namespace cursus {
namespace {

using namespace std::string_literals;

// Where a length is said before a header's end, and so many octets follow.
bool is_whole_by_length(std::string_view question, std::string_view field) {
    const auto head_end = question.find("\r\n\r\n");
    const auto at = question.find(field);
    if (head_end == std::string_view::npos || at > head_end) return false;
    const auto length = std::strtoull(question.data() + at + field.size(), nullptr, 10);
    return question.size() >= head_end + 4 + length;
}

std::string rspamd_answer(bool is_bad) {
    const std::string_view json =
        is_bad ? R"({"action":"reject","score":15})" : R"({"action":"no action","score":0.5})";
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", json.size(), json);
}

}  // namespace

bool is_whole_question(ScannerKind kind, std::string_view question) {
    switch (kind) {
        case ScannerKind::Clamd:
            return question.ends_with("\0\0\0\0"s);  // a chunk of no octets
        case ScannerKind::Spamd:
            return is_whole_by_length(question, "Content-length: ");
        case ScannerKind::Rspamd:
            return is_whole_by_length(question, "Content-Length: ");
        case ScannerKind::Milter:
            break;
    }
    return false;
}

std::string scanner_answer(ScannerKind kind, bool is_bad) {
    switch (kind) {
        case ScannerKind::Clamd:
            return is_bad ? "stream: Test.Virus FOUND\0"s : "stream: OK\0"s;
        case ScannerKind::Spamd:
            return fmt::format("SPAMD/1.1 0 EX_OK\r\nContent-length: 3\r\nSpam: {} / 5.0\r\n\r\nABC",
                               is_bad ? "True ; 15" : "False ; 0.5");
        case ScannerKind::Rspamd:
            return rspamd_answer(is_bad);
        case ScannerKind::Milter:
            break;
    }
    return {};
}

std::string nonsense(std::size_t number) {
    static const std::array all{"\0"s,
                                "OK\r\n"s,
                                "220 mx.example ESMTP\r\n"s,
                                "\x16\x03\x01\0\0"s,
                                "stream: Can't allocate memory ERROR\0"s,
                                "stream:  FOUND\0"s,
                                "SPAMD/1.1 75 EX_TEMPFAIL\r\n"s,
                                "SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\nSpam: Perhaps ; 0 / 5\r\n\r\n"s,
                                "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\n{}"s,
                                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"s,
                                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"s};
    return all.at(number % all.size());
}

}  // namespace cursus
