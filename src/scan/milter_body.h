// A body that a milter has put in the place of a message's own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mail/envelope.h"
#include "mail/text_check.h"
#include "scan/message_source.h"

namespace cursus {

inline constexpr std::size_t milter_body_piece_octets = 256 * 1024;

struct NewBody {
    // Each but the last has milter_body_piece_octets; none is empty.
    std::vector<std::shared_ptr<const std::string>> pieces;
    std::uint64_t size = 0;
    bool is_ascii = true;  // false: what was a message of seven bits is one of eight now
};

// Gathers it. Milters end lines with CRLF or LF; what comes out has CRLF, and neither CR nor LF stands alone
// (RFC 5321 §2.3.8), but for BINARYMIME, which stays as it comes (RFC 3030).
class NewBodyBuilder {
public:
    NewBodyBuilder(Body kind, std::uint64_t size_max) : kind_(kind), size_max_(size_max) {}
    // The error says what is wrong with it.
    Result<void, std::string> add(std::string_view octets);
    NewBody finish();

private:
    Result<void, std::string> append(std::string_view octets);
    Result<void, std::string> check();

    Body kind_;
    std::uint64_t size_max_;
    bool after_cr_ = false;  // and its LF may still come
    TextCheck text_;
    std::string piece_;
    NewBody body_;
};

// Room in memory for the octets of new bodies, which stays theirs until they are part of the message, or the
// message is given up.
class BodyRoom {
public:
    virtual ~BodyRoom() = default;
    // Waits while there is none; the error says that there was none.
    virtual Task<Result<void, std::string>> reserve(std::uint64_t octets) = 0;
};

// For those that are asked next.
class NewBodySource final : public MessageSource {
public:
    explicit NewBodySource(NewBody body) : body_(std::move(body)) {}
    std::uint64_t size() const override { return body_.size; }
    Task<Result<std::shared_ptr<const std::string>, std::string>> piece(std::uint64_t offset) override;
    const NewBody& body() const { return body_; }

private:
    NewBody body_;
};

}  // namespace cursus
