#include "runtime/no_deputy.h"

namespace cursus {

Task<Result<std::optional<OwnersFile>, std::string>> NoDeputy::read(SystemUser, std::string) {
    co_return failure(why_);
}

Task<DeputyResult> NoDeputy::deliver(SystemUser, DeputyOrder, Content&) {
    co_return DeputyResult{DeputyOutcome::Later, why_};
}

}  // namespace cursus
