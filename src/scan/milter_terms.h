// What a milter and we have agreed on: what it may change, which steps it wants to see and which of them it
// answers. We offer everything there is.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scan/milter_protocol.h"

namespace cursus {

// What a milter may do to a message; the values are the bits of the protocol.
enum class MilterAction : std::uint32_t {
    AddHeaders = 0x001,  // and insert
    ChangeBody = 0x002,
    AddRecipients = 0x004,
    RemoveRecipients = 0x008,
    ChangeHeaders = 0x010,
    Quarantine = 0x020,
    ChangeSender = 0x040,
    AddRecipientsWithParameters = 0x080,
    ChooseMacros = 0x100,
};

// Macros that a milter asks for at one step, at most; it may ask for fewer than there are.
inline constexpr std::size_t milter_macros_max = 100;

class MilterTerms {
public:
    // The data of a packet Negotiate, ours.
    static std::string offer();
    // The answer to it. The error says what is wrong with it.
    static Result<MilterTerms, std::string> parse(std::string_view data);

    std::uint32_t version() const { return version_; }
    bool may(MilterAction action) const { return (actions_ & static_cast<std::uint32_t>(action)) != 0; }
    bool wants(MilterCommand command) const;    // false: it does not want to hear of that
    bool answers(MilterCommand command) const;  // false: it hears, and says nothing
    bool wants_refused_recipients() const;
    // A field's text is shown with the space behind its colon, and what the milter writes brings its own.
    bool keeps_leading_space() const;
    std::size_t data_octets_max() const { return data_octets_max_; }
    // Names without braces; null: it has not chosen, and gets those that are usual at this step.
    const std::vector<std::string>* macros(MilterCommand command) const;

private:
    bool take_macros(std::string_view data);

    std::uint32_t version_ = 0, actions_ = 0, steps_ = 0;
    std::size_t data_octets_max_ = milter_data_octets;
    std::map<MilterCommand, std::vector<std::string>> macros_;
};

}  // namespace cursus
