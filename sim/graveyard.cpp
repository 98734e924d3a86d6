#include "sim/graveyard.h"

#include <vector>

namespace cursus::graveyard {

void bury(std::unique_ptr<Grave> grave) {
    static auto& graves = *new std::vector<std::unique_ptr<Grave>>;  // outlives every static destructor too
    graves.push_back(std::move(grave));
}

}  // namespace cursus::graveyard
