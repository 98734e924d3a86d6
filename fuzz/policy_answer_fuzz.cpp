// What a policy service says: an answer is read the same in whatever pieces it comes, and what it advises is
// safe or an error for people.
#include "fuzz/advice.h"
#include "fuzz/fuzz.h"
#include "policy/policy_action.h"
#include "policy/policy_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const auto seed = input.number();
    PolicyAnswerReader whole, torn;
    const auto at_once = whole.take(input.rest());
    Result<void, std::string> in_pieces;
    for (fuzz::Pieces pieces(input.rest(), seed); !pieces.empty() && in_pieces && !torn.is_whole();)
        in_pieces = torn.take(pieces.next());
    // A line that breaks later may be whole before that.
    fuzz::require(!whole.is_whole() || torn.is_whole());
    for (const Result<void, std::string>& taken : {at_once, in_pieces})
        fuzz::require(taken || (!taken.error().empty() && !has_control(taken.error())));
    if (!torn.is_whole()) return 0;
    fuzz::require(in_pieces.has_value() && torn.action().size() < policy_answer_octets_max);
    fuzz::require(!whole.is_whole() || whole.action() == torn.action());
    const auto advice = parse_policy_action(torn.action());
    if (!advice) return fuzz::require(!advice.error().empty() && !has_control(advice.error())), 0;
    fuzz::require_safe(*advice);
    return 0;
}
