// What both ends of one TLS connection know and nobody else, RFC 5056: by it a login (SCRAM-...-PLUS) shows
// that nobody sits between them.
#pragma once

#include <openssl/ssl.h>

#include <string>

namespace cursus {

// After a handshake. Empty where the version of TLS has none that can be relied upon.
std::string exporter_binding(SSL* ssl);  // tls-exporter, RFC 9266
std::string unique_binding(SSL* ssl);    // tls-unique, RFC 5929 §3

}  // namespace cursus
