// The milter protocol as the server's side speaks it, version 6: what is asked, as packets. A packet is its
// length (four octets, which count what follows), a letter, and data. What comes back is read by
// scan/milter_terms.h and scan/milter_reply.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"

namespace cursus {

inline constexpr std::uint32_t milter_version = 6;
inline constexpr std::uint32_t milter_version_min = 2;  // libmilter knows none older

// Of the data of one packet, both ways, unless larger ones were agreed on (MilterTerms::data_octets_max).
inline constexpr std::size_t milter_data_octets = 65'535;
inline constexpr std::size_t milter_data_octets_256k = 256 * 1024 - 1;
inline constexpr std::size_t milter_data_octets_1m = 1024 * 1024 - 1;

// What we say; the values are the letters of the protocol.
enum class MilterCommand : char {
    Abort = 'A',         // the message is given up
    Body = 'B',          // a piece of it
    Connect = 'C',       // who the client is
    Macros = 'D',        // names and values that the next command comes with
    EndOfMessage = 'E',  // now the changes, and the verdict
    Helo = 'H',
    Header = 'L',  // a field
    Mail = 'M',
    EndOfHeader = 'N',
    Negotiate = 'O',
    Quit = 'Q',
    Rcpt = 'R',
    Data = 'T',
    Unknown = 'U',  // a command of SMTP that we do not know
};
std::string_view describe(MilterCommand command);  // "MAIL", "the end of the header": for sentences

// A command that may be answered, with its data.
struct MilterQuestion {
    MilterCommand command;
    std::string data;
    bool is_refused = false;  // at Rcpt: the recipient, whatever is answered
};

// The client's address; 0.0.0.0 or ::, and it is said to be unknown. `name` is its confirmed name, empty when
// it has none.
MilterQuestion milter_connect(std::string_view name, const Endpoint& client);
MilterQuestion milter_helo(std::string_view name);
// The path with its brackets, then the parameters as the client wrote them.
MilterQuestion milter_mail(std::string_view path, const std::vector<std::string>& parameters);
MilterQuestion milter_rcpt(std::string_view path, const std::vector<std::string>& parameters);
MilterQuestion milter_unknown(std::string_view line);

// The front of a packet whose data has so many octets.
std::string milter_packet_head(MilterCommand command, std::size_t data_octets);

// Texts end with NUL, so that none may hold one: what stands behind it is left out.
void append_milter_text(std::string& data, std::string_view text);

}  // namespace cursus
