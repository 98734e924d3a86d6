#include "route/srs.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "base/text.h"

namespace cursus {
namespace {

constexpr std::string_view separators = "=+-";  // what may stand behind SRS0 and SRS1; we write "="
constexpr std::size_t tag_octets = 4;
constexpr std::string_view base32 = "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648 §6
constexpr std::size_t hash_octets = 10;                                  // 50 bits
constexpr std::size_t day_octets = 2;
constexpr unsigned days_modulus = 1024;

bool is_tagged(std::string_view local_part, std::string_view tag) {
    return local_part.size() > tag.size() && equal_ignoring_case(local_part.substr(0, tag.size()), tag) &&
           separators.contains(local_part[tag.size()]);
}

// Takes what stands before the next "=" off the front of `text`, and the "=".
std::optional<std::string_view> take_field(std::string_view& text) {
    const auto end = text.find('=');
    if (end == std::string_view::npos) return std::nullopt;
    const auto field = text.substr(0, end);
    text.remove_prefix(end + 1);
    return field;
}

// "hash=day=host=user", behind "SRS0=".
struct Srs0 {
    std::string_view hash, day, host, user;
};
std::optional<Srs0> parse_srs0(std::string_view local_part) {
    auto rest = local_part.substr(tag_octets + 1);
    const auto hash = take_field(rest), day = take_field(rest), host = take_field(rest);
    if (!host) return std::nullopt;
    return Srs0{*hash, *day, *host, rest};
}

// "stamp=host=opaque", behind "SRS1=". The stamp is its writer's, the opaque part is what stood behind "SRS0"
// at the first host, its separator included.
struct Srs1 {
    std::string_view stamp, host, opaque;
};
std::optional<Srs1> parse_srs1(std::string_view local_part) {
    auto rest = local_part.substr(tag_octets + 1);
    const auto stamp = take_field(rest), host = take_field(rest);
    if (!host || host->empty() || rest.empty() || !separators.contains(rest.front())) return std::nullopt;
    return Srs1{*stamp, *host, rest};
}

unsigned day_number(WallTime now) {
    const auto days = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
    return static_cast<unsigned>(days) % days_modulus;
}

std::string day_text(WallTime now) {
    const auto day = day_number(now);
    return {base32[day / base32.size()], base32[day % base32.size()]};
}

std::optional<unsigned> parse_day(std::string_view text) {
    if (text.size() != day_octets) return std::nullopt;
    const auto high = base32.find(to_lower(text[0])), low = base32.find(to_lower(text[1]));
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    return static_cast<unsigned>(high * base32.size() + low);
}

bool is_valid_on(WallTime now, unsigned day, std::chrono::days validity) {
    const unsigned age = (day_number(now) + days_modulus - day) % days_modulus;
    // Another of our hosts may have begun the next day already.
    return age <= static_cast<unsigned>(validity.count()) || age == days_modulus - 1;
}

// Over the type as well, so that no SRS0 is ever read as an SRS1, and fields between which "=" stands: none
// but the last can hold one.
std::string signed_text(const Srs0& srs) {
    return to_lower(fmt::format("srs0={}={}={}", srs.day, srs.host, srs.user));
}
std::string signed_text(std::string_view day, const Srs1& srs) {
    return to_lower(fmt::format("srs1={}={}={}", day, srs.host, srs.opaque));
}

std::string hash_of(std::string_view text, std::string_view secret) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
             &size) == nullptr)
        throw std::runtime_error("OpenSSL cannot compute HMAC-SHA256");
    std::string hash;
    for (std::size_t i = 0; i < hash_octets; ++i) {
        const std::size_t bit = 5 * i;
        const unsigned pair = static_cast<unsigned>(digest[bit / 8]) << 8 | digest[bit / 8 + 1];
        hash += base32[pair >> (11 - bit % 8) & 31];
    }
    return hash;
}

// Every key is tried, and nothing in the time it takes says how much of the hash was right.
bool is_hash_of(std::string_view text, std::string_view written, const SrsKeys& keys) {
    const auto hash = to_lower(written);
    if (hash.size() != hash_octets) return false;
    bool is_right = false;
    for (const auto& secret : keys.secrets())
        is_right |= CRYPTO_memcmp(hash.data(), hash_of(text, secret).data(), hash_octets) == 0;
    return is_right;
}

Result<Mailbox, SrsError> mailbox_at(std::string_view local_part, std::string_view host) {
    auto mailbox = Mailbox::parse(fmt::format("{}@{}", local_part_text(local_part), host));
    if (!mailbox) return failure(SrsError::Malformed);
    return *std::move(mailbox);
}

Result<Mailbox, SrsError> mailbox_of(const Srs1& srs) {
    return mailbox_at(fmt::format("SRS0{}", srs.opaque), srs.host);
}

// What the next SRS1 of such a sender holds; nullopt: it is a sender like any other.
std::optional<Srs1> as_srs1(std::string_view local_part, std::string_view host) {
    if (is_tagged(local_part, "SRS0")) return Srs1{{}, host, local_part.substr(tag_octets)};
    if (!is_tagged(local_part, "SRS1")) return std::nullopt;
    const auto srs = parse_srs1(local_part);
    return srs && mailbox_of(*srs) ? srs : std::nullopt;
}

Result<Mailbox, SrsError> reverse_srs0(std::string_view local_part, const SrsKeys& keys, WallTime now) {
    const auto srs = parse_srs0(local_part);
    const auto day = srs ? parse_day(srs->day) : std::nullopt;
    if (!day) return failure(SrsError::Malformed);
    if (!is_hash_of(signed_text(*srs), srs->hash, keys)) return failure(SrsError::BadHash);
    if (!is_valid_on(now, *day, keys.validity())) return failure(SrsError::Expired);
    return mailbox_at(srs->user, srs->host);
}

Result<Mailbox, SrsError> reverse_srs1(std::string_view local_part, const SrsKeys& keys, WallTime now) {
    const auto srs = parse_srs1(local_part);
    if (!srs || srs->stamp.size() != day_octets + hash_octets) return failure(SrsError::Malformed);
    const auto day_field = srs->stamp.substr(0, day_octets);
    const auto day = parse_day(day_field);
    if (!day) return failure(SrsError::Malformed);
    if (!is_hash_of(signed_text(day_field, *srs), srs->stamp.substr(day_octets), keys))
        return failure(SrsError::BadHash);
    if (!is_valid_on(now, *day, keys.validity())) return failure(SrsError::Expired);
    return mailbox_of(*srs);
}

}  // namespace

Result<SrsKeys, std::string> SrsKeys::make(std::vector<std::string> secrets, std::chrono::days validity) {
    if (secrets.empty()) return failure(std::string("no secret is given: give one, at random"));
    for (const auto& secret : secrets) {
        if (secret.size() < secret_octets_min)
            return failure(fmt::format("a secret is shorter than {} octets: make a longer one, at random",
                                       secret_octets_min));
    }
    if (validity < std::chrono::days(1) || validity > validity_max)
        return failure(fmt::format("the validity is not between 1 and {} days", validity_max.count()));
    return SrsKeys(std::move(secrets), validity);
}

Result<Mailbox, AddressError> srs_forward(const Mailbox& sender, const Domain& own_domain,
                                          const SrsKeys& keys, WallTime now) {
    const std::string_view local_part = sender.local_part();
    const auto host = host_text(sender.host());
    const auto day = day_text(now);
    const auto& secret = keys.secrets().front();
    if (const auto srs1 = as_srs1(local_part, host)) {
        const auto hash = hash_of(signed_text(day, *srs1), secret);
        return Mailbox::make(fmt::format("SRS1={}{}={}={}", day, hash, srs1->host, srs1->opaque), own_domain);
    }
    const auto hash = hash_of(signed_text(Srs0{{}, day, host, local_part}), secret);
    return Mailbox::make(fmt::format("SRS0={}={}={}={}", hash, day, host, local_part), own_domain);
}

Result<Mailbox, SrsError> srs_reverse(const Mailbox& address, const SrsKeys& keys, WallTime now) {
    const std::string_view local_part = address.local_part();
    if (is_tagged(local_part, "SRS0")) return reverse_srs0(local_part, keys, now);
    if (is_tagged(local_part, "SRS1")) return reverse_srs1(local_part, keys, now);
    return failure(SrsError::NotSrs);
}

}  // namespace cursus
