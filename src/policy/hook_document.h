// What an HTTP hook is asked and answers: one JSON document each (docs/policy-services.md has their schema).
// What it answers is not trusted.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/advice.h"
#include "policy/facts.h"

namespace cursus {

inline constexpr int hook_version = 1;
inline constexpr std::size_t hook_answer_octets_max = 64 * 1024;
inline constexpr std::size_t hook_header_octets_max =
    64 * 1024;                                    // of a message's header; the rest is not shown
inline constexpr std::size_t hook_list_max = 32;  // of fields, recipients and tags, each
inline constexpr std::size_t hook_tag_octets_max = 64;

std::string hook_question(const Facts& facts);

// The error is a sentence. Members that are not known are an error, so that no wish is passed over.
Result<Advice, std::string> parse_hook_answer(std::string_view body);

}  // namespace cursus
