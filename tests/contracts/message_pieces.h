// A message that a test delivers.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/deputy.h"

namespace cursus {

// A message in pieces, or the trouble instead of the one after the last.
class Pieces final : public Content {
public:
    explicit Pieces(std::vector<std::string> pieces, std::string trouble = {})
        : pieces_(std::move(pieces)), trouble_(std::move(trouble)) {}
    Task<Result<std::shared_ptr<const std::string>, std::string>> next() override {
        if (at_ < pieces_.size()) co_return std::make_shared<const std::string>(pieces_[at_++]);
        if (!trouble_.empty()) co_return failure(trouble_);
        co_return std::make_shared<const std::string>();
    }

private:
    std::vector<std::string> pieces_;
    std::string trouble_;
    std::size_t at_ = 0;
};

}  // namespace cursus
