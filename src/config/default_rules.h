// The rules that stand around the operator's own unless [policy] default_rules is false.
#pragma once

#include <string_view>

namespace cursus {

// Configuration text, of [[rule]] only. `first` comes before the operator's rules, `last` behind them.
struct DefaultRules {
    std::string_view first, last;
};
DefaultRules default_rules();
bool is_default_rule(std::string_view name);

}  // namespace cursus
