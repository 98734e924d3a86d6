#include "main/session_record.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "main/stand_in.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

std::string text_in(const Json& event, const char* key) {
    return event.value(key, std::string());
}

// Of all stand-ins of a session: they are in memory.
constexpr std::uint64_t stand_in_octets_max = std::uint64_t{128} * 1024 * 1024;

TlsFacts tls_in(const Json& event) {
    TlsFacts tls;
    tls.protocol = text_in(event, "protocol");
    tls.cipher = text_in(event, "cipher");
    tls.verified = event.value("verified", false);
    tls.peer_subject = text_in(event, "peer");
    tls.peer_fingerprint = text_in(event, "fingerprint");
    return tls;
}

// Of EHLO, HELO and LHLO; empty: it is another command.
std::string name_in_greeting(const std::string& command) {
    constexpr std::string_view verbs[] = {"EHLO ", "HELO ", "LHLO "};
    const bool greets = std::ranges::any_of(verbs, [&command](std::string_view verb) {
        return equal_ignoring_case(std::string_view(command).substr(0, verb.size()), verb);
    });
    return greets ? command.substr(verbs[0].size()) : std::string();
}

void add(std::vector<std::string>& recipients, std::string recipient) {
    if (std::ranges::find(recipients, recipient) == recipients.end())
        recipients.push_back(std::move(recipient));
}

LookedUp looked_up_in(const Json& event) {
    Found found = found_in(event);
    const std::chrono::duration<double> took(parse_number<double>(text_in(event, "seconds")).value_or(0));
    return {text_in(event, "what"),
            text_in(event, "subject"),
            std::move(found.words),
            found.number,
            std::move(found.detail),
            std::move(found.trouble),
            std::chrono::duration_cast<Duration>(took)};
}

// Hears the events one by one.
class Listening {
public:
    void hear(const Json& event) {
        const std::string kind = text_in(event, "event");
        if (kind == "surveyed") surveys_[text_in(event, "message")] = event;
        if (kind == "recipient_refused")
            hear_refused(event);
        else if (event.contains("sender"))
            hear_transaction(kind, event);
        else if (kind == "rewritten" && text_in(event, "field") == "MAIL" && !written_)
            written_ = bare_path(text_in(event, "before"));
        else if (kind == "looked_up" && text_in(event, "what") == "milter")
            record_.of_milters.push_back(looked_up_in(event));
        else
            hear_client(kind, event);
    }
    SessionRecord record() && { return std::move(record_); }

private:
    void hear_client(const std::string& kind, const Json& event) {
        ImaginedClient& client = record_.client;
        if (kind == "connected") record_.listener = text_in(event, "listener");
        if (kind == "connected" || kind == "client_restated")
            if (const auto endpoint = Endpoint::parse(text_in(event, "client"))) client.address = *endpoint;
        const bool greets = kind == "greeted" || kind == "client_restated";
        if (greets && !text_in(event, "helo").empty()) client.helo = text_in(event, "helo");
        // Whoever is refused at the greeting has named itself all the same.
        if (kind == "command_refused" && client.helo.empty())
            client.helo = name_in_greeting(text_in(event, "command"));
        if (kind == "authenticated") client.account = text_in(event, "account");
        if (kind == "tls_started") client.tls = tls_in(event);
    }
    // The end of its transaction comes later, but for those that a client has sent behind a refused MAIL, and
    // those that LMTP refuses when their message has come.
    void hear_refused(const Json& event) {
        const std::string message = text_in(event, "message");
        const bool is_behind_mail = text_in(event, "rule") == "sequence" && is_sender_refused_;
        const bool is_behind_message = !message.empty() && message == message_;
        const bool is_late = is_behind_mail || is_behind_message;
        auto& recipients = is_late ? record_.client.mails.back().recipients : refused_;
        add(recipients, text_in(event, "recipient"));
    }
    // How it ended. A message that was discarded for some is accepted for the others.
    void hear_transaction(const std::string& kind, const Json& event) {
        auto& mails = record_.client.mails;
        const std::string message = text_in(event, "message");
        const std::string told = bare_path(text_in(event, "sender"));
        const bool goes_on = (!message.empty() && message == message_) || (is_open_ && told == told_);
        if (mails.empty() || !goes_on)
            mails.push_back({std::exchange(written_, std::nullopt).value_or(told), {}, std::nullopt});
        for (auto& recipient : std::exchange(refused_, {}))
            add(mails.back().recipients, std::move(recipient));
        message_ = message;
        told_ = told;
        is_open_ = kind == "data_refused" && event.value("bytes", 0U) == 0;
        // Of a message that was taken it is not kept: it has the size that it came with.
        const auto size = event.value(kind == "accepted" ? "size" : "declared_size", std::uint64_t{0});
        mails.back().declared_size = std::max(mails.back().declared_size, size);
        for (const auto& recipient : event.value("recipients", Json::array()))
            add(mails.back().recipients, bare_path(recipient.get<std::string>()));
        is_sender_refused_ = kind == "sender_refused";
        if (kind == "accepted" || kind == "discarded" || kind == "data_refused") {
            if (const auto& earlier = mails.back().message) stand_in_octets_left_ += earlier->size();
            auto message_then = stand_in(what_is_known(kind, event), stand_in_octets_left_);
            stand_in_octets_left_ -= std::min<std::uint64_t>(stand_in_octets_left_, message_then.size());
            mails.back().message = std::move(message_then);
            record_.has_stand_in = true;
        }
    }
    // Of the message that the last transaction brought.
    StandIn what_is_known(const std::string& kind, const Json& event) const {
        const Json surveyed = surveys_.contains(message_) ? surveys_.at(message_) : Json::object();
        const auto size = event.value(kind == "accepted" ? "size" : "bytes", std::uint64_t{0});
        return {record_.client.mails.back().sender, surveyed.value("size", size),
                surveyed.value("attachments", std::vector<std::string>{}),
                surveyed.value("uri_hosts", std::vector<std::string>{})};
    }

    SessionRecord record_;
    std::optional<std::string> written_;   // the sender, if it goes out as another
    std::vector<std::string> refused_;     // since the last transaction
    std::map<std::string, Json> surveys_;  // of messages, by their ids
    std::uint64_t stand_in_octets_left_ = stand_in_octets_max;
    std::string message_;             // of the last transaction; empty: it had none
    std::string told_;                // its sender, as it was told
    bool is_open_ = false;            // the command DATA was refused: the transaction goes on
    bool is_sender_refused_ = false;  // the last transaction's
};

}  // namespace

std::string bare_path(std::string path) {
    if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
    return path;
}

SessionRecord session_record(const Json& events) {
    Listening listening;
    for (const auto& event : events) listening.hear(event);
    return std::move(listening).record();
}

Found found_in(const Json& event) {
    Found found;
    for (const auto& word : event.value("words", Json::array()))
        if (word.is_string()) found.words.push_back(word.get<std::string>());
    found.number = parse_number<double>(text_in(event, "number")).value_or(0);
    found.detail = text_in(event, "detail");
    found.trouble = text_in(event, "trouble");
    return found;
}

}  // namespace cursus
