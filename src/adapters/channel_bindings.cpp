#include "adapters/channel_bindings.h"

#include <openssl/err.h>

#include <array>
#include <string_view>

namespace cursus {

// RFC 9266 §3: for TLS 1.3. In older versions it needs more care than anybody takes (§4.2).
std::string exporter_binding(SSL* ssl) {
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    constexpr std::size_t octets = 32;
    if (SSL_version(ssl) != TLS1_3_VERSION) return {};
    std::array<unsigned char, octets> key;
    const bool is_there = SSL_export_keying_material(ssl, key.data(), key.size(), label.data(), label.size(),
                                                     nullptr, 0, 1) == 1;
    if (!is_there) ERR_clear_error();
    return is_there ? std::string(key.begin(), key.end()) : std::string();
}

// The first Finished message of the handshake: the client's, or the server's where a session goes on. Without
// the extended master secret somebody between the two can make both connections' the same (RFC 7627 §1).
std::string unique_binding(SSL* ssl) {
    if (SSL_version(ssl) != TLS1_2_VERSION || SSL_get_extms_support(ssl) != 1) return {};
    const bool is_ours_first = (SSL_is_server(ssl) == 1) == (SSL_session_reused(ssl) == 1);
    std::array<char, EVP_MAX_MD_SIZE> finished;
    const std::size_t size = is_ours_first ? SSL_get_finished(ssl, finished.data(), finished.size())
                                           : SSL_get_peer_finished(ssl, finished.data(), finished.size());
    return std::string(finished.data(), std::min(size, finished.size()));
}

}  // namespace cursus
