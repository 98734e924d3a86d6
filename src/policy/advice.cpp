#include "policy/advice.h"

#include "base/overloaded.h"

namespace cursus {

std::string_view name(const Advice::Decision& decision) {
    return std::visit(
        Overloaded{
            [](const Advice::NoOpinion&) { return std::string_view("no opinion"); },
            [](const Advice::Accept&) { return std::string_view("accept"); },
            [](const Advice::Reject&) { return std::string_view("reject"); },
            [](const Advice::Defer&) { return std::string_view("defer"); },
            [](const Advice::DeferUnlessRejected&) { return std::string_view("defer unless rejected"); },
            [](const Advice::DeferIfRejected&) { return std::string_view("defer if rejected"); },
            [](const Advice::Discard&) { return std::string_view("discard"); },
            [](const Advice::Hold&) { return std::string_view("hold"); },
        },
        decision);
}

}  // namespace cursus
