// AUTH, RFC 4954 §4.
#include <utility>

#include <fmt/format.h>

#include "smtp/implementation.h"

namespace cursus {

namespace {

constexpr std::size_t command_line_octets_max = 512;  // RFC 5321 §4.5.3.1.4, with CRLF
constexpr std::size_t challenges_max = 8;             // no mechanism here has more than three
constexpr int go_on = 334;
constexpr int succeeded = 235;

// One login: what is said is remembered, so that no reply carries it into the log.
class Login {
public:
    Login(Mechanism mechanism, LoginAs who, const std::optional<TlsFacts>& tls)
        : mechanism_(mechanism), who_(std::move(who)), sasl_(mechanism, who_, tls) {}

    // The line with AUTH, with an initial response where there is one that fits.
    Result<std::string, std::string> begin() {
        std::string line = fmt::format("AUTH {}", name(mechanism_));
        if (sasl_.speaks_first()) {
            TRY(first, say(""));
            if (line.size() + 1 + first.size() + 2 > command_line_octets_max)
                withheld_ = std::move(first);
            else
                line += ' ' + first;
        }
        return line + "\r\n";
    }

    Result<std::string, std::string> answer(const Reply& challenge) {
        if (++challenges_ > challenges_max) return failure(std::string("its challenges do not end"));
        if (withheld_.empty()) {
            TRY(response, say(challenge.text()));
            return response + "\r\n";
        }
        if (!challenge.text().empty()) return failure(std::string("it asks before it has heard who we are"));
        return std::exchange(withheld_, {}) + "\r\n";
    }

    bool is_proven() const { return sasl_.is_satisfied(); }

    // Servers that do not know AUTH repeat the whole line in their complaint.
    Reply without_secrets(Reply reply) const {
        const std::string text = reply.text();
        bool is_secret = !who_.password.empty() && text.contains(who_.password);
        for (const std::string& one : said_) is_secret |= !one.empty() && text.contains(one);
        if (!is_secret) return reply;
        return {reply.code(), reply.status(), {"(it repeats what we said to log in)"}};
    }

private:
    Result<std::string, std::string> say(const std::string& challenge) {
        TRY(response, sasl_.answer(challenge));
        said_.push_back(response);
        return response;
    }

    Mechanism mechanism_;
    LoginAs who_;
    SaslClient sasl_;
    std::vector<std::string> said_;
    std::string withheld_;  // an initial response that the server must ask for
    std::size_t challenges_ = 0;
};

}  // namespace

Task<Result<void, DialogueFailure>> SmtpClient::Implementation::log_in(Mechanism mechanism, LoginAs who) {
    Login login(mechanism, std::move(who), talk_.stream().tls());
    auto line = login.begin();
    if (!line) co_return failure(talk_.broken(SmtpStage::Auth, std::move(line).error()));
    auto reply = co_await talk_.ask(SmtpStage::Auth, *line, timeouts_.auth);
    while (reply && reply->code() == go_on) {
        line = login.answer(*reply);
        if (!line) {
            auto cancelled = co_await cancel_login(std::move(line).error());
            co_return failure(std::move(cancelled));
        }
        reply = co_await talk_.ask(SmtpStage::Auth, *line, timeouts_.auth);
    }
    if (!reply) {
        DialogueFailure broken = std::move(reply).error();
        if (broken.reply) broken = refused(SmtpStage::Auth, login.without_secrets(std::move(*broken.reply)));
        co_return failure(std::move(broken));
    }
    Reply last = login.without_secrets(*std::move(reply));
    if (says_no(last)) co_return failure(refused(SmtpStage::Auth, std::move(last)));
    if (last.code() != succeeded) co_return failure(talk_.broken(SmtpStage::Auth, last.one_line()));
    if (!login.is_proven())
        co_return failure(talk_.broken(SmtpStage::Auth, "it lets us in without having proven itself"));
    co_return Result<void, DialogueFailure>{};
}

// RFC 4954 §4: a client that does not go on says "*", which the server answers with 501.
Task<DialogueFailure> SmtpClient::Implementation::cancel_login(std::string why) {
    const auto heard = co_await talk_.ask(SmtpStage::Auth, "*\r\n", timeouts_.auth);
    const bool is_open = heard && says_no(*heard);
    if (!is_open) talk_.give_up();
    co_return DialogueFailure{SmtpStage::Auth, std::nullopt, std::nullopt, std::move(why)};
}

}  // namespace cursus
