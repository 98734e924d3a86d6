// The names that a part of a message could be saved under. Readers of mail do not agree on how a name is read
// (RFC 2045, 2047, 2231, 2183), and what a rule forbids must not be hidden in the difference: all are given.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mail/malformation.h"
#include "mail/mime_readings.h"

namespace cursus {

inline constexpr std::size_t file_names_max = 48;          // of one part
inline constexpr std::size_t file_name_octets_max = 1024;  // no file system has longer ones

class FileNames {
public:
    // Of one reading of a Content-Type's or Content-Disposition's parameters, which may each have either
    // name.
    void add(const MimeValue& value);
    // Of a body as a careless reader has its parameters.
    void add_careless(std::string_view body);
    // Of a body with all encoded words decoded before anything else is read, as some do.
    void add_decoded(std::string_view body);

    const std::vector<std::string>& names() const { return names_; }  // UTF-8 as far as that is known
    const std::vector<Malformation>& faults() const { return faults_; }
    std::vector<std::string> take_names() { return std::move(names_); }

private:
    void add_lesser(const MimeValue& value);
    void add_best(const std::string& text);
    void add_words(const std::string& text);
    void add_forms(std::string text);
    void add_name(std::string name);
    void compare_suffix(std::string_view name);
    void note(Malformation fault);

    std::vector<std::string> names_;
    std::vector<Malformation> faults_;
    std::string suffix_;  // of the first of the best readings that has one
};

}  // namespace cursus
