// The commands that are answered at once.
#include <utility>

#include "mail/replies.h"
#include "receive/session.h"

namespace cursus {

Reply Session::greet(std::string_view name, Hello hello) {
    abandon();
    move(Step::Hello);
    hello_ = hello;
    helo_ = name;
    ++fruitless_;
    emit(Greeted{helo_, is_extended(hello)});
    if (hello == Hello::Helo) return replies::hello(own_name());
    return ehlo_reply(rules_->settings, identity_.client().address, offering(), needs_.clock().wall_now());
}

Offering Session::offering() const {
    return {.tls = tls_ && listener_.tls == ListenerTls::StartTls && !stream_->tls(),
            .xclient = may_restate_client(),
            .timed = listener_.service == Service::Submission,
            .mechanisms = offered_mechanisms()};
}

// Each dialect has a greeting of its own, so that neither is mistaken for the other, RFC 2033 §4.1.
const Reply* Session::refusal_of_dialect(const Command& command) const {
    const bool is_lhlo = std::holds_alternative<LhloCommand>(command);
    const bool is_hello =
        std::holds_alternative<HeloCommand>(command) || std::holds_alternative<EhloCommand>(command);
    if (dialect() == Dialect::Smtp && is_lhlo) return &replies::lhlo_is_for_lmtp;
    if (dialect() == Dialect::Lmtp && is_hello) return &replies::lmtp_wants_lhlo;
    return nullptr;
}

Reply Session::answer(const RsetCommand&) {
    abandon();
    move(Step::Reset);
    ++fruitless_;
    return replies::reset_ok;
}

Reply Session::answer(const QuitCommand&) {
    close_after_reply("QUIT");
    return replies::closing(own_name());
}

Reply Session::answer_query(const Reply& reply) {
    ++fruitless_;
    return reply;
}

}  // namespace cursus
