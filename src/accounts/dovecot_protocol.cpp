#include "accounts/dovecot_protocol.h"

#include <algorithm>

#include <fmt/format.h>

#include "accounts/account_name.h"
#include "base/printable.h"
#include "base/text.h"
#include "mail/base64.h"

namespace cursus {
namespace {

constexpr std::string_view question_number = "1";
constexpr std::size_t shown_octets_max = 200;  // of what makes no sense

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    while (true) {
        const auto tab = line.find('\t');
        fields.push_back(line.substr(0, tab));
        if (tab == std::string_view::npos) return fields;
        line.remove_prefix(tab + 1);
    }
}

// What could end a field is written as two octets, the first of which is 1.
std::string unescaped(std::string_view field) {
    std::string text;
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] != '\001' || i + 1 == field.size()) {
            text += field[i];
            continue;
        }
        constexpr std::string_view written = "01trn", meant("\0\001\t\r\n", 5);
        const auto which = written.find(field[++i]);
        text += which == std::string_view::npos ? field[i] : meant[which];
    }
    return text;
}

// Of ours, all fields with foreign octets are base64, but for the service's name, which is ours to choose.
std::string address_fields(const LoginScene& scene) {
    if (scene.client.address.is_unspecified()) return {};
    std::string fields = fmt::format("\trip={}\trport={}", scene.client.address.text(), scene.client.port);
    if (!scene.server.address.is_unspecified())
        fields += fmt::format("\tlip={}\tlport={}", scene.server.address.text(), scene.server.port);
    return fields;
}

struct Parameters {
    std::vector<std::string_view> fields;

    bool has(std::string_view field) const { return std::ranges::find(fields, field) != fields.end(); }
    std::string value_of(std::string_view key) const {
        for (const auto field : fields) {
            if (field.starts_with(key) && field.substr(key.size()).starts_with('='))
                return unescaped(field.substr(key.size() + 1));
        }
        return {};
    }
};

std::unexpected<std::string> nonsense(std::string_view line) {
    return failure(fmt::format("this is no answer: {}", printable(line.substr(0, shown_octets_max))));
}

Result<SaslStep, std::string> accepted(const Parameters& parameters) {
    SaslSuccess success{parameters.value_of("user")};
    // The password is right, and the account is barred; but for one that another Dovecot serves.
    if (parameters.has("nologin") && !parameters.has("proxy"))
        return SaslFailure{SaslRefusal::Wrong, success.account, "Dovecot lets the account not log in"};
    if (!is_account_name(success.account))
        return failure(std::string("it accepts somebody whose name is none"));
    const auto last_word = from_base64(parameters.value_of("resp"));
    if (!last_word || last_word->size() > sasl_octets_max)
        return failure(std::string("its last word is no base64"));
    success.last_word = *last_word;
    return success;
}

// Where it has not looked at what the client said, it has no word on the client.
SaslRefusal refusal_of(const Parameters& parameters, std::string_view code) {
    if (parameters.has("temp") || code == "temp_fail" || code == "mech_invalid" ||
        code == "mech_ssl_required")
        return SaslRefusal::Unavailable;
    return code == "invalid_base64" ? SaslRefusal::Malformed : SaslRefusal::Wrong;
}

SaslStep refused(const Parameters& parameters) {
    const std::string code = parameters.value_of("code");
    SaslFailure answer{refusal_of(parameters, code), parameters.value_of("user"), "Dovecot refuses"};
    for (const std::string_view word : {"temp", "authz", "user_disabled", "pass_expired"})
        if (parameters.has(word)) answer.why += fmt::format(", {}", word);
    for (const std::string& word : {code, parameters.value_of("reason")})
        if (!word.empty()) answer.why += fmt::format(", {}", word);
    return answer;
}

}  // namespace

Result<void, std::string> DovecotGreeting::take(std::string_view line) {
    if (++lines_ > dovecot_greeting_lines_max) return failure(std::string("its greeting does not end"));
    const auto fields = fields_of(line);
    if (fields[0] == "VERSION") {
        if (fields.size() < 2 || fields[1] != "1")
            return failure(std::string("it speaks another version of the protocol than 1"));
        has_version_ = true;
    } else if (fields[0] == "MECH" && fields.size() > 1) {
        const auto mechanism = mechanism_named(fields[1]);
        // What Dovecot cannot see of our connection, it cannot be asked about.
        const bool is_usable = mechanism && !binds_channel(*mechanism) && *mechanism != Mechanism::External;
        if (is_usable && std::ranges::find(mechanisms_, *mechanism) == mechanisms_.end())
            mechanisms_.push_back(*mechanism);
    } else if (fields[0] == "DONE") {
        if (!has_version_) return failure(std::string("it does not say which version it speaks"));
        std::ranges::sort(mechanisms_);
        is_over_ = true;
    }
    return {};
}

std::string dovecot_greeting(std::uint32_t number) {
    return fmt::format("VERSION\t1\t1\nCPID\t{}\n", number);
}

std::string dovecot_question(const DovecotQuestion& question, std::string_view response) {
    // nologin: nobody will come for the session that other programs would begin with it.
    return fmt::format("AUTH\t{}\t{}\tservice=smtp{}{}\tnologin\tresp={}\n", question_number,
                       name(question.mechanism), question.may_show_secrets ? "\tsecured" : "",
                       address_fields(question.scene), to_base64(response));
}

std::string dovecot_continuation(std::string_view response) {
    return fmt::format("CONT\t{}\t{}\n", question_number, to_base64(response));
}

Result<SaslStep, std::string> parse_dovecot_answer(std::string_view line) {
    const auto fields = fields_of(line);
    if (fields.size() < 2 || fields[1] != question_number) return nonsense(line);
    const Parameters parameters{{fields.begin() + 2, fields.end()}};
    if (fields[0] == "OK") return accepted(parameters);
    if (fields[0] == "FAIL") return refused(parameters);
    if (fields[0] != "CONT") return nonsense(line);
    const auto octets = from_base64(fields.size() > 2 ? fields[2] : std::string_view());
    if (!octets || octets->size() > sasl_octets_max)
        return failure(std::string("its challenge is no base64"));
    return SaslChallenge{*octets};
}

}  // namespace cursus
