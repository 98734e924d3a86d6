#include "scan/milter_facts.h"

#include <fmt/format.h>

namespace cursus {
namespace {

constexpr std::string_view unknown_name = "unknown";  // as Postfix has it

std::string_view or_unknown(const std::string& name) {
    return name.empty() ? unknown_name : std::string_view(name);
}

}  // namespace

void tell(MilterMacros& macros, const MilterServerFacts& server) {
    macros.set("j", server.host);
    macros.set("daemon_name", server.service);
    macros.set("if_name", server.host);
    if (server.endpoint.address.is_unspecified()) return;
    const std::string address = server.endpoint.address.text();
    macros.set("if_addr", address);
    macros.set("daemon_addr", address);
    macros.set("daemon_port", std::to_string(server.endpoint.port));
}

void tell(MilterMacros& macros, const MilterClientFacts& client) {
    const bool is_known = !client.client.address.is_unspecified();
    const auto& address = client.client.address;
    macros.set("client_addr", is_known ? address.text() : "");
    macros.set("client_port", is_known ? std::to_string(client.client.port) : "");
    macros.set("client_name", or_unknown(client.name));
    macros.set("client_ptr", or_unknown(client.reverse_name));
    macros.set("_", is_known ? fmt::format("{} {}", or_unknown(client.name), address.literal())
                             : std::string(or_unknown(client.name)));
}

void tell(MilterMacros& macros, const MilterTlsFacts& tls) {
    macros.set("tls_version", tls.version);
    macros.set("cipher", tls.cipher);
    macros.set("cipher_bits", tls.cipher_bits);
    macros.set("cert_subject", tls.peer_subject);
    macros.set("cert_issuer", tls.peer_issuer);
}

void tell(MilterMacros& macros, const MilterMailFacts& mail) {
    for (const char* name : {"i", "rcpt_mailer", "rcpt_host", "rcpt_addr"}) macros.set(name, "");
    macros.set("auth_type", mail.auth_mechanism);
    macros.set("auth_authen", mail.account);
    macros.set("mail_addr", bare_text(mail.sender));
}

// Of one that is refused, Sendmail says by these macros why.
void tell(MilterMacros& macros, const MilterRcptFacts& rcpt) {
    if (!rcpt.refusal) {
        for (const char* name : {"rcpt_mailer", "rcpt_host"}) macros.set(name, "");
        macros.set("rcpt_addr", rcpt.recipient.text());
        return;
    }
    macros.set("rcpt_mailer", "error");
    macros.set("rcpt_host", rcpt.refusal->status() ? rcpt.refusal->status()->text() : "");
    macros.set("rcpt_addr", rcpt.refusal->text());
}

}  // namespace cursus
