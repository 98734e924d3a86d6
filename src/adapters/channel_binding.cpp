#include "adapters/channel_binding.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace cursus {

namespace {

// RFC 9266 §2: 32 octets under this label; in TLS 1.3 no context and an empty one are the same.
constexpr std::string_view label = "EXPORTER-Channel-Binding";
constexpr std::size_t exported_octets = 32;

std::string exporter_of(SSL* ssl) {
    std::array<unsigned char, exported_octets> octets;
    if (SSL_export_keying_material(ssl, octets.data(), octets.size(), label.data(), label.size(), nullptr, 0,
                                   0) != 1)
        return {};
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// RFC 5929 §3.1: the first Finished of the handshake, which is the client's unless a session is resumed.
std::string unique_of(SSL* ssl) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets;
    const bool is_own = (SSL_is_server(ssl) == 1) == (SSL_session_reused(ssl) == 1);
    const std::size_t size = is_own ? SSL_get_finished(ssl, octets.data(), octets.size())
                                    : SSL_get_peer_finished(ssl, octets.data(), octets.size());
    return {reinterpret_cast<const char*>(octets.data()), std::min(size, octets.size())};
}

}  // namespace

void note_channel_binding(SSL* ssl, TlsFacts& facts) {
    if (SSL_version(ssl) >= TLS1_3_VERSION)
        facts.exporter = exporter_of(ssl);
    else if (SSL_get_extms_support(ssl) == 1)  // RFC 7627 §1: without, two connections can be made to agree
        facts.unique = unique_of(ssl);
}

}  // namespace cursus
