#include "scan/rspamd_answer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/utf8.h"
#include "http/bounded_json.h"
#include "scan/rspamd_edits.h"
#include "scan/said.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

struct NamedAction {
    std::string_view name;
    SpamAction action;
};
constexpr std::array named_actions = {
    NamedAction{"no action", SpamAction::None},
    NamedAction{"greylist", SpamAction::Greylist},
    NamedAction{"add header", SpamAction::AddHeader},
    NamedAction{"rewrite subject", SpamAction::RewriteSubject},
    NamedAction{"soft reject", SpamAction::SoftReject},
    NamedAction{"reject", SpamAction::Reject},
    NamedAction{"discard", SpamAction::Discard},
    NamedAction{"quarantine", SpamAction::Quarantine},
};

// Octets of the message come back in it. No sender shall make the whole answer unreadable with them.
std::string as_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t octets = utf8_sequence_length(text);
        out += octets == 0 ? std::string_view("?") : text.substr(0, octets);
        text.remove_prefix(std::max<std::size_t>(octets, 1));
    }
    return out;
}

std::optional<double> score_of(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    const auto score = found->get<double>();
    if (!std::isfinite(score)) return std::nullopt;
    return std::clamp(score, -spam_score_max, spam_score_max);
}

const Json* object_of(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_object() ? &*found : nullptr;
}

void take_rspamd_symbols(const Json& symbols, SpamVerdict& verdict) {
    std::size_t left_out = 0;
    for (const auto& [name, symbol] : symbols.items()) {
        if (!is_symbol(name) || verdict.symbols.size() >= spam_symbols_max) {
            ++left_out;
            continue;
        }
        verdict.symbols.push_back({name, symbol.is_object() ? score_of(symbol, "score") : std::nullopt});
    }
    if (left_out != 0) leave_out(verdict, fmt::format("{} of its symbols", left_out));
}

// What is asked for beside the action's own doing; some of it says what the action means.
void take_milter(const Json& milter, SpamVerdict& verdict) {
    take_milter_edits(milter, verdict);
    const auto* reject = text_member(milter, "reject");
    if (reject != nullptr && verdict.action == SpamAction::Reject) {
        if (*reject == "discard") verdict.action = SpamAction::Discard;
        if (*reject == "quarantine") verdict.action = SpamAction::Quarantine;
    }
    for (const char* name : {"change_from", "add_rcpt", "del_rcpt"})
        if (milter.contains(name)) leave_out(verdict, fmt::format("{}: the envelope stays", name));
    const auto no_action = milter.find("no_action");
    if (no_action == milter.end() || !no_action->is_boolean() || !no_action->get<bool>()) return;
    verdict.action = SpamAction::None;
    add_edit(verdict, verdict.edits, HeaderEdit::append("X-Rspamd-Action", verdict.action_name));
}

// What the action itself does to the header.
void take_action_edits(const Json& answer, const Json* milter, SpamVerdict& verdict) {
    if (verdict.action == SpamAction::AddHeader) {
        const auto* wanted = milter != nullptr ? text_member(*milter, "spam_header") : nullptr;
        std::string name(rspamd_spam_header);
        if (wanted != nullptr && is_safe(HeaderEdit::append(*wanted, "Yes"))) name = *wanted;
        add_edit(verdict, verdict.action_edits, HeaderEdit::remove_all(name));
        add_edit(verdict, verdict.action_edits, HeaderEdit::append(name, "Yes"));
    }
    const auto* subject = text_member(answer, "subject");
    if (verdict.action == SpamAction::RewriteSubject && subject != nullptr && !subject->empty())
        add_edit(verdict, verdict.action_edits, HeaderEdit::change(1, "Subject", *subject));
}

}  // namespace

Result<SpamVerdict, std::string> parse_rspamd_answer(std::string_view json) {
    const auto answer = parse_json_object(as_utf8(json), rspamd_answer_octets_max);
    if (!answer) return failure(std::string("its answer is no JSON object, or too deep or large a one"));
    const auto* action = text_member(*answer, "action");
    const auto score = score_of(*answer, "score");
    if (action == nullptr || !score) {
        const auto* error = text_member(*answer, "error");
        if (error == nullptr) return failure(std::string("its answer has no action or no score"));
        return failure(fmt::format("it said \"{}\"", as_said(*error)));
    }
    SpamVerdict verdict;
    verdict.score = *score;
    verdict.action_name = as_said(*action);
    const auto named = std::ranges::find(named_actions, std::string_view(*action), &NamedAction::name);
    verdict.action = named == named_actions.end() ? SpamAction::Other : named->action;
    if (const Json* symbols = object_of(*answer, "symbols")) take_rspamd_symbols(*symbols, verdict);
    const Json* milter = object_of(*answer, "milter");
    if (milter != nullptr) take_milter(*milter, verdict);
    const auto signatures = answer->find("dkim-signature");
    if (signatures != answer->end()) take_signatures(*signatures, verdict);
    take_action_edits(*answer, milter, verdict);
    return verdict;
}

}  // namespace cursus
