#include "main/stand_in.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view boundary = "stand-in";

// RFC 2045 §5.1: what a type may be made of, beside the slash.
bool is_token(char c) {
    return c > ' ' && c < '\x7f' && std::string_view("()<>@,;:\\\"[]?=").find(c) == std::string_view::npos;
}

// RFC 2231 §4, in continuations that fit a line (§3).
std::string file_name(std::string_view name) {
    constexpr std::size_t a_line = 20;
    std::string parameters;
    for (std::size_t i = 0; !name.empty(); ++i) {
        parameters += fmt::format(";\r\n filename*{}*={}", i, i == 0 ? "utf-8''" : "");
        for (const char c : name.substr(0, a_line))
            parameters += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        name.remove_prefix(std::min(a_line, name.size()));
    }
    return parameters;
}

std::string attachment(std::string_view type_and_name) {
    const auto space = std::min(type_and_name.find(' '), type_and_name.size());
    std::string_view type = type_and_name.substr(0, space);
    if (type.find('/') == std::string_view::npos || !std::ranges::all_of(type, is_token))
        type = "application/octet-stream";
    const std::string_view name = type_and_name.substr(std::min(space + 1, type_and_name.size()));
    return fmt::format("--{}\r\nContent-Type: {}\r\nContent-Disposition: attachment{}\r\n\r\n\r\n", boundary,
                       type, file_name(name));
}

// `octets` of them, or one less, since a line has at least its end.
std::string lines_of(std::uint64_t octets) {
    constexpr std::uint64_t whole_line = 78;
    std::string line(whole_line - line_end.size(), '=');
    line += line_end;
    std::string lines;
    lines.reserve(octets);
    for (; octets >= whole_line + line_end.size(); octets -= whole_line) lines += line;
    if (octets < line_end.size()) return lines;
    return lines.append(octets - line_end.size(), '=').append(line_end);
}

}  // namespace

std::string stand_in(const StandIn& message, std::uint64_t octets_max) {
    const std::string from = message.sender.empty() ? "postmaster@invalid.example" : message.sender;
    std::string front = fmt::format(
        "From: <{}>\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-ID: <stand-in@invalid.example>\r\n"
        "Subject: stand-in\r\n",
        from);
    std::string end;
    if (!message.attachments.empty()) {
        front += fmt::format(
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={0}\r\n\r\n"
            "--{0}\r\nContent-Type: text/plain\r\n",
            boundary);
        for (const auto& part : message.attachments) end += attachment(part);
        end += fmt::format("--{}--\r\n", boundary);
    }
    front += line_end;
    for (const auto& host : message.uri_hosts) front += fmt::format("http://{}/\r\n", host);
    const std::uint64_t has = front.size() + end.size();
    const std::uint64_t wanted = std::min(message.octets, octets_max);
    return front + lines_of(wanted - std::min(wanted, has)) + end;
}

}  // namespace cursus
