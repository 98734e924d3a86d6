#include "journal/journal.h"

#include <algorithm>
#include <ranges>
#include <unordered_map>

#include "journal/event_text.h"

namespace cursus {
namespace {

constexpr char by_id = 'i';
constexpr char by_address = 'a';
constexpr std::size_t address_octets_max = 400;  // a longer one is cut, in the key as in the question

void append_number(std::string& key, std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift & 0xff);
}

std::string id_prefix(std::uint64_t id) {
    std::string key(1, by_id);
    append_number(key, id);
    return key;
}

std::string event_key(std::uint64_t id, WallTime at, std::uint32_t sequence) {
    std::string key = id_prefix(id);
    append_number(key, static_cast<std::uint64_t>(at.time_since_epoch().count()));
    append_number(key, sequence);
    return key;
}

std::string address_prefix(std::string_view address) {
    if (address.starts_with('<') && address.ends_with('>')) address = address.substr(1, address.size() - 2);
    std::string key(1, by_address);
    for (const char c : address.substr(0, address_octets_max)) {
        key += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    key += '\0';
    return key;
}

// Newest first: the id, inverted, ends the key.
std::string address_key(std::string_view address, std::uint64_t id) {
    std::string key = address_prefix(address);
    append_number(key, ~id);
    return key;
}

std::uint64_t last_number(std::string_view key) {
    std::uint64_t number = 0;
    for (const char c : key.substr(key.size() - 8)) number = number << 8 | static_cast<unsigned char>(c);
    return number;
}

// The addresses by which an event should be found: those of a transaction, however it went.
std::vector<std::string_view> addresses_of(const EventBody& body) {
    std::vector<std::string_view> addresses;
    const auto add = [&addresses](const auto& event) {
        if constexpr (requires { event.recipients, event.sender; }) {
            addresses.push_back(event.sender);
            addresses.insert(addresses.end(), event.recipients.begin(), event.recipients.end());
        } else if constexpr (std::is_same_v<decltype(event), const RecipientRefused&>) {
            addresses.push_back(event.recipient);
        } else if constexpr (std::is_same_v<decltype(event), const SenderRefused&>) {
            addresses.push_back(event.sender);
        }
    };
    std::visit(add, body);
    return addresses;
}

constexpr auto is_of_session = []<class Event>(const Event&) {
    return std::is_same_v<Event, Accepted> || std::is_same_v<Event, Discarded> ||
           std::is_same_v<Event, DataRefused> || std::is_same_v<Event, RecipientRefused> ||
           std::is_same_v<Event, Surveyed>;
};

// Whose records it stands in. What became of a message in its session is the session's story too; what
// becomes of it later is the message's alone.
std::vector<std::uint64_t> ids_of(const MailEvent& event) {
    if (!event.message)
        return event.session ? std::vector{event.session.value()} : std::vector<std::uint64_t>{};
    std::vector ids{event.message.value()};
    if (event.session && std::visit(is_of_session, event.body)) ids.push_back(event.session.value());
    return ids;
}

}  // namespace

// What happened to one message or session within a moment becomes one entry of several lines.
void JournalReader::read(std::span<const MailEvent> events) {
    std::vector<Entry> entries;
    std::unordered_map<std::uint64_t, std::size_t> entry_of;
    for (const auto& event : events) {
        const auto ids = ids_of(event);
        if (ids.empty()) continue;
        for (const auto address : addresses_of(event.body))
            entries.push_back({address_key(address, ids.front()), ""});
        for (const auto id : ids) {
            const auto [known, is_new] = entry_of.try_emplace(id, entries.size());
            if (is_new) entries.push_back({event_key(id, event.at, ++sequence_), ""});
            auto& lines = entries[known->second].value;
            if (!lines.empty()) lines += '\n';
            append_json_line(lines, event);
        }
    }
    if (entries.empty()) return;
    const auto kept = archive_.append(std::move(entries));
    const bool was_failing = std::exchange(is_failing_, !kept.has_value());
    if (was_failing == is_failing_) return;
    trouble_.emit(
        {events.back().at, {}, {}, Trouble{"journal", kept ? "writing works again" : kept.error().what}});
}

Result<std::vector<std::string>, StoreError> trace_id(const Archive& archive, std::uint64_t id,
                                                      std::size_t limit) {
    const auto prefix = id_prefix(id);
    TRY(entries, archive.scan(prefix, end_of_prefix(prefix), limit));
    std::vector<std::string> lines;
    for (const auto& entry : entries) {
        for (const auto line : std::views::split(entry.value, '\n'))
            lines.emplace_back(line.begin(), line.end());
    }
    std::ranges::sort(lines);  // each begins with its time: stages of a message tell theirs apart
    if (lines.size() > limit) lines.resize(limit);
    return lines;
}

Result<std::vector<std::uint64_t>, StoreError> trace_address(const Archive& archive, std::string_view address,
                                                             std::size_t limit) {
    const auto prefix = address_prefix(address);
    TRY(entries, archive.scan(prefix, end_of_prefix(prefix), limit));
    std::vector<std::uint64_t> ids;
    for (const auto& entry : entries) ids.push_back(~last_number(entry.key));
    return ids;
}

}  // namespace cursus
