// What a scanner says of a message: one form for all of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mail/header_edit.h"

namespace cursus {

// No scanner of this kind gave an answer: nothing is known of the message, neither good nor bad.
struct ScanTrouble {
    std::string what;  // a sentence that names each server that was asked and what went wrong with it
};

// The message was not looked at: it is larger than our size_max, or than the scanner takes.
struct TooBig {
    std::string why;  // for people
    friend bool operator==(const TooBig&, const TooBig&) = default;
};

struct Clean {
    friend bool operator==(const Clean&, const Clean&) = default;
};
struct VirusFound {
    std::string name;  // as the scanner calls it: printable ASCII, at most virus_name_octets_max
    friend bool operator==(const VirusFound&, const VirusFound&) = default;
};
using VirusVerdict = std::variant<Clean, VirusFound, TooBig>;

inline constexpr std::size_t virus_name_octets_max = 200;
inline constexpr std::size_t spam_symbols_max = 500;  // of one message; more are left out
inline constexpr std::size_t spam_symbol_octets_max =
    100;                                               // of a name; symbols with longer ones are left out
inline constexpr std::size_t spam_edits_max = 100;     // of one message; more are left out
inline constexpr std::size_t spam_omissions_max = 20;  // sentences kept
inline constexpr double spam_score_max = 1'000'000;    // what is beyond counts as this, either way

enum class SpamScanner : std::uint8_t { Rspamd, Spamd };

// What the scanner advises.
enum class SpamAction : std::uint8_t {
    None,
    Greylist,
    AddHeader,  // spamd's "True" is this, too: it knows no other
    RewriteSubject,
    SoftReject,  // refuse for now
    Reject,
    Discard,
    Quarantine,
    Other,  // one of the operator's own, see action_name
};

struct SpamSymbol {
    std::string name;             // printable ASCII without spaces
    std::optional<double> score;  // spamd does not say
    friend bool operator==(const SpamSymbol&, const SpamSymbol&) = default;
};

struct SpamVerdict {
    SpamScanner scanner = SpamScanner::Rspamd;
    double score = 0;
    SpamAction action = SpamAction::None;
    std::string action_name;  // as it says it, printable
    std::vector<SpamSymbol> symbols;
    // What it wants changed whatever the action is, and what belongs to the action. All of them are safe.
    std::vector<HeaderEdit> edits, action_edits;
    std::vector<std::string> omissions;  // sentences: what it said that was not taken, and why
};
using SpamOutcome = std::variant<SpamVerdict, TooBig>;

}  // namespace cursus
