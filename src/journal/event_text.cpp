#include "journal/event_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/printable.h"
#include "base/utf8.h"

namespace cursus {
namespace {

bool is_plain(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const auto plain =
            text.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin()));
        out += plain;
        text.remove_prefix(plain.size());
        if (text.empty()) break;
        const auto byte = static_cast<unsigned char>(text.front());
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text.front();
        } else if (const auto control = control_length(text); control != 0) {
            // Of two octets, the second alone is the code point: U+0080 to U+009F.
            fmt::format_to(std::back_inserter(out), "\\u{:04x}",
                           static_cast<unsigned char>(text[control - 1]));
            text.remove_prefix(control - 1);
        } else {
            const auto length = utf8_sequence_length(text);
            out += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, length);
            text.remove_prefix(length == 0 ? 1 : length);
            continue;
        }
        text.remove_prefix(1);
    }
    out += '"';
}

struct JsonValue {
    std::string& out;
    void operator()(std::string_view text) const { append_json_string(out, text); }
    void operator()(std::uint64_t number) const { out += std::to_string(number); }
    void operator()(bool flag) const { out += flag ? "true" : "false"; }
    void operator()(const std::vector<std::string>* list) const {
        out += '[';
        for (const auto& text : *list) {
            if (&text != &list->front()) out += ',';
            append_json_string(out, text);
        }
        out += ']';
    }
};

struct HumanValue {
    std::string& out;
    void operator()(std::string_view text) const {
        const bool quoted = text.empty() || text.find_first_of(" \"=") != std::string_view::npos;
        if (quoted) out += '"';
        append_printable(out, text);
        if (quoted) out += '"';
    }
    void operator()(std::uint64_t number) const { out += std::to_string(number); }
    void operator()(bool flag) const { out += flag ? "yes" : "no"; }
    void operator()(const std::vector<std::string>* list) const {
        for (const auto& text : *list) {
            if (&text != &list->front()) out += ',';
            append_printable(out, text);
        }
    }
};

}  // namespace

void append_json_line(std::string& out, const MailEvent& event) {
    const auto described = fields_of(event.body);
    out.append(R"({"at":")").append(time_text(event.at));
    out.append(R"(","event":")").append(described.name).append("\"");
    if (event.session) out.append(R"(,"session":")").append(event.session.text()).append("\"");
    if (event.message) out.append(R"(,"message":")").append(event.message.text()).append("\"");
    for (const auto& [name, value] : described.fields) {
        out.append(",\"").append(name).append("\":");
        std::visit(JsonValue{out}, value);
    }
    out += '}';
}

std::string json_line(const MailEvent& event) {
    std::string out;
    append_json_line(out, event);
    return out;
}

std::string human_line(const MailEvent& event) {
    const auto described = fields_of(event.body);
    constexpr std::size_t time_begin = 11, time_length = 12;  // of the RFC 3339 text: hours to milliseconds
    std::string out = time_text(event.at).substr(time_begin, time_length);
    out += ' ';
    out += event.message ? event.message.text() : event.session ? event.session.text() : std::string(13, '-');
    out += ' ';
    out += described.name;
    for (const auto& [name, value] : described.fields) {
        out += ' ';
        out += name;
        out += '=';
        std::visit(HumanValue{out}, value);
    }
    return out;
}

}  // namespace cursus
