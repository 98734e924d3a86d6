#include "mail/mime_file_names.h"

#include <algorithm>
#include <utility>

#include "base/printable.h"
#include "base/text.h"
#include "mail/mime_charset.h"
#include "mail/mime_words.h"

namespace cursus {
namespace {

// U+202D and U+202E: what follows is shown from right to left, so that a name seems to end otherwise.
bool has_direction_override(std::string_view utf8) {
    return utf8.contains("\xe2\x80\xad") || utf8.contains("\xe2\x80\xae");
}

std::string without_controls(std::string_view text) {
    std::string kept;
    while (!text.empty()) {
        const auto control = control_length(text);
        if (control == 0) kept += text.front();
        text.remove_prefix(std::max<std::size_t>(control, 1));
    }
    return kept;
}

// As a file system has it: without a path before it, and without what Windows cuts off behind it.
std::string_view base_name(std::string_view name) {
    while (!name.empty() && std::string_view("/\\. ").contains(name.back())) name.remove_suffix(1);
    const auto path = name.find_last_of("/\\");
    return path == std::string_view::npos ? name : name.substr(path + 1);
}

std::string suffix_of(std::string_view name) {
    const auto base = base_name(name);
    const auto dot = base.rfind('.');
    return dot == std::string_view::npos ? std::string() : to_lower(base.substr(dot + 1));
}

}  // namespace

void FileNames::add(const MimeValue& value) {
    for (const std::string_view name : {"name", "filename"}) {
        const auto readings = read_parameter(value, name);
        if (readings.has_odd_pieces) note(Malformation::FileNamePieces);
        for (const auto& reading : readings.best) add_best(reading);
        for (const auto& reading : readings.others) add_words(reading);
    }
}

void FileNames::add_careless(std::string_view body) {
    add_lesser(read_mime_value(body, MimeReading::Careless));
}

void FileNames::add_decoded(std::string_view body) {
    if (!body.contains("=?")) return;
    const auto decoded = decode_encoded_words(body);
    add_lesser(read_mime_value(decoded));
}

void FileNames::add_lesser(const MimeValue& value) {
    for (const std::string_view name : {"name", "filename"}) {
        for (const auto& reading : read_parameter(value, name).best) add_words(reading);
    }
}

void FileNames::add_best(const std::string& text) {
    const auto decoded = decode_encoded_words(text);
    if (decoded != text) note(Malformation::EncodedWordInParameter);
    if (has_hidden_control(decoded) || has_direction_override(decoded)) note(Malformation::FileNameControl);
    if (decoded.find_first_of("/\\") != std::string::npos) note(Malformation::FileNamePath);
    compare_suffix(decoded);
    add_words(text);
}

// Readers agree on what kind of file it is, if on nothing else; one that sees no suffix is no trouble.
void FileNames::compare_suffix(std::string_view name) {
    auto suffix = suffix_of(name);
    if (suffix.empty()) return;
    if (suffix_.empty())
        suffix_ = std::move(suffix);
    else if (suffix_ != suffix)
        note(Malformation::FileNameDisagreement);
}

// With its encoded words decoded or not, the last one's end missing or not.
void FileNames::add_words(const std::string& text) {
    add_forms(text);
    if (!text.contains("=?")) return;
    add_forms(decode_encoded_words(text));
    add_forms(decode_encoded_words(text + "?="));
}

void FileNames::add_forms(std::string text) {
    if (text.size() > file_name_octets_max) {
        note(Malformation::FileNameTooLong);
        text.erase(0, text.size() - file_name_octets_max);
    }
    add_name(text);
    const std::string visible = without_controls(text);
    const std::string_view base = base_name(visible);
    add_name(std::string(base));
    // What stands behind a colon is no part of the name for Windows, but of a stream in the file.
    add_name(std::string(base.substr(0, base.find(':'))));
    add_name(std::string(base_name(std::string_view(text).substr(0, text.find('\0')))));
}

void FileNames::add_name(std::string name) {
    if (name.empty() || std::ranges::find(names_, name) != names_.end()) return;
    if (names_.size() == file_names_max)
        note(Malformation::FileNames);
    else
        names_.push_back(std::move(name));
}

void FileNames::note(Malformation fault) {
    if (std::ranges::find(faults_, fault) == faults_.end()) faults_.push_back(fault);
}

}  // namespace cursus
