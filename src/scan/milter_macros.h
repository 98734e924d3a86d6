// What a milter is told beside the commands: values by name. A value that is not known is not sent.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "scan/milter_terms.h"

namespace cursus {

inline constexpr std::size_t milter_macro_octets_max = 1000;  // of a value; more is cut off

class MilterMacros {
public:
    // Names without braces. An empty value is none.
    void set(std::string name, std::string_view value);
    // The data of a packet Macros for that command: those that the milter has chosen, or the usual ones.
    // Empty: there is nothing to say.
    std::string data_for(MilterCommand command, const MilterTerms& terms) const;

private:
    void append(std::string& data, std::string_view name) const;

    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace cursus
