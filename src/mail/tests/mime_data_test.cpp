#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "base/text.h"
#include "mail/address_list.h"
#include "mail/date_syntax.h"
#include "mail/message_id.h"
#include "mail/mime_readings.h"
#include "mail/mime_words.h"
#include "mail/tests/mime_data.h"
#include "mail/tests/mime_record.h"

namespace cursus {
namespace {

using nlohmann::json;

// A line for each part with its media type, indented by depth.
std::string outline(const MimeRecord& record) {
    std::string text;
    for (std::size_t from = 0; from < record.parts.size();) {
        const auto end = record.parts.find('\n', from);
        const auto line = std::string_view(record.parts).substr(from, end - from);
        text += std::string(line.substr(0, line.find(' ', line.find_first_not_of(' ')))) + "\n";
        from = end + 1;
    }
    return text;
}

bool has(const json& object, const char* key) {
    return object.contains(key) && !object[key].is_null();
}

std::string media_type(const json& part, const std::string& otherwise) {
    for (const auto& field : part["headers"]) {
        if (field["name"] != "content_type" || !field["value"].is_object()) continue;
        const auto& type = field["value"]["ContentType"];
        if (!has(type, "c_subtype")) return otherwise;
        return to_lower(type["c_type"].get<std::string>() + "/" + type["c_subtype"].get<std::string>());
    }
    return otherwise;
}

void add_outline(std::string& text, const json& message, std::size_t number, std::size_t depth,
                 const std::string& otherwise) {
    const auto& part = message["parts"][number];
    const auto type = media_type(part, otherwise);
    text += std::string(depth * 2, ' ') + type + "\n";
    const auto& body = part["body"];
    const std::string inner = type == "multipart/digest" ? "message/rfc822" : "text/plain";
    if (body.contains("Multipart")) {
        for (const auto& child : body["Multipart"]) add_outline(text, message, child, depth + 1, inner);
    }
    if (body.contains("Message")) add_outline(text, body["Message"], 0, depth + 1, "text/plain");
}

std::string outline_in(const json& message) {
    std::string text;
    add_outline(text, message, 0, 0, "text/plain");
    return text;
}

void add_file_names(std::vector<std::string>& names, const json& message) {
    for (const auto& part : message["parts"]) {
        for (const auto& field : part["headers"]) {
            if (!field["value"].is_object() || !field["value"].contains("ContentType")) continue;
            const auto& type = field["value"]["ContentType"];
            if (!has(type, "attributes")) continue;
            for (const auto& parameter : type["attributes"]) {
                if (parameter["name"] == "name" || parameter["name"] == "filename")
                    names.push_back(parameter["value"]);
            }
        }
        if (part["body"].contains("Message")) add_file_names(names, part["body"]["Message"]);
    }
}

void expect_file_names(const DataMessage& message) {
    std::vector<std::string> theirs, ours;
    add_file_names(theirs, message.reading);
    for (const auto& names : walk(message.text).file_names)
        ours.insert(ours.end(), names.begin(), names.end());
    for (const auto& name : theirs)
        EXPECT_NE(std::ranges::find(ours, name), ours.end()) << message.name << ": " << name;
}

// In pieces of one octet, and of others that are no power of two.
void expect_same_in_pieces(const DataMessage& message) {
    const auto whole = walk(message.text);
    for (const std::size_t step : {1, 3, 77}) {
        const auto torn = walk(message.text, step);
        EXPECT_EQ(torn.text(), whole.text()) << message.name;
        EXPECT_EQ(torn.fields, whole.fields) << message.name;
    }
}

TEST(MimeData, well_formed_messages_have_the_parts_that_their_origin_sees) {
    for (const auto& message : data_messages("rfc")) {
        EXPECT_EQ(outline(walk(message.text)), outline_in(message.reading)) << message.name;
        expect_file_names(message);
        expect_same_in_pieces(message);
    }
}

struct OtherReading {
    const char* ours;
    const char* faults;  // one of them at least says that there are several readings
};

// Where we see other parts in a malformed message, and why.
const std::map<std::string, OtherReading> other_readings{
    // "--:foo" could be a field called "--"; we look for delimiters first.
    {"malformed/000",
     {"multipart/mixed\n  text/plain\n  text/plain\n  text/plain\n  text/html\n", "part-header-unended"}},
    // "--ab" is the outer boundary exactly, and only begins with the inner one.
    {"malformed/001", {"multipart/mixed\n  multipart/mixed\n  text/plain\n", "boundary-prefix"}},
    {"malformed/008",
     {"multipart/mixed\n  multipart/mixed\n    text/plain\n  text/html\n", "boundary-prefix"}},
    // "--ab" begins with the only boundary that is known while the header of the inner multipart goes on.
    {"malformed/007",
     {"multipart/mixed\n  multipart/mixed\n  text/plain\n  text/plain\n", "boundary-trailing-text"}},
    // An outer delimiter ends what stands within, RFC 2046 §5.1.2.
    {"malformed/009",
     {"multipart/mixed\n  multipart/mixed\n    text/plain\n    text/plain\n  text/plain\n",
      "multipart-cut-short"}},
    {"malformed/011",
     {"multipart/mixed\n  multipart/mixed\n    text/plain\n    text/plain\n  text/plain\n",
      "multipart-cut-short"}},
    {"malformed/012",
     {"multipart/mixed\n  multipart/mixed\n    message/rfc822\n      text/plain\n    message/rfc822\n"
      "      text/plain\n  message/rfc822\n    text/plain\n",
      "multipart-cut-short"}},
    // Boundaries are compared as they are, not by their first octets.
    {"malformed/016",
     {"multipart/mixed\n  multipart/mixed\n    multipart/mixed\n      text/plain\n  text/plain\n",
      "boundary-syntax"}},
    // Of two types we take the one that shows parts.
    {"malformed/020",
     {"multipart/related\n  multipart/alternative\n    text/html\n    text/plain\n  image/png\n",
      "duplicate-content-type"}},
    {"malformed/021",
     {"multipart/related\n  multipart/alternative\n    text/html\n    text/plain\n  image/png\n",
      "duplicate-content-type"}},
    // A message that is none is one with a strange header.
    {"malformed/022",
     {"multipart/mixed\n  text/plain\n  message/rfc822\n    text/plain\n", "embedded-header-syntax"}},
};

TEST(MimeData, malformed_messages_have_the_parts_that_their_origin_sees_or_say_that_others_can_be_seen) {
    for (const auto& message : data_messages("malformed")) {
        const auto record = walk(message.text);
        const auto other = other_readings.find(message.name);
        if (other == other_readings.end()) {
            EXPECT_EQ(outline(record), outline_in(message.reading)) << message.name;
        } else {
            EXPECT_NE(outline(record), outline_in(message.reading)) << message.name << " needs no exception";
            EXPECT_EQ(outline(record), other->second.ours) << message.name;
            EXPECT_TRUE(record.wrong.contains(other->second.faults)) << message.name << ": " << record.wrong;
        }
        EXPECT_TRUE(record.open.empty()) << message.name;
        expect_file_names(message);
        expect_same_in_pieces(message);
    }
}

// A field's body ends at the first line end that no white space follows.
std::string field_body(const json& entry) {
    const auto text = with_line_ends(entry["header"].get<std::string>());
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', end + 1)) {
        if (end + 1 == text.size() || !is_blank(text[end + 1])) return text.substr(0, end - 1);
    }
    return text;
}

// Bodies that we read otherwise, each for a reason.
const std::vector<std::string> other_types{
    "test/",      "text/", "text/;charset=us-ascii", "text/ ;charset=us-ascii",  // the slash stays
    "name=value",                                                                // a parameter without a type
};
const std::vector<std::string> other_parameters{
    // Language tags are parameters of their own there.
    "title-language", "filename-language", "key3-language",
    // Only the first piece names the character set, RFC 2231 §4.1.
    "filename=\u00d1and\u00fa r\u00e1pido (versi\u00f3n '99 \"oficial\").pdf",
    // Of a character set that is not known only ASCII is.
    "name=\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645.gif",
    // White space between encoded words goes, in quotes too: they have no place there anyway.
    "name=\u00e1 \u00e9 \u00ed.jpeg",
    // Names that begin with an asterisk are no pieces of anything, and numbers are not found in words.
    "5=d", "1=ha", "18=*=*=*=*==i", "7=e"};

bool is_excused(const std::vector<std::string>& excuses, const std::string& text) {
    return std::ranges::any_of(excuses, [&](const auto& excuse) { return text.starts_with(excuse); });
}

std::vector<std::string> all_readings(const MimeValue& value, const std::string& name) {
    const auto readings = read_parameter(value, name);
    std::vector<std::string> all = readings.best;
    all.insert(all.end(), readings.others.begin(), readings.others.end());
    const auto undecoded = all;
    for (const auto& reading : undecoded) all.push_back(decode_encoded_words(reading));
    return all;
}

TEST(MimeData, content_types_are_read_as_their_origin_reads_them) {
    std::size_t compared = 0;
    for (const auto& entry : data_fields("content_type")) {
        const auto body = field_body(entry);
        const auto& expected = entry["expected"];
        if (expected.is_null()) continue;
        const auto value = read_mime_value(body);
        auto type = to_lower(expected["c_type"].get<std::string>());
        if (!expected["c_subtype"].is_null())
            type += "/" + to_lower(expected["c_subtype"].get<std::string>());
        EXPECT_EQ(value.value == type, std::ranges::find(other_types, body) == other_types.end()) << body;
        if (!has(expected, "attributes")) continue;
        for (const auto& parameter : expected["attributes"]) {
            const auto name = parameter[0].get<std::string>(), text = parameter[1].get<std::string>();
            const auto all = all_readings(value, name);
            const bool is_found = std::ranges::find(all, text) != all.end();
            EXPECT_EQ(is_found,
                      !is_excused(other_parameters, name + "=" + text) && !is_excused(other_parameters, name))
                << body << name << "=" << text;
            ++compared;
        }
    }
    EXPECT_GT(compared, 60U);
}

TEST(MimeData, dates_are_read_as_their_origin_reads_them_but_for_what_is_no_date) {
    const std::vector<std::string> refused{
        "20 11 (",                             // a month has a name
        " Wed, 27 Jun 99",                     // it was a Sunday
        " 4 8 15 16 23 42",                    // numbers
        "by 2002:aa7:cd10",                    // the body of a Received field
        "Thu, 10 Jul 1997 14:53:31 EST5EDT"};  // RFC 5322 §4.3 has letters only
    for (const auto& entry : data_fields("date")) {
        const auto body = field_body(entry);
        EXPECT_EQ(is_date_time(body), !entry["expected"].is_null() && !is_excused(refused, body)) << body;
    }
}

TEST(MimeData, message_ids_are_read_as_their_origin_reads_them_but_for_those_without_brackets) {
    for (const auto& entry : data_fields("id")) {
        const auto body = field_body(entry);
        const bool is_one = entry["expected"].is_array() && entry["expected"].size() == 1;
        EXPECT_EQ(is_message_id(body), is_one && body.contains('<')) << body;
    }
}

std::string without_white_space(std::string text) {
    std::erase_if(text, [](char c) { return is_blank(c) || c == '\r' || c == '\n'; });
    return text;
}

// White space apart: whether a fold is one space, and whether a word that follows no space gets one.
TEST(MimeData, encoded_words_are_read_as_their_origin_reads_them) {
    for (const auto& entry : data_fields("unstructured")) {
        const auto body = field_body(entry);
        EXPECT_EQ(without_white_space(decode_encoded_words(body)), without_white_space(entry["expected"]))
            << body;
    }
}

std::vector<std::string> our_addresses(std::string_view body) {
    std::vector<std::string> found;
    AddressList addresses(body);
    while (const auto address = addresses.next())
        found.push_back(address->domain ? address->local_part + "@" + *address->domain : address->local_part);
    return found;
}

void add_addresses(std::vector<std::string>& found, const json& list) {
    for (const auto& address : list) {
        if (has(address, "address")) found.push_back(without_white_space(address["address"]));
    }
}

std::vector<std::string> their_addresses(const json& expected) {
    std::vector<std::string> found;
    if (expected.contains("List")) add_addresses(found, expected["List"]);
    if (expected.contains("Group")) {
        for (const auto& group : expected["Group"]) add_addresses(found, group["addresses"]);
    }
    return found;
}

TEST(MimeData, address_lists_are_clean_where_they_are_lists_of_addresses) {
    const std::vector<std::string> unclean{
        "test@test.com\r\ninvalid",
        "List 1: ",
        "\"List 1\": ",
        "\"=?utf-8?b?VGj",                   // no comma behind a group
        "Pete(A nice \r\n \\\r\n ) chap) ",  // the backslash does not reach the parenthesis
        "phil@example.com <phil@example.com>",
        "<a@b.com> =?utf-8?q?Doe?="};
    std::size_t compared = 0;
    for (const auto& entry : data_fields("address")) {
        const auto body = field_body(entry);
        const bool is_of_uris = body.contains("://") || body.contains("mailto:") || body.starts_with("NO ");
        if (is_of_uris) continue;  // a field of RFC 2369
        AddressList addresses(body);
        while (addresses.next()) {
        }
        EXPECT_EQ(addresses.is_clean(), !is_excused(unclean, body)) << body;
        const bool has_route = body.contains("<@");
        if (!has_route && addresses.is_clean())
            EXPECT_EQ(our_addresses(body), their_addresses(entry["expected"])) << body;
        ++compared;
    }
    EXPECT_GT(compared, 40U);
}

}  // namespace
}  // namespace cursus
