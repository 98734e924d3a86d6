#include "runtime/no_deputy.h"

namespace cursus {

Task<Result<std::optional<OwnersFile>, std::string>> NoDeputy::read(SystemUser, std::string) {
    co_return failure(why_);
}

Task<DeputyResult> NoDeputy::deliver(SystemUser, DeputyOrder, Content&) {
    co_return DeputyResult{DeputyOutcome::Later, why_};
}

Task<Result<PamAnswer, std::string>> NoDeputy::ask_pam(PamQuestion) {
    co_return failure(why_);
}

}  // namespace cursus
