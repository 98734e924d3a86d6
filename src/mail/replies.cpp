#include "mail/replies.h"

#include <utility>

#include <fmt/format.h>

#include "mail/base64.h"

namespace cursus::replies {
namespace {

const Reply control_byte{500, {5, 5, 2}, "A command holds a control character"};
const Reply helo_syntax{501, {5, 5, 4}, "The name must be a host name or an address literal"};
const Reply mail_syntax{501, {5, 5, 4}, "Syntax: MAIL FROM:<address> [parameters]"};
const Reply rcpt_syntax{501, {5, 5, 4}, "Syntax: RCPT TO:<address> [parameters]"};
const Reply argument_unexpected{501, {5, 5, 4}, "This command takes no argument"};
const Reply argument_missing{501, {5, 5, 4}, "This command needs an argument"};
const Reply parameter_syntax{501, {5, 5, 4}, "A parameter is malformed"};
const Reply parameter_value{501, {5, 5, 4}, "A parameter has a value it cannot have"};
const Reply parameter_twice{501, {5, 5, 4}, "A parameter was given twice"};
const Reply bdat_syntax{501, {5, 5, 4}, "Syntax: BDAT size [LAST]; closing connection"};
const Reply auth_syntax{501, {5, 5, 4}, "Syntax: AUTH mechanism [initial-response]"};

const Reply bare_cr_in_command{
    500, {5, 5, 2}, "Bare CR in a command: lines end with CRLF; closing connection"};
const Reply bare_lf_in_command{
    500, {5, 5, 2}, "Bare LF in a command: lines end with CRLF; closing connection"};
const Reply nul_in_command{500, {5, 5, 2}, "NUL in a command; closing connection"};

// What is wrong with an address, for a sender and for a recipient (RFC 3463 §3.2: X.1.7 and X.1.3).
struct AddressReplies {
    Reply syntax, control_byte, local_part_too_long, path_too_long, bad_domain, not_utf8, no_domain;
};
AddressReplies address_replies(std::string_view whose, Status status) {
    const auto reply = [whose, status](int code, std::string_view what) {
        return Reply(code, status, fmt::format("The {} address {}", whose, what));
    };
    return {reply(501, "is malformed"),
            reply(501, "holds a control character"),
            reply(501, fmt::format("has a local part of more than {} octets", local_part_octets_max)),
            reply(501, "is longer than 254 octets"),
            reply(501, "has no valid domain name or address literal"),
            reply(501, "is not valid UTF-8"),
            reply(501, "has no domain")};
}
const AddressReplies sender_replies = address_replies("sender", {5, 1, 7});
const AddressReplies recipient_replies = address_replies("recipient", {5, 1, 3});

const Reply& reply_to_address(const AddressReplies& replies, AddressError error) {
    switch (error) {
        case AddressError::Syntax:
            return replies.syntax;
        case AddressError::ControlByte:
            return replies.control_byte;
        case AddressError::LocalPartTooLong:
            return replies.local_part_too_long;
        case AddressError::PathTooLong:
            return replies.path_too_long;
        case AddressError::BadDomain:
            return replies.bad_domain;
        case AddressError::NotUtf8:
            return replies.not_utf8;
        case AddressError::NoDomain:
            return replies.no_domain;
    }
    std::unreachable();
}

}  // namespace

Reply in_place_of_greeting(const Reply& refusal) {
    if (refusal.code() == 521) return refusal;
    return {refusal.is_permanent() ? 554 : 421, refusal.status(), refusal.lines()};
}

Reply greeting(std::string_view host, Dialect dialect) {
    return Reply(220, {fmt::format("{} {} Cursus", host, dialect == Dialect::Lmtp ? "LMTP" : "ESMTP")});
}
Reply hello(std::string_view host) {
    return Reply(250, {std::string(host)});
}
Reply closing(std::string_view host) {
    return Reply(221, Status{2, 0, 0}, fmt::format("{} closing connection", host));
}
Reply auth_challenge(std::string_view octets) {
    return Reply(334, std::vector{to_base64(octets)});
}

Reply priority_lowered(int priority) {
    return {250, {2, 3, 6}, fmt::format("{} is the priority given to the message", priority)};
}

Reply queued(MessageId id) {
    return Reply(250, Status{2, 0, 0}, fmt::format("OK id={}", id.text()));
}

const Reply sender_ok{250, {2, 1, 0}, "OK"};
const Reply recipient_ok{250, {2, 1, 5}, "Accepted"};
const Reply start_data{354, std::vector<std::string>{"Enter message, ending with \".\""}};
const Reply chunk_ok{250, {2, 0, 0}, "OK"};
const Reply reset_ok{250, {2, 0, 0}, "OK"};
const Reply noop_ok{250, {2, 0, 0}, "OK"};
const Reply help{214, Status{2, 0, 0},
                 "Commands: HELO EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY EXPN HELP STARTTLS AUTH QUIT"};
const Reply start_tls_ok{220, {2, 0, 0}, "Ready to start TLS"};
const Reply cannot_verify{252, {2, 5, 0}, "Cannot say whether it exists; send the mail and it will be tried"};
const Reply expansion_refused{550, {5, 7, 2}, "Lists are not expanded here"};

const Reply unknown_command{500, {5, 5, 1}, "Unknown command"};
const Reply bad_sequence{503, {5, 5, 1}, "Bad sequence of commands"};
const Reply hello_first{503, {5, 5, 1}, "Say HELO or EHLO first"};
const Reply lhlo_first{503, {5, 5, 1}, "Say LHLO first"};
const Reply nested_mail{503, {5, 5, 1}, "A sender has been given already"};
const Reply mail_first{503, {5, 5, 1}, "Give a sender with MAIL first"};
const Reply no_valid_recipients{554, {5, 5, 1}, "No valid recipients"};
const Reply no_recipients_for_lmtp{503, {5, 5, 1}, "No valid recipients"};
const Reply data_after_bdat{503, {5, 5, 1}, "The message has been begun with BDAT: end it, or say RSET"};
const Reply parameter_not_offered{555, {5, 5, 4}, "A parameter is not known or was not offered"};
const Reply command_line_too_long{500, {5, 5, 2}, "Line too long"};
const Reply too_many_bad_commands{421, {4, 7, 0}, "Too many bad commands, closing connection"};
const Reply data_before_reply{554, {5, 5, 0}, "You did not wait for the reply; closing connection"};
const Reply tls_not_offered{502, {5, 5, 1}, "TLS is not offered here"};
const Reply tls_already_active{503, {5, 5, 1}, "TLS is active already"};
const Reply start_tls_first{530, {5, 7, 0}, "Must issue a STARTTLS command first"};
const Reply certificate_missing{
    530, {5, 7, 0}, "A client certificate is required here, and none was shown; closing connection"};
const Reply certificate_not_accepted{530,
                                     {5, 7, 0},
                                     "A client certificate of a trusted authority or a listed one is "
                                     "required here, and yours is neither; closing "
                                     "connection"};
const Reply xclient_syntax{501, {5, 5, 4}, "Syntax: XCLIENT attribute=value ..., each known and once"};
const Reply auth_not_offered{502, {5, 5, 1}, "Authentication is not offered here"};
const Reply lhlo_is_for_lmtp{500, {5, 5, 1}, "This is SMTP: say EHLO"};
const Reply lmtp_wants_lhlo{500, {5, 5, 1}, "This is LMTP: say LHLO"};

const Reply auth_ok{235, {2, 7, 0}, "Authenticated"};
const Reply auth_failed{535, {5, 7, 8}, "Authentication failed"};
const Reply auth_unavailable{454, {4, 7, 0}, "Authentication is not possible now; try again later"};
const Reply auth_blocked{454, {4, 7, 0}, "Too many failed attempts; try again later"};
const Reply auth_malformed{501, {5, 5, 2}, "Not what this mechanism says"};
const Reply auth_cancelled{501, {5, 7, 0}, "Authentication cancelled"};
const Reply auth_mechanism_not_offered{504, {5, 5, 4}, "This mechanism is not offered here"};
const Reply auth_needs_tls{538, {5, 7, 11}, "This mechanism needs TLS: say STARTTLS first"};
const Reply auth_already{503, {5, 5, 1}, "Authenticated already"};
const Reply auth_within_transaction{503, {5, 5, 1}, "Not amid a transaction: end it, or say RSET"};
const Reply auth_line_too_long{500, {5, 5, 6}, "Authentication line too long"};
const Reply auth_required{530, {5, 7, 0}, "Authentication required"};
const Reply auth_required_after_tls{530, {5, 7, 0}, "Authentication required: say STARTTLS first, then AUTH"};
const Reply account_on_hold{450, {4, 7, 1}, "This account is on hold: ask the postmaster"};
const Reply not_your_address{550, {5, 7, 1}, "This account may not send as this address"};
const Reply cannot_tell_whose_address{
    451, {4, 3, 0}, "Whether this account may send as this address cannot be told now"};

const Reply sender_needs_smtputf8{550, {5, 6, 7}, "The sender address is not ASCII: give SMTPUTF8"};
const Reply recipient_needs_smtputf8{
    553, {5, 6, 7}, "The recipient address is not ASCII: give SMTPUTF8 with MAIL"};
const Reply release_too_late{501, {5, 5, 4}, "That is further ahead than messages are held"};
const Reply release_beyond_delivery{501, {5, 5, 4}, "It would be released after it is to be delivered"};
const Reply deliver_by_too_short{555, {5, 5, 4}, "Delivery in so short a time is not offered"};
const Reply relay_denied{550, {5, 7, 1}, "Relaying denied"};
const Reply no_such_mailbox{550, {5, 1, 1}, "No such mailbox"};
const Reply cannot_tell_now{451, {4, 3, 0}, "Whether there is such a mailbox cannot be told now"};
const Reply too_many_recipients{452, {4, 5, 3}, "Too many recipients"};
const Reply too_many_messages{421, {4, 7, 0}, "Too many messages in one session, closing connection"};

const Reply message_too_big{552, {5, 3, 4}, "Message too big"};
const Reply header_too_big{552, {5, 3, 4}, "Message header too big"};
const Reply begins_with_blank{
    554, {5, 6, 0}, "The message begins with white space, where a header field must stand, or an empty line"};
const Reply mail_loop{554, {5, 4, 6}, "Mail loop: too many Received fields"};
const Reply bare_cr_in_data{554,
                            {5, 6, 0},
                            "Bare CR in the message: each line must end with CR LF, so convert its line ends "
                            "before it is sent; closing connection"};
const Reply bare_lf_in_data{554,
                            {5, 6, 0},
                            "Bare LF in the message: each line must end with CR LF, so convert its line ends "
                            "before it is sent; closing connection"};
const Reply nul_in_data{554, {5, 6, 0}, "NUL in the message; closing connection"};
const Reply text_line_too_long{
    554, Status{5, 6, 0}, fmt::format("A line of the message has more than {} octets", text_line_octets_max)};
const Reply too_many_chunks{554, {5, 5, 0}, "Too many chunks"};

const Reply store_full{452, {4, 3, 1}, "Out of disk space, try again later"};
const Reply store_broken{451, {4, 3, 0}, "The message could not be kept, try again later"};
const Reply out_of_memory{451, {4, 3, 2}, "Too busy, try again later"};
const Reply shutting_down{421, {4, 3, 2}, "Shutting down, closing connection"};
const Reply too_many_connections{421, {4, 7, 0}, "Too many connections, try again later"};
const Reply too_many_connections_from_you{
    421, {4, 7, 0}, "Too many connections from your address, try again later"};
const Reply no_proxy_header{421, {4, 7, 0}, "Your load balancer did not say who you are"};
const Reply timed_out{421, {4, 4, 2}, "Timed out, closing connection"};

const Reply& reply_to(const CommandFailure& failure) {
    switch (failure.error) {
        case CommandError::Unknown:
            return unknown_command;
        case CommandError::ControlByte:
            return control_byte;
        case CommandError::HeloArgument:
            return helo_syntax;
        case CommandError::MailSyntax:
            return mail_syntax;
        case CommandError::RcptSyntax:
            return rcpt_syntax;
        case CommandError::SenderAddress:
            return reply_to_address(sender_replies, failure.address);
        case CommandError::RecipientAddress:
            return reply_to_address(recipient_replies, failure.address);
        case CommandError::ArgumentUnexpected:
            return argument_unexpected;
        case CommandError::ArgumentMissing:
            return argument_missing;
        case CommandError::ParameterSyntax:
            return parameter_syntax;
        case CommandError::ParameterValue:
            return parameter_value;
        case CommandError::ParameterTwice:
            return parameter_twice;
        case CommandError::BdatSyntax:
            return bdat_syntax;
        case CommandError::AuthSyntax:
            return auth_syntax;
    }
    std::unreachable();
}

const Reply& reply_to(LineViolation violation) {
    switch (violation) {
        case LineViolation::BareCr:
            return bare_cr_in_command;
        case LineViolation::BareLf:
            return bare_lf_in_command;
        case LineViolation::Nul:
            return nul_in_command;
        case LineViolation::TooLong:
            return command_line_too_long;
    }
    std::unreachable();
}

const Reply& reply_to(DataViolation violation) {
    switch (violation) {
        case DataViolation::BareCr:
            return bare_cr_in_data;
        case DataViolation::BareLf:
            return bare_lf_in_data;
        case DataViolation::Nul:
            return nul_in_data;
        case DataViolation::LineTooLong:
            return text_line_too_long;
        case DataViolation::TooBig:
            return message_too_big;
        case DataViolation::TooManyChunks:
            return too_many_chunks;
    }
    std::unreachable();
}

}  // namespace cursus::replies
