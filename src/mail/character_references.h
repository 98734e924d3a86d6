// Character references of HTML ("&#x2e;", "&amp;"), octet by octet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cursus {

// Takes text in whatever pieces. References by number are decoded with or without their semicolon, as
// browsers do; of those by name the ones that can stand in a URI. Everything else stays as it is.
class CharacterReferences {
public:
    void decode(std::string_view piece, std::string& out);  // appends
    void end(std::string& out);                             // what was begun ends here

private:
    enum class State : std::uint8_t { Text, Ampersand, Hash, HexMark, Decimal, Hex, Name };
    void push(char c, std::string& out);
    bool goes_on(char c);
    void add_digit(unsigned base, unsigned digit);
    void give(std::string& out);

    State state_ = State::Text;
    std::string raw_;  // of a reference that has begun: its octets, but for the digits
    std::uint32_t point_ = 0;
};

}  // namespace cursus
