#include "accounts/base64.h"

#include <gsasl.h>

#include <memory>

namespace cursus {
namespace {

struct Free {
    void operator()(char* text) const { gsasl_free(text); }
};

}  // namespace

std::string to_base64(std::string_view octets) {
    char* text = nullptr;
    std::size_t size = 0;
    if (gsasl_base64_to(octets.data(), octets.size(), &text, &size) != GSASL_OK) throw std::bad_alloc();
    const std::unique_ptr<char, Free> owned(text);
    return {text, size};
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.empty()) return std::string();
    char* octets = nullptr;
    std::size_t size = 0;
    if (gsasl_base64_from(text.data(), text.size(), &octets, &size) != GSASL_OK) return std::nullopt;
    const std::unique_ptr<char, Free> owned(octets);
    return std::string(octets, size);
}

}  // namespace cursus
