#include "scan/milter_macros.h"

#include <span>

#include <fmt/format.h>

namespace cursus {
namespace {

// Those that Sendmail and Postfix send unasked, and at the connection what is known of it.
constexpr std::string_view at_connect[] = {"j",           "_",           "daemon_name", "daemon_addr",
                                           "daemon_port", "if_name",     "if_addr",     "client_addr",
                                           "client_name", "client_port", "client_ptr"};
constexpr std::string_view at_helo[] = {"tls_version", "cipher", "cipher_bits", "cert_subject",
                                        "cert_issuer"};
constexpr std::string_view at_mail[] = {"i", "auth_type", "auth_authen", "mail_addr"};
constexpr std::string_view at_rcpt[] = {"i", "rcpt_mailer", "rcpt_host", "rcpt_addr"};
constexpr std::string_view later[] = {"i"};

std::span<const std::string_view> usual(MilterCommand command) {
    switch (command) {
        case MilterCommand::Connect:
            return at_connect;
        case MilterCommand::Helo:
            return at_helo;
        case MilterCommand::Mail:
            return at_mail;
        case MilterCommand::Rcpt:
            return at_rcpt;
        case MilterCommand::Data:
        case MilterCommand::EndOfHeader:
        case MilterCommand::EndOfMessage:
            return later;
        default:
            return {};
    }
}

}  // namespace

void MilterMacros::set(std::string name, std::string_view value) {
    value = value.substr(0, milter_macro_octets_max);
    if (value.empty())
        values_.erase(name);
    else
        values_.insert_or_assign(std::move(name), std::string(value));
}

std::string MilterMacros::data_for(MilterCommand command, const MilterTerms& terms) const {
    std::string data;
    if (const auto* chosen = terms.macros(command)) {
        for (const auto& name : *chosen) append(data, name);
    } else {
        for (const auto name : usual(command)) append(data, name);
    }
    return data.empty() ? data : static_cast<char>(command) + data;
}

void MilterMacros::append(std::string& data, std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return;
    append_milter_text(data, name.size() == 1 ? std::string(name) : fmt::format("{{{}}}", name));
    append_milter_text(data, found->second);
}

}  // namespace cursus
