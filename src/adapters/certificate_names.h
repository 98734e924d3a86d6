// Which of a server's certificates a client means by the name it asks for (SNI).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cursus {

// RFC 6066 §3, as far as it can stand in a certificate: lower case, only what host names are made of. What a
// client sends is anybody's text; whatever else it is, nothing is left of it.
std::string plain_host_name(std::string_view text);

class CertificateNames {
public:
    // A host name, or one with a wildcard for its whole first label, RFC 9525 §6.3. Of two that add the same
    // name the first one stays; what is no such name is left out.
    void add(std::string_view name, std::size_t certificate);
    // The name itself goes before a wildcard.
    std::optional<std::size_t> find(std::string_view asked_for) const;

private:
    std::map<std::string, std::size_t, std::less<>> exact_, below_;  // below_: by what stands behind "*."
};

}  // namespace cursus
