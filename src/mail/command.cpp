#include "mail/command.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "base/words.h"
#include "mail/parameters.h"

namespace cursus {
namespace {

using Parsed = Result<Command, CommandFailure>;

std::unexpected<CommandFailure> fault(CommandError error) {
    return failure(CommandFailure{error});
}

std::string_view without_leading_spaces(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

std::string_view without_trailing_spaces(std::string_view text) {
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

bool is_visible_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_printable(c) && c != ' '; });
}

template <class Greeting>
Parsed parse_greeting(std::string_view argument) {
    if (argument.empty() || argument.size() > helo_octets_max || !is_visible_ascii(argument)) {
        return fault(CommandError::HeloArgument);
    }
    return Greeting{std::string(argument)};
}

// Where a path that begins at the front of `text` ends: behind the ">" that no quoted string holds.
std::optional<std::size_t> path_end(std::string_view text) {
    if (!text.starts_with('<')) return std::nullopt;
    bool is_quoted = false;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"')
            is_quoted = !is_quoted;
        else if (text[i] == '\\' && is_quoted)
            ++i;
        else if (text[i] == '>' && !is_quoted)
            return i + 1;
    }
    return std::nullopt;
}

// "FROM:<...> parameters" cut into path and parameters.
struct PathAndParameters {
    std::string_view path, parameters;
};
std::optional<PathAndParameters> split_path(std::string_view argument, std::string_view keyword) {
    if (!equal_ignoring_case(argument.substr(0, keyword.size()), keyword)) return std::nullopt;
    const auto text = without_leading_spaces(argument.substr(keyword.size()));
    const auto end = path_end(text);
    if (!end || (*end < text.size() && text[*end] != ' ')) return std::nullopt;
    return PathAndParameters{text.substr(0, *end), without_leading_spaces(text.substr(*end))};
}

Parsed parse_mail(std::string_view argument, const CompletingNames& names) {
    const auto parts = split_path(argument, "FROM:");
    if (!parts) return fault(CommandError::MailSyntax);
    auto sender = parse_reverse_path(parts->path, names.qualify);
    if (!sender) return failure(CommandFailure{CommandError::SenderAddress, sender.error()});
    auto parameters = parse_mail_parameters(parts->parameters);
    if (!parameters) return fault(parameters.error());
    return MailCommand{*std::move(sender), *std::move(parameters)};
}

Parsed parse_rcpt(std::string_view argument, const CompletingNames& names) {
    const auto parts = split_path(argument, "TO:");
    if (!parts) return fault(CommandError::RcptSyntax);
    auto recipient = parse_forward_path(parts->path, names.own_name, names.qualify);
    if (!recipient) return failure(CommandFailure{CommandError::RecipientAddress, recipient.error()});
    auto parameters = parse_rcpt_parameters(parts->parameters);
    if (!parameters) return fault(parameters.error());
    return RcptCommand{*std::move(recipient), *std::move(parameters)};
}

template <class Bare>
Parsed parse_bare(std::string_view argument) {
    if (!argument.empty()) return fault(CommandError::ArgumentUnexpected);
    return Bare{};
}

template <class Query>
Parsed parse_query(std::string_view argument) {
    if (argument.empty()) return fault(CommandError::ArgumentMissing);
    return Query{std::string(argument)};
}

Parsed parse_bdat(std::string_view argument) {
    const auto space = argument.find(' ');
    const auto size = parse_number<std::uint64_t>(argument.substr(0, space));
    if (!size) return fault(CommandError::BdatSyntax);
    if (space == std::string_view::npos) return BdatCommand{*size, false};
    if (!equal_ignoring_case(without_leading_spaces(argument.substr(space)), "LAST"))
        return fault(CommandError::BdatSyntax);
    return BdatCommand{*size, true};
}

// RFC 4954 §4: a SASL mechanism's name (RFC 4422 §3.1) and perhaps an initial response.
Parsed parse_auth(std::string_view argument) {
    constexpr std::size_t mechanism_octets_max = 20;
    const auto space = argument.find(' ');
    const auto mechanism = argument.substr(0, space);
    const auto is_name = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
    if (mechanism.empty() || mechanism.size() > mechanism_octets_max ||
        !std::ranges::all_of(mechanism, is_name)) {
        return fault(CommandError::AuthSyntax);
    }
    AuthCommand command{to_upper(mechanism), std::nullopt};
    if (space == std::string_view::npos) return command;
    const auto initial = without_leading_spaces(argument.substr(space));
    const auto is_base64 = [](char c) {
        return is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
    };
    if (!std::ranges::all_of(initial, is_base64)) return fault(CommandError::AuthSyntax);
    command.initial = std::string(initial);
    return command;
}

// Every verb and what reads its argument.
struct Verb {
    std::string_view name;
    Parsed (*parse)(std::string_view argument, const CompletingNames& names);
};
template <Parsed (*parse)(std::string_view)>
Parsed ignoring_names(std::string_view argument, const CompletingNames&) {
    return parse(argument);
}
Parsed parse_noop(std::string_view, const CompletingNames&) {
    return NoopCommand{};  // RFC 5321 §4.1.1.9: whatever stands behind it is ignored
}
Parsed parse_xclient_command(std::string_view argument, const CompletingNames&) {
    return XclientCommand{std::string(argument)};
}
Parsed parse_help(std::string_view argument, const CompletingNames&) {
    return HelpCommand{std::string(argument)};
}

constexpr std::array verbs{
    Verb{"MAIL", parse_mail},
    Verb{"RCPT", parse_rcpt},
    Verb{"DATA", ignoring_names<parse_bare<DataCommand>>},
    Verb{"BDAT", ignoring_names<parse_bdat>},
    Verb{"EHLO", ignoring_names<parse_greeting<EhloCommand>>},
    Verb{"HELO", ignoring_names<parse_greeting<HeloCommand>>},
    Verb{"LHLO", ignoring_names<parse_greeting<LhloCommand>>},
    Verb{"QUIT", ignoring_names<parse_bare<QuitCommand>>},
    Verb{"RSET", ignoring_names<parse_bare<RsetCommand>>},
    Verb{"STARTTLS", ignoring_names<parse_bare<StartTlsCommand>>},
    Verb{"AUTH", ignoring_names<parse_auth>},
    Verb{"XCLIENT", parse_xclient_command},
    Verb{"NOOP", parse_noop},
    Verb{"VRFY", ignoring_names<parse_query<VrfyCommand>>},
    Verb{"EXPN", ignoring_names<parse_query<ExpnCommand>>},
    Verb{"HELP", parse_help},
};

}  // namespace

Parsed parse_command(std::string_view line, const CompletingNames& names) {
    if (has_control(line)) return fault(CommandError::ControlByte);
    line = without_trailing_spaces(line);  // RFC 5321 §4.1.1: white space before the CRLF is tolerated
    const auto space = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, space);
    const auto verb =
        std::ranges::find_if(verbs, [word](const Verb& v) { return equal_ignoring_case(v.name, word); });
    if (verb == verbs.end()) return fault(CommandError::Unknown);
    return verb->parse(without_leading_spaces(line.substr(space)), names);
}

std::vector<std::string> parameter_words(std::string_view line) {
    const auto path = line.substr(std::min(line.find('<'), line.size()));
    return words(path.substr(path_end(path).value_or(path.size())));
}

}  // namespace cursus
