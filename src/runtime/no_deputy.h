// For a process that cannot act as another user.
#pragma once

#include <utility>

#include "runtime/deputy.h"

namespace cursus {

class NoDeputy final : public Deputy {
public:
    explicit NoDeputy(std::string why) : why_(std::move(why)) {}

    std::string why_absent() const override { return why_; }
    Task<Result<std::optional<OwnersFile>, std::string>> read(SystemUser user, std::string path) override;
    Task<DeputyResult> deliver(SystemUser user, DeputyOrder order, Content& content) override;
    Task<Result<PamAnswer, std::string>> ask_pam(PamQuestion question) override;
    void call_off() override {}
    void when_lost(std::move_only_function<void(std::string)>) override {}

private:
    std::string why_;
};

}  // namespace cursus
