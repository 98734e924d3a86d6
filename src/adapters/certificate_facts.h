// What a certificate says, in our words.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

#include "base/time.h"

namespace cursus {

std::vector<std::string> dns_names_of(X509* certificate);  // wildcards as they stand there, lower case
// Who a person's certificate is for: e-mail addresses in its subjectAltName, then its common name.
std::vector<std::string> person_names_of(X509* certificate);
WallTime end_of(X509* certificate);             // its notAfter; long ago when it cannot be read
std::string subject_of(X509* certificate);      // RFC 2253 form, bounded, controls escaped
std::string issuer_of(X509* certificate);       // the same
std::string fingerprint_of(X509* certificate);  // SHA-256, lower-case hexadecimal

}  // namespace cursus
