#include "policy/found.h"

#include <algorithm>
#include <utility>

#include "base/printable.h"

namespace cursus {

bool Found::is(std::string_view word) const {
    return std::ranges::find(words, word) != words.end();
}

Found unknown(const std::string& why) {
    return {{}, 0, {}, why.empty() ? std::string("no answer") : printable(why)};
}

}  // namespace cursus
