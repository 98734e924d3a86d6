// What scanners are asked and what they say, seen from their side.
#pragma once

#include <string>
#include <string_view>

#include "tests/scenarios/plan.h"

namespace cursus {

// Whether that is all of a question put to a scanner of this kind.
bool is_whole_question(ScannerKind kind, std::string_view question);
std::string scanner_answer(ScannerKind kind, bool is_bad);
// Of the `number`th kind: no scanner says so.
std::string nonsense(std::size_t number);

}  // namespace cursus
