#include "tests/scenarios/accounts.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace cursus {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
    return std::string(text);
}

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

// "id 0c5wpdpbk0abc" in the program's own trace field.
MessageId id_in(std::string_view text) {
    const auto field = header_field(text, "Received");
    const auto at = field.find(" id ");
    if (at == std::string::npos) return {};
    std::string id = field.substr(at + 4);
    id.resize(std::min(id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz"), id.size()));
    return MessageId::parse(id).value_or(MessageId{});
}

void add_notices(const SunkMessage& message, Accounts& accounts) {
    Notice notice;
    notice.envelope_recipient = message.recipients.front();
    notice.token = notice.envelope_recipient.substr(0, notice.envelope_recipient.find('@'));
    notice.notification = header_field(message.text, "Message-ID");
    notice.at = message.at;
    notice.answer = message.answer;
    notice.message = id_in(message.text);
    std::string_view rest = message.text;
    std::size_t found = 0;
    while (!rest.empty()) {
        const auto line = take_line(rest);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto name = line.substr(0, colon), value = line.substr(colon + 1);
        if (equal_ignoring_case(name, "Final-Recipient"))
            notice.recipient = trimmed(value.substr(value.find(';') + 1));
        if (!equal_ignoring_case(name, "Action")) continue;
        notice.action = trimmed(value);
        accounts.notices.push_back(notice);
        ++found;
    }
    if (found == 0)
        accounts.oddities.push_back("a null sender's message without delivery status for " + notice.token);
}

void add_mailboxes(SimWorld& sim, Accounts& accounts) {
    const std::string root = "/mail/" + std::string(local_domain);
    for (const auto& user : sim.files().list(root).value_or(std::vector<std::string>())) {
        const std::string directory = root + "/" + user + "/new";
        for (const auto& name : sim.files().list(directory).value_or(std::vector<std::string>())) {
            auto file = sim.files().open(directory + "/" + name, OpenMode::Read, 0);
            if (!file) continue;
            std::string text((*file)->size().value_or(0), '\0');
            (*file)->read_at(0, text).value();
            Delivery delivery;
            delivery.token = header_field(text, "Subject");
            delivery.recipient = user + "@" + std::string(local_domain);
            delivery.message = id_in(text);
            delivery.text = std::move(text);
            delivery.is_local = true;
            accounts.deliveries.push_back(std::move(delivery));
        }
    }
}

}  // namespace

std::string header_field(std::string_view text, std::string_view name) {
    std::string value;
    bool is_in_it = false;
    while (!text.empty()) {
        const auto line = take_line(text);
        if (line.empty()) break;
        const bool is_continued = line.front() == ' ' || line.front() == '\t';
        if (is_continued && is_in_it) value += ' ' + trimmed(line);
        if (is_continued) continue;
        if (is_in_it) break;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !equal_ignoring_case(line.substr(0, colon), name)) continue;
        value = trimmed(line.substr(colon + 1));
        is_in_it = true;
    }
    return value;
}

Accounts collect_accounts(SimWorld& sim, const Town& town) {
    Accounts accounts;
    for (const auto& sink : town.sinks()) {
        for (const auto& message : sink->messages()) {
            if (message.sender.empty()) {
                add_notices(message, accounts);
                continue;
            }
            for (const auto& recipient : message.recipients) {
                accounts.deliveries.push_back({header_field(message.text, "Subject"), recipient,
                                               message.began, message.at, message.answer, id_in(message.text),
                                               message.text, false});
            }
        }
    }
    add_mailboxes(sim, accounts);
    return accounts;
}

}  // namespace cursus
