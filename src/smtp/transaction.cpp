#include "smtp/transaction.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace cursus {
namespace {

bool needs_smtputf8(const ReversePath& sender) {
    const auto* mailbox = std::get_if<Mailbox>(&sender);
    return mailbox && mailbox->needs_smtputf8();
}

// Parameters come ready made; one that holds a space or a control byte would be a command of somebody else's.
bool is_one_word(std::string_view parameter) {
    return !has_control(parameter) && !parameter.contains(' ');
}

bool has_bad_parameter(const TransactionRequest& request) {
    if (!std::ranges::all_of(request.mail_parameters, is_one_word)) return true;
    return std::ranges::any_of(request.recipient_parameters, [](const auto& parameters) {
        return !std::ranges::all_of(parameters, is_one_word);
    });
}

}  // namespace

SmtpStage stage_of(TransactionStep::Kind kind) {
    switch (kind) {
        case TransactionStep::Kind::Reset:  // it opens the transaction, as far as anyone outside knows
        case TransactionStep::Kind::Mail:
            return SmtpStage::Mail;
        case TransactionStep::Kind::Rcpt:
            return SmtpStage::Rcpt;
        case TransactionStep::Kind::Data:
            return SmtpStage::Data;
    }
    std::unreachable();
}

std::optional<Reply> refusal_of_message(const TransactionRequest& request, const Extensions& extensions) {
    if (has_bad_parameter(request))
        return Reply(554, Status{5, 5, 4}, "A parameter of the envelope is malformed");
    if (extensions.size && *extensions.size != 0 && request.size > *extensions.size) {
        return Reply(
            552, Status{5, 3, 4},
            fmt::format("The message has {} octets, the host takes {}", request.size, *extensions.size));
    }
    if (request.body != Body::SevenBit && !extensions.eight_bit_mime) {
        return Reply(554, Status{5, 6, 3},
                     "The message has 8-bit content, which the host does not take (8BITMIME)");
    }
    // RFC 3030 §3: binary content goes by BDAT only.
    if (request.body == Body::BinaryMime)
        return Reply(554, Status{5, 6, 3}, "The message has binary content (BINARYMIME)");
    if ((request.smtputf8 || needs_smtputf8(request.sender)) && !extensions.smtputf8) {
        return Reply(554, Status{5, 6, 7},
                     "The message needs internationalised addresses, which the host does not take");
    }
    return std::nullopt;
}

std::optional<Reply> refusal_of_recipient(const Mailbox& recipient, std::size_t taken,
                                          const Extensions& extensions) {
    if (recipient.needs_smtputf8() && !extensions.smtputf8) {
        return Reply(553, Status{5, 6, 7}, "The address is internationalised, which the host does not take");
    }
    if (extensions.rcpt_max && taken >= *extensions.rcpt_max) {
        return Reply(452, Status{4, 5, 3}, "More recipients than the host takes at once");  // RFC 9422 §4.1
    }
    return std::nullopt;
}

bool needs_smtputf8(const TransactionRequest& request, const Extensions& extensions) {
    if (!extensions.smtputf8) return false;
    return request.smtputf8 || needs_smtputf8(request.sender) ||
           std::ranges::any_of(request.recipients, &Mailbox::needs_smtputf8);
}

TransactionStep reset_step() {
    return {TransactionStep::Kind::Reset, "RSET\r\n"};
}

TransactionStep mail_step(const TransactionRequest& request, bool with_smtputf8,
                          const Extensions& extensions) {
    std::string line = "MAIL FROM:" + path_text(request.sender);
    if (extensions.size && request.size != 0) line += fmt::format(" SIZE={}", request.size);
    if (request.body == Body::EightBitMime) line += " BODY=8BITMIME";
    if (with_smtputf8) line += " SMTPUTF8";
    for (const auto& parameter : request.mail_parameters) line += ' ' + parameter;
    return {TransactionStep::Kind::Mail, line + "\r\n"};
}

TransactionStep rcpt_step(const TransactionRequest& request, std::size_t recipient) {
    std::string line = "RCPT TO:" + path_text(request.recipients[recipient]);
    if (recipient < request.recipient_parameters.size()) {
        for (const auto& parameter : request.recipient_parameters[recipient]) line += ' ' + parameter;
    }
    return {TransactionStep::Kind::Rcpt, line + "\r\n", recipient};
}

TransactionStep data_step() {
    return {TransactionStep::Kind::Data, "DATA\r\n"};
}

}  // namespace cursus
