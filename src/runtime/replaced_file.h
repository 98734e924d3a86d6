// A file of ours that is written anew as a whole: whenever the power goes, it holds all of what it held
// before, or all of what is new.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/files.h"

namespace cursus {

// Blocking: for the pool. One thread at a time.
class ReplacedFile {
public:
    ReplacedFile(Files& files, std::string path, std::size_t octets_max);
    const std::string& path() const { return path_; }
    std::string aside() const { return path_ + ".unreadable"; }

    // Nothing where there is no such file. After any other error it is distrusted.
    FileResult<std::optional<std::string>> read();
    // What it holds is not known here, or of no use: it is the operator's to look at, and goes aside before
    // anything else is written in its place.
    void distrust() { is_distrusted_ = true; }
    FileResult<> replace(std::string_view text);

private:
    FileResult<> put_aside();

    Files& files_;
    std::string path_;
    std::size_t octets_max_;
    bool is_distrusted_ = false;
};

}  // namespace cursus
