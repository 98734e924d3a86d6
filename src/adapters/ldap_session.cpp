#include "adapters/ldap_session.h"

#include <lber.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <utility>

#include <fmt/format.h>

#include "adapters/ldap_filter.h"
#include "adapters/posix_files.h"
#include "adapters/table_values.h"
#include "base/wipe.h"
#include "runtime/secret_file.h"

namespace cursus {
namespace {

constexpr ber_len_t message_bytes_max = 2 * table_value_bytes_max;  // one entry, framing included

timeval time_left(LookupDeadline deadline) {
    constexpr auto least = std::chrono::microseconds{1};  // zero would be no limit
    const auto left = std::max(
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - std::chrono::steady_clock::now()),
        least);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    return {seconds.count(), (left - seconds).count()};
}

// The library waits in time for the beginning of an answer, and then without an end for the rest of it,
// unless the socket itself comes back.
void limit_reads(LDAP* session) {
    constexpr timeval silence_max{0, 500'000};  // within an answer
    int socket = -1;
    if (ldap_get_option(session, LDAP_OPT_DESC, &socket) != LDAP_OPT_SUCCESS || socket < 0) return;
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &silence_max, sizeof silence_max);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &silence_max, sizeof silence_max);
}

void set_options(LDAP* session) {
    const int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND, of_a_client = 0;
    ldap_set_option(session, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(session, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    ldap_set_option(session, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    ldap_set_option(session, LDAP_OPT_X_TLS_NEWCTX, &of_a_client);
    Sockbuf* buffer = nullptr;
    ber_len_t most = message_bytes_max;
    if (ldap_get_option(session, LDAP_OPT_SOCKBUF, static_cast<void*>(&buffer)) == LDAP_OPT_SUCCESS &&
        buffer != nullptr)
        ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &most);
}

int scope_of(LdapDepth depth) {
    switch (depth) {
        case LdapDepth::Base:
            return LDAP_SCOPE_BASE;
        case LdapDepth::One:
            return LDAP_SCOPE_ONELEVEL;
        case LdapDepth::Subtree:
            return LDAP_SCOPE_SUBTREE;
    }
    std::unreachable();
}

}  // namespace

void prepare_ldap() {
    int version = 0;
    ldap_get_option(nullptr, LDAP_OPT_PROTOCOL_VERSION, &version);
}

std::string LdapSession::describe(int code) const {
    char* text = nullptr;
    ldap_get_option(get(), LDAP_OPT_DIAGNOSTIC_MESSAGE, static_cast<void*>(&text));
    const std::unique_ptr<char, FreeLdap> detail(text);
    if (!detail || *detail == '\0') return ldap_err2string(code);
    return fmt::format("{} ({})", ldap_err2string(code), detail.get());
}

// Every later step has until then.
void LdapSession::limit_time(LookupDeadline deadline) {
    const timeval left = time_left(deadline);
    ldap_set_option(get(), LDAP_OPT_NETWORK_TIMEOUT, &left);
    ldap_set_option(get(), LDAP_OPT_TIMEOUT, &left);
}

Result<LdapMessage, int> LdapSession::search(const LdapTableSettings& settings, const std::string& key,
                                             int entries_max, LookupDeadline deadline) {
    limit_time(deadline);
    timeval left = time_left(deadline);
    std::string attribute = settings.attribute;
    std::array<char*, 2> attributes{attribute.data(), nullptr};
    LDAPMessage* received = nullptr;
    const int code = ldap_search_ext_s(get(), settings.base.c_str(), scope_of(settings.depth),
                                       ldap_filter(settings.filter, key).c_str(), attributes.data(), 0,
                                       nullptr, nullptr, &left, entries_max, &received);
    LdapMessage result(received);
    if (code != LDAP_SUCCESS) return failure(code);
    return result;
}

int LdapSession::bind(const std::string& dn, std::string& password, LookupDeadline deadline) {
    limit_time(deadline);
    berval credentials{password.size(), password.data()};
    return ldap_sasl_bind_s(get(), dn.c_str(), LDAP_SASL_SIMPLE, &credentials, nullptr, nullptr, nullptr);
}

// As nobody too, RFC 4513 §5.1.1: whether the server says anything at all is seen by that.
Result<void, std::string> LdapSession::bind_as_told(const LdapTableSettings& settings,
                                                    LookupDeadline deadline) {
    std::string password;
    const WipedAtEnd wiped(password);
    if (!settings.bind_dn.empty()) {
        // Never empty: without a password the server would take us for nobody, and say that all went well
        // (RFC 4513 §5.1.2).
        PosixFiles files;
        TRY(read, read_secret_file(files, settings.password_file));
        password = std::move(read);
    }
    const int code = bind(settings.bind_dn, password, deadline);
    // A server that refuses to bind nobody may still answer nobody's searches.
    const bool is_refused_nobody = settings.bind_dn.empty() && code > 0 && LDAP_SECURITY_ERROR(code);
    if (code != LDAP_SUCCESS && !is_refused_nobody)
        return failure(fmt::format("binding: {}", describe(code)));
    return {};
}

Result<void, std::string> LdapSession::connect(const LdapTableSettings& settings, LookupDeadline deadline) {
    limit_time(deadline);
    const int connected = ldap_connect(get());
    if (connected != LDAP_SUCCESS) return failure(fmt::format("connecting: {}", describe(connected)));
    limit_reads(get());
    if (settings.tls == LdapTls::AsTheUriSays) return {};
    const int code = ldap_start_tls_s(get(), nullptr, nullptr);
    if (code != LDAP_SUCCESS) return failure(fmt::format("starting TLS: {}", describe(code)));
    return {};
}

Result<std::unique_ptr<LdapSession>, std::string> LdapSession::open(const LdapTableSettings& settings,
                                                                    const std::string& uri,
                                                                    LookupDeadline deadline) {
    LDAP* opened = nullptr;
    const int made = ldap_initialize(&opened, uri.c_str());
    if (made != LDAP_SUCCESS) return failure(fmt::format("uri: {}", ldap_err2string(made)));
    std::unique_ptr<LdapSession> session(new LdapSession(opened));
    set_options(opened);
    TRY_VOID(session->connect(settings, deadline));
    TRY_VOID(session->bind_as_told(settings, deadline));
    return session;
}

}  // namespace cursus
