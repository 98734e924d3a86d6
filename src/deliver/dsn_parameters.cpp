#include "deliver/dsn_parameters.h"

#include "mail/xtext.h"

namespace cursus {

std::vector<std::string> dsn_mail_parameters(const Envelope& envelope) {
    std::vector<std::string> parameters;
    if (envelope.ret == Ret::Full) parameters.emplace_back("RET=FULL");
    if (envelope.ret == Ret::Headers) parameters.emplace_back("RET=HDRS");
    if (!envelope.envid.empty()) parameters.push_back("ENVID=" + encode_xtext(envelope.envid));
    return parameters;
}

std::vector<std::string> dsn_recipient_parameters(const DueRecipient& recipient, bool smtputf8,
                                                  AskForDelay delay) {
    std::vector<std::string> parameters;
    Notify notify = recipient.notify;
    if (delay == AskForDelay::Always && !notify.is_never()) {
        notify.failure = notify.wants_failure();
        notify.is_set = notify.delay = true;
    }
    if (notify.is_set) {
        std::string value;
        const auto add = [&value](bool wanted, std::string_view word) {
            if (!wanted) return;
            if (!value.empty()) value += ',';
            value += word;
        };
        add(notify.success, "SUCCESS");
        add(notify.failure, "FAILURE");
        add(notify.delay, "DELAY");
        parameters.push_back("NOTIFY=" + (value.empty() ? std::string("NEVER") : value));
    }
    if (!recipient.original.empty())
        parameters.push_back("ORCPT=" + encode_orcpt(recipient.original, smtputf8));
    return parameters;
}

}  // namespace cursus
