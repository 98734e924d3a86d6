#include "mail/base64.h"

#include <gsasl.h>

#include <memory>
#include <new>

namespace cursus {

namespace {

using Owned = std::unique_ptr<char, decltype(&gsasl_free)>;

}  // namespace

std::string to_base64(std::string_view octets) {
    char* text = nullptr;
    std::size_t size = 0;
    if (gsasl_base64_to(octets.data(), octets.size(), &text, &size) != GSASL_OK) throw std::bad_alloc();
    const Owned owned(text, &gsasl_free);
    return {text, size};
}

std::optional<std::string> from_base64(std::string_view text) {
    char* octets = nullptr;
    std::size_t size = 0;
    const int result = gsasl_base64_from(text.data(), text.size(), &octets, &size);
    const Owned owned(octets, &gsasl_free);
    if (result == GSASL_MALLOC_ERROR) throw std::bad_alloc();
    if (result != GSASL_OK) return std::nullopt;
    return std::string(octets, size);
}

}  // namespace cursus
