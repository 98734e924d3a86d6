#include "route/return_paths.h"

#include <utility>

namespace cursus {

ReturnPaths::ReturnPaths(SrsKeys keys, Domain domain, Clock& clock)
    : srs_(Srs{std::move(keys), std::move(domain), &clock}) {}

Mailbox ReturnPaths::of_forwarded(const Mailbox& sender) const {
    if (!srs_ || (sender.domain() != nullptr && *sender.domain() == srs_->domain)) return sender;
    return srs_forward(sender, srs_->domain, srs_->keys, srs_->clock->wall_now()).value_or(sender);
}

std::optional<std::variant<ReturnPath, Refused>> ReturnPaths::read(const Mailbox& address,
                                                                   const ReversePath& sender) const {
    using Answer = std::variant<ReturnPath, Refused>;
    if (!srs_ || address.domain() == nullptr || *address.domain() != srs_->domain) return std::nullopt;
    auto original = srs_reverse(address, srs_->keys, srs_->clock->wall_now());
    if (!original && original.error() == SrsError::NotSrs) return std::nullopt;
    if (!original)
        return Answer(Refused{{550, Status{5, 1, 1}, "This return path is none that was made here lately"}});
    if (!std::holds_alternative<NullPath>(sender))
        return Answer(Refused{{550, Status{5, 7, 1}, "Only bounces are taken for a return path"}});
    return Answer(ReturnPath{*std::move(original)});
}

}  // namespace cursus
