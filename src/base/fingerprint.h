// What stands for a text of any length in tables that strangers fill: 128 bits that nobody can foresee who
// does not know the key. So nobody can choose texts that crowd one place of a table, and no text takes more
// room than another.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>

namespace cursus {

struct FingerprintKey {
    std::uint64_t first = 0, second = 0;
    friend bool operator==(const FingerprintKey&, const FingerprintKey&) = default;
};

struct Fingerprint {
    std::uint64_t first = 0, second = 0;
    friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

// SipHash-2-4 with an outcome of 128 bits (Aumasson, Bernstein 2012).
Fingerprint fingerprint(const FingerprintKey& key, std::string_view text);

class Fingerprinter {
public:
    explicit Fingerprinter(const FingerprintKey& key) : key_(key) {}
    // Of all parts, in this order: "ab", "c" is something else than "a", "bc".
    Fingerprint of(std::initializer_list<std::string_view> parts) const;
    const FingerprintKey& key() const { return key_; }

private:
    FingerprintKey key_;
};

}  // namespace cursus

template <>
struct std::hash<cursus::Fingerprint> {
    std::size_t operator()(const cursus::Fingerprint& fingerprint) const noexcept {
        return fingerprint.first;
    }
};
