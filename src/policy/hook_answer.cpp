#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/text.h"
#include "http/bounded_json.h"
#include "policy/advice_parts.h"
#include "policy/hook_document.h"

namespace cursus {
namespace {

using HookJson = nlohmann::json;
using Taken = Result<void, std::string>;

constexpr int hook_reject_code = 550, hook_defer_code = 450;

// A member's value; null stands for none.
const HookJson* json_member(const HookJson& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::optional<std::string>, std::string> optional_text(const HookJson& object, const char* name) {
    const HookJson* const value = json_member(object, name);
    if (value == nullptr) return std::nullopt;
    const auto* const text = value->get_ptr<const std::string*>();
    if (text == nullptr) return failure(fmt::format("{} is no text", name));
    return *text;
}

// Each entry of a list, if there is one.
Taken take_each(const HookJson& object, const char* name, const std::function<Taken(const HookJson&)>& take) {
    const HookJson* const list = json_member(object, name);
    if (list == nullptr) return {};
    if (!list->is_array()) return failure(fmt::format("{} is no list", name));
    if (list->size() > hook_list_max)
        return failure(fmt::format("{} has more than {} entries", name, hook_list_max));
    for (const HookJson& entry : *list) {
        TRY_VOID(take(entry));
    }
    return {};
}

Taken knows_all_members(const HookJson& object, std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : object.items())
        if (std::ranges::find(known, name) == known.end())
            return failure(
                fmt::format("nothing is known of a member \"{}\"", printable(name.substr(0, 100))));
    return {};
}

// What refuses: the code, the status in front of the words.
struct Refusing {
    std::optional<int> code;
    std::string text;
};

Result<Refusing, std::string> refusing_of(const HookJson& answer) {
    Refusing refusing;
    TRY(status, optional_text(answer, "status"));
    TRY(words, optional_text(answer, "text"));
    if (const HookJson* const code = json_member(answer, "code")) {
        if (!code->is_number_integer() || *code < 400 || *code > 559 || (*code > 459 && *code < 500))
            return failure(std::string("code is none of 400 to 459 and 500 to 559"));
        refusing.code = code->get<int>();
    }
    if (status && !Status::parse(*status)) return failure(std::string("status is none of RFC 3463"));
    refusing.text = fmt::format("{}{}{}", status.value_or(""), status ? " " : "", words.value_or(""));
    return refusing;
}

template <class Refusal>
Result<Advice::Decision, std::string> refusal(const HookJson& answer, int usual_code) {
    TRY(refusing, refusing_of(answer));
    const int code = refusing.code.value_or(usual_code);
    if (code / 100 != usual_code / 100) return failure(std::string("code and action do not agree"));
    Reply reply = advised_reply(code, refusing.text);
    TRY(status, optional_text(answer, "status"));
    if (status && reply.status()->text() != *status)
        return failure(std::string("status and action do not agree"));
    return Refusal{std::move(reply)};
}

Result<Advice::Decision, std::string> decision_of(const HookJson& answer, const std::string& action) {
    if (action == "reject") return refusal<Advice::Reject>(answer, hook_reject_code);
    if (action == "defer") return refusal<Advice::Defer>(answer, hook_defer_code);
    if (json_member(answer, "code") != nullptr || json_member(answer, "status") != nullptr)
        return failure(std::string("code and status are for reject and defer"));
    if (action == "none") return Advice::NoOpinion{};
    if (action == "accept") return Advice::Accept{};
    if (action == "discard") return Advice::Discard{};
    if (action == "hold") return Advice::Hold{};
    return failure(fmt::format("the action \"{}\" is not known", printable(action.substr(0, 100))));
}

Taken take_field(const HookJson& entry, Advice& advice) {
    if (!entry.is_object()) return failure(std::string("a header field is an object with name and value"));
    TRY_VOID(knows_all_members(entry, {"name", "value"}));
    const auto* const name = text_member(entry, "name");
    const auto* const value = text_member(entry, "value");
    if (name == nullptr || value == nullptr)
        return failure(std::string("a header field has a name and a value, both texts"));
    TRY(field, advised_field(*name, *value));
    advice.fields.push_back(std::move(field));
    return {};
}

Result<Mailbox, std::string> hook_address(const HookJson& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    if (text == nullptr) return failure(std::string("an address is no text"));
    return advised_mailbox(*text);
}

Taken take_tag(const HookJson& entry, Advice& advice) {
    const auto* const text = entry.get_ptr<const std::string*>();
    const auto may_stand = [](char c) {
        return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
    };
    if (text == nullptr || text->empty() || text->size() > hook_tag_octets_max ||
        !std::ranges::all_of(*text, may_stand))
        return failure(std::string("a tag is a word of letters, digits, \"-\", \"_\" and \".\""));
    advice.tags.push_back(to_lower(*text));
    return {};
}

Taken take_wishes(const HookJson& answer, Advice& advice) {
    TRY_VOID(take_each(answer, "headers", [&](const HookJson& entry) { return take_field(entry, advice); }));
    TRY_VOID(take_each(answer, "tags", [&](const HookJson& entry) { return take_tag(entry, advice); }));
    TRY_VOID(take_each(answer, "add_recipients", [&](const HookJson& entry) -> Taken {
        TRY(address, hook_address(entry));
        advice.copies.push_back(std::move(address));
        return {};
    }));
    if (const HookJson* const redirect = json_member(answer, "redirect")) {
        TRY(address, hook_address(*redirect));
        advice.redirect = std::move(address);
    }
    return {};
}

}  // namespace

Result<Advice, std::string> parse_hook_answer(std::string_view body) {
    const auto answer = parse_json_object(body, hook_answer_octets_max);
    if (!answer) return failure(std::string("its answer is no JSON object, or it is too large"));
    TRY_VOID(knows_all_members(
        *answer, {"action", "code", "status", "text", "headers", "add_recipients", "redirect", "tags"}));
    const auto* const action = text_member(*answer, "action");
    if (action == nullptr) return failure(std::string("its answer has no action"));
    Advice advice;
    TRY(decision, decision_of(*answer, *action));
    TRY(text, optional_text(*answer, "text"));
    // In a refusal it is what the client is told.
    const bool is_refusal = *action == "reject" || *action == "defer";
    if (text && !text->empty() && !is_refusal) advice.notes.push_back(advised_text(*text));
    advice.decision = std::move(decision);
    TRY_VOID(take_wishes(*answer, advice));
    return advice;
}

}  // namespace cursus
