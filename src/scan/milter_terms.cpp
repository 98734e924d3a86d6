#include "scan/milter_terms.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/words.h"

namespace cursus {
namespace {

constexpr std::uint32_t all_actions = 0x1ff;

// The bits of the protocol that turn a step off, or its answer.
struct StepBits {
    MilterCommand command;
    std::uint32_t is_off, has_no_answer;
};
constexpr StepBits step_bits[] = {
    {MilterCommand::Connect, 0x0000'0001, 0x0000'1000},
    {MilterCommand::Helo, 0x0000'0002, 0x0000'2000},
    {MilterCommand::Mail, 0x0000'0004, 0x0000'4000},
    {MilterCommand::Rcpt, 0x0000'0008, 0x0000'8000},
    {MilterCommand::Body, 0x0000'0010, 0x0008'0000},
    {MilterCommand::Header, 0x0000'0020, 0x0000'0080},
    {MilterCommand::EndOfHeader, 0x0000'0040, 0x0004'0000},
    {MilterCommand::Unknown, 0x0000'0100, 0x0002'0000},
    {MilterCommand::Data, 0x0000'0200, 0x0001'0000},
};
constexpr std::uint32_t may_skip = 0x0000'0400, refused_recipients = 0x0000'0800, leading_space = 0x0010'0000,
                        data_256k = 0x1000'0000, data_1m = 0x2000'0000;
constexpr std::uint32_t all_steps = 0x001f'ffff | data_256k | data_1m;

const StepBits* bits_of(MilterCommand command) {
    const auto* found = std::ranges::find(step_bits, command, &StepBits::command);
    return found == std::ranges::end(step_bits) ? nullptr : found;
}

// In the order in which the protocol counts the steps that macros are chosen for.
constexpr MilterCommand macro_steps[] = {
    MilterCommand::Connect, MilterCommand::Helo,         MilterCommand::Mail,       MilterCommand::Rcpt,
    MilterCommand::Data,    MilterCommand::EndOfMessage, MilterCommand::EndOfHeader};

// "{auth_type}", "i": parted by spaces or commas. Each once.
std::vector<std::string> macro_names(std::string_view text) {
    std::string spaced(text);
    std::ranges::replace(spaced, ',', ' ');
    std::vector<std::string> names;
    for (auto& name : words(spaced)) {
        if (name.starts_with('{') && name.ends_with('}')) name = name.substr(1, name.size() - 2);
        if (names.size() < milter_macros_max && std::ranges::find(names, name) == names.end())
            names.push_back(std::move(name));
    }
    return names;
}

}  // namespace

std::string MilterTerms::offer() {
    static_assert((may_skip & all_steps) != 0, "a milter may answer that it has seen enough");
    Encoder data;
    data.u32(milter_version);
    data.u32(all_actions);
    data.u32(all_steps);
    return data.take();
}

Result<MilterTerms, std::string> MilterTerms::parse(std::string_view data) {
    Decoder in(data);
    MilterTerms terms;
    terms.version_ = in.u32();
    terms.actions_ = in.u32();
    terms.steps_ = in.u32();
    if (!in.is_good()) return failure(std::string("its answer to our offer is too short"));
    if (terms.version_ < milter_version_min || terms.version_ > milter_version)
        return failure(fmt::format("it speaks version {} of the protocol, and {} to {} are known here",
                                   terms.version_, milter_version_min, milter_version));
    if ((terms.actions_ & ~all_actions) != 0)
        return failure(fmt::format("it wants to make changes that are not known here (bits {:#x})",
                                   terms.actions_ & ~all_actions));
    if ((terms.steps_ & ~all_steps) != 0)
        return failure(fmt::format("it wants the protocol in a way that is not known here (bits {:#x})",
                                   terms.steps_ & ~all_steps));
    // What came with later versions: Unknown with 3, Data with 4.
    if (terms.version_ < 3) terms.steps_ |= bits_of(MilterCommand::Unknown)->is_off;
    if (terms.version_ < 4) terms.steps_ |= bits_of(MilterCommand::Data)->is_off;
    if ((terms.steps_ & data_256k) != 0) terms.data_octets_max_ = milter_data_octets_256k;
    if ((terms.steps_ & data_1m) != 0) terms.data_octets_max_ = milter_data_octets_1m;
    if (!terms.take_macros(in.rest())) return failure(std::string("its list of macros is broken"));
    return terms;
}

bool MilterTerms::take_macros(std::string_view data) {
    while (!data.empty()) {
        Decoder in(data);
        const std::uint32_t step = in.u32();
        const auto end = in.rest().find('\0');
        if (!in.is_good() || end == std::string_view::npos) return false;
        // Steps that are not known here are for later versions of the protocol.
        if (step < std::size(macro_steps)) macros_[macro_steps[step]] = macro_names(in.rest().substr(0, end));
        data = in.rest().substr(end + 1);
    }
    return true;
}

bool MilterTerms::wants(MilterCommand command) const {
    const auto* bits = bits_of(command);
    return bits == nullptr || (steps_ & bits->is_off) == 0;
}

bool MilterTerms::answers(MilterCommand command) const {
    const auto* bits = bits_of(command);
    return bits == nullptr || (steps_ & bits->has_no_answer) == 0;
}

bool MilterTerms::wants_refused_recipients() const {
    return (steps_ & refused_recipients) != 0;
}

bool MilterTerms::keeps_leading_space() const {
    return (steps_ & leading_space) != 0;
}

const std::vector<std::string>* MilterTerms::macros(MilterCommand command) const {
    const auto found = macros_.find(command);
    return found == macros_.end() ? nullptr : &found->second;
}

}  // namespace cursus
