// Passwords do not stay in memory once they have been used.
#pragma once

#include <string.h>

#include <string>

namespace cursus {

// What the text holds is overwritten, and it is empty. Copies that were made of it are not known here.
inline void wipe(std::string& text) {
    explicit_bzero(text.data(), text.size());
    text.clear();
}

// At the end of the scope, however that is left.
class WipedAtEnd {
public:
    explicit WipedAtEnd(std::string& text) : text_(text) {}
    ~WipedAtEnd() { wipe(text_); }
    WipedAtEnd(const WipedAtEnd&) = delete;
    WipedAtEnd& operator=(const WipedAtEnd&) = delete;

private:
    std::string& text_;
};

}  // namespace cursus
