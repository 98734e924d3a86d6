#include "adapters/ldap_table.h"

#include <lber.h>
#include <ldap.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <utility>

#include <fmt/format.h>

#include "adapters/database_table.h"
#include "adapters/ldap_filter.h"
#include "adapters/posix_files.h"
#include "adapters/table_values.h"
#include "base/words.h"

namespace cursus {
namespace {

constexpr std::size_t password_bytes_max = 1024;
constexpr ber_len_t message_bytes_max = 2 * table_value_bytes_max;  // one entry, framing included

struct Free {
    void operator()(LDAP* session) const { ldap_unbind_ext(session, nullptr, nullptr); }
    void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
    void operator()(berval** values) const { ldap_value_free_len(values); }
};
using Session = std::unique_ptr<LDAP, Free>;

timeval time_left(LookupDeadline deadline) {
    constexpr auto least = std::chrono::microseconds{1};  // zero would be no limit
    const auto left = std::max(
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - std::chrono::steady_clock::now()),
        least);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    return {seconds.count(), (left - seconds).count()};
}

std::string describe(LDAP* session, int code) {
    char* text = nullptr;
    ldap_get_option(session, LDAP_OPT_DIAGNOSTIC_MESSAGE, static_cast<void*>(&text));
    const std::unique_ptr<char, void (*)(void*)> detail(text, ldap_memfree);
    if (!detail || *detail == '\0') return ldap_err2string(code);
    return fmt::format("{} ({})", ldap_err2string(code), detail.get());
}

// Every later step of the session has until then.
void limit_time(LDAP* session, LookupDeadline deadline) {
    const timeval left = time_left(deadline);
    ldap_set_option(session, LDAP_OPT_NETWORK_TIMEOUT, &left);
    ldap_set_option(session, LDAP_OPT_TIMEOUT, &left);
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

class LdapConnection final : public TableConnection {
public:
    LdapConnection(Session session, const LdapTableSettings& settings)
        : session_(std::move(session)), settings_(settings) {}

    Result<std::optional<std::string>, AskFailure> ask(const std::string& key,
                                                       LookupDeadline deadline) override {
        limit_time(session_.get(), deadline);
        timeval left = time_left(deadline);
        std::array<char*, 2> attributes{settings_.attribute.data(), nullptr};
        LDAPMessage* received = nullptr;
        const int code = ldap_search_ext_s(session_.get(), settings_.base.c_str(), scope(),
                                           ldap_filter(settings_.filter, key).c_str(), attributes.data(), 0,
                                           nullptr, nullptr, &left, ldap_entries_max, &received);
        const std::unique_ptr<LDAPMessage, Free> result(received);
        if (code != LDAP_SUCCESS) return failed(code);
        return read(result.get());
    }

private:
    using Asked = Result<std::optional<std::string>, AskFailure>;

    int scope() const {
        switch (settings_.depth) {
            case LdapDepth::Base:
                return LDAP_SCOPE_BASE;
            case LdapDepth::One:
                return LDAP_SCOPE_ONELEVEL;
            case LdapDepth::Subtree:
                return LDAP_SCOPE_SUBTREE;
        }
        std::unreachable();
    }

    Asked read(LDAPMessage* result) {
        TableValues values;
        for (auto* entry = ldap_first_entry(session_.get(), result); entry != nullptr;
             entry = ldap_next_entry(session_.get(), entry)) {
            const std::unique_ptr<berval*, Free> found(
                ldap_get_values_len(session_.get(), entry, settings_.attribute.c_str()));
            for (auto** value = found.get(); value != nullptr && *value != nullptr; ++value) {
                if (auto added = values.add({(*value)->bv_val, (*value)->bv_len}); !added)
                    return failure(AskFailure{ConnectionState::Usable, std::move(added).error()});
            }
        }
        return values.take();
    }

    // Codes of the library's own are below zero, and all say that the server cannot be talked to; of the
    // server's, some say that it will end the connection.
    Asked failed(int code) const {
        const bool is_lost =
            code < 0 || code == LDAP_UNAVAILABLE || code == LDAP_BUSY || code == LDAP_STRONG_AUTH_REQUIRED;
        return failure(AskFailure{is_lost ? ConnectionState::Lost : ConnectionState::Usable,
                                  describe(session_.get(), code)});
    }

    Session session_;
    LdapTableSettings settings_;
};

Result<std::string, std::string> read_password(const std::string& path) {
    const auto file = PosixFiles().open(path, OpenMode::Read, 0);
    if (!file) return failure(file.error().what);
    std::string text(password_bytes_max, '\0');
    const auto size = (*file)->read_at(0, text);
    if (!size) return failure(size.error().what);
    text.resize(*size);
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    // RFC 4513 §5.1.2: without a password the server would take us for nobody, and say that all went well.
    if (text.empty()) return failure(fmt::format("{}: there is no password on its first line", path));
    return text;
}

// As nobody too, RFC 4513 §5.1.1: whether the server says anything at all is seen by that.
Result<void, std::string> bind(LDAP* session, const LdapTableSettings& settings) {
    std::string password;
    if (!settings.bind_dn.empty()) {
        TRY(read, read_password(settings.password_file));
        password = std::move(read);
    }
    berval credentials{password.size(), password.data()};
    const int code = ldap_sasl_bind_s(session, settings.bind_dn.c_str(), LDAP_SASL_SIMPLE, &credentials,
                                      nullptr, nullptr, nullptr);
    // A server that refuses to bind nobody may still answer nobody's searches.
    const bool is_refused_nobody = settings.bind_dn.empty() && code > 0 && LDAP_SECURITY_ERROR(code);
    if (code != LDAP_SUCCESS && !is_refused_nobody)
        return failure(fmt::format("binding: {}", describe(session, code)));
    return {};
}

void set_options(LDAP* session, LookupDeadline deadline) {
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
    limit_time(session, deadline);
}

// Of one host.
Result<std::unique_ptr<TableConnection>, std::string> connect(const LdapTableSettings& settings,
                                                              const std::string& uri,
                                                              LookupDeadline deadline) {
    LDAP* opened = nullptr;
    const int made = ldap_initialize(&opened, uri.c_str());
    if (made != LDAP_SUCCESS) return failure(fmt::format("uri: {}", ldap_err2string(made)));
    Session session(opened);
    set_options(session.get(), deadline);
    const int connected = ldap_connect(session.get());
    if (connected != LDAP_SUCCESS)
        return failure(fmt::format("connecting: {}", describe(session.get(), connected)));
    limit_reads(session.get());
    if (settings.tls == LdapTls::StartTls) {
        const int code = ldap_start_tls_s(session.get(), nullptr, nullptr);
        if (code != LDAP_SUCCESS)
            return failure(fmt::format("starting TLS: {}", describe(session.get(), code)));
    }
    limit_time(session.get(), deadline);
    TRY_VOID(bind(session.get(), settings));
    return std::make_unique<LdapConnection>(std::move(session), settings);
}

}  // namespace

std::shared_ptr<Table> make_ldap_table(const LdapTableSettings& settings) {
    // The library reads its own settings at the first call of all, which must not be two threads' at once.
    int version = 0;
    ldap_get_option(nullptr, LDAP_OPT_PROTOCOL_VERSION, &version);
    return std::make_shared<DatabaseTable>(
        settings.name, settings.time_max, [settings, uris = words(settings.uri)](LookupDeadline deadline) {
            return connect_to_any<std::string>(
                uris, deadline,
                [&](const std::string& uri, LookupDeadline share) { return connect(settings, uri, share); });
        });
}

}  // namespace cursus
