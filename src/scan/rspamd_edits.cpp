#include "scan/rspamd_edits.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "scan/said.h"

namespace cursus {
namespace {

using Json = nlohmann::json;

constexpr std::int32_t field_place_max = 1'000'000;
constexpr std::string_view dkim_signature = "DKIM-Signature";

std::string with_crlf(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
        out += text[i];
    }
    return out;
}

// Numbers that are whole and not beyond all measure.
std::optional<std::int32_t> place_of(const Json& value) {
    if (!value.is_number()) return std::nullopt;
    const auto number = value.get<double>();
    if (!std::isfinite(number) || std::abs(number) > field_place_max || number != std::trunc(number))
        return std::nullopt;
    return static_cast<std::int32_t>(number);
}

// One value, or each of several.
template <class Take>
void each_of(const Json& value, const Take& take) {
    if (!value.is_array()) return take(value);
    for (const Json& one : value) take(one);
}

HeaderEdit removal(const std::string& name, std::int32_t place) {
    if (place == 0) return HeaderEdit::remove_all(name);
    if (place < 0) return HeaderEdit::remove_from_end(static_cast<std::uint32_t>(-place), name);
    return HeaderEdit::change(static_cast<std::uint32_t>(place), name, "");
}

// Places are those of the header as rspamd saw it: what stands further away goes first.
void take_removals(const std::string& name, const Json& value, SpamVerdict& verdict) {
    std::vector<std::int32_t> places;
    each_of(value, [&](const Json& one) {
        if (const auto place = place_of(one); place && places.size() < spam_edits_max)
            return places.push_back(*place);
        leave_out(verdict, fmt::format("the removal of \"{}\", without a place", as_said(name)));
    });
    std::ranges::sort(places, std::greater(),
                      [](std::int32_t place) { return std::pair(std::abs(place), place); });
    const auto repeated = std::ranges::unique(places);
    places.erase(repeated.begin(), repeated.end());
    for (const auto place : places) add_edit(verdict, verdict.edits, removal(name, place));
}

// A text, or an object of a value and its order. An order counts from the first field, 0, or from the last,
// -1; of the latter nothing but the end is known here, and what is meant to stand close to it stands there.
void take_addition(const std::string& name, const Json& value, SpamVerdict& verdict) {
    const Json* text = &value;
    std::optional<std::int32_t> order;
    if (value.is_object()) {
        const auto found = value.find("value");
        const auto place = value.find("order");
        text = found == value.end() ? nullptr : &*found;
        if (place != value.end()) order = place_of(*place);
    }
    if (text == nullptr || !text->is_string())
        return leave_out(verdict, fmt::format("field \"{}\", without a text", as_said(name)));
    auto body = text->get<std::string>();
    const bool is_placed = order && *order >= 0;
    add_edit(verdict, verdict.edits,
             is_placed ? HeaderEdit::insert(static_cast<std::uint32_t>(*order), name, std::move(body))
                       : HeaderEdit::append(name, std::move(body)));
}

}  // namespace

void leave_out(SpamVerdict& verdict, std::string what) {
    if (verdict.omissions.size() < spam_omissions_max) verdict.omissions.push_back(std::move(what));
}

void add_edit(SpamVerdict& verdict, std::vector<HeaderEdit>& edits, HeaderEdit edit) {
    edit.body = with_crlf(edit.body);
    const std::string name = as_said(edit.name);
    if (!is_safe(edit)) return leave_out(verdict, fmt::format("field \"{}\", which is not a safe one", name));
    if (verdict.edits.size() + verdict.action_edits.size() >= spam_edits_max)
        return leave_out(verdict, fmt::format("field \"{}\", beyond the {}th", name, spam_edits_max));
    edits.push_back(std::move(edit));
}

void take_milter_edits(const Json& milter, SpamVerdict& verdict) {
    const auto removals = milter.find("remove_headers");
    if (removals != milter.end() && removals->is_object())
        for (const auto& [name, value] : removals->items()) take_removals(name, value, verdict);
    const auto additions = milter.find("add_headers");
    if (additions == milter.end() || !additions->is_object()) return;
    for (const auto& [name, value] : additions->items())
        each_of(value, [&](const Json& one) { take_addition(name, one, verdict); });
}

void take_signatures(const Json& signatures, SpamVerdict& verdict) {
    each_of(signatures, [&](const Json& one) {
        const auto* text = one.get_ptr<const std::string*>();
        if (text == nullptr) return leave_out(verdict, "a signature without a text");
        add_edit(verdict, verdict.edits, HeaderEdit::insert(1, std::string(dkim_signature), *text));
    });
}

}  // namespace cursus
