// What both ends of a TLS connection know, and nobody else: a login is bound to it.
#pragma once

#include <openssl/ssl.h>

#include "runtime/stream.h"

namespace cursus {

// Fills TlsFacts::exporter or TlsFacts::unique. The handshake is done.
void note_channel_binding(SSL* ssl, TlsFacts& facts);

}  // namespace cursus
