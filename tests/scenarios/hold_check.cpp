#include <fmt/format.h>

#include "tests/scenarios/checks.h"

namespace cursus {

void check_holds(const Testimony& evidence, Failures& failures) {
    for (const auto& contradiction : evidence.holds.contradictions()) failures.push_back(contradiction);
    for (const auto& delivery : evidence.accounts.deliveries) {
        if (delivery.is_local) continue;  // nobody knows when
        const HoldBook::Whose whose(delivery.message, delivery.recipient);
        for (const auto& hold : evidence.holds.holds()) {
            if (hold.whose == whose && hold.from < delivery.began && delivery.began < hold.until)
                failures.push_back(fmt::format("{} was brought to {} while it was held", delivery.token,
                                               delivery.recipient));
        }
    }
}

}  // namespace cursus
