// XCLIENT: a listed host says for whom it speaks, and the session starts over.
#include <algorithm>
#include <string>
#include <variant>

#include "accounts/account_name.h"
#include "base/printable.h"
#include "receive/session.h"

namespace cursus {

namespace {

std::string text_of(const Stated<std::string>& stated) {
    const auto* const known = stated ? std::get_if<std::string>(&*stated) : nullptr;
    return known == nullptr ? std::string() : *known;
}

}  // namespace

bool Session::may_restate_client() const {
    const auto has_origin = [this](const IpNetwork& network) {
        return network.contains(identity_.origin().address);
    };
    return std::ranges::any_of(listener_.xclient, has_origin);
}

Task<void> Session::perform(const XclientCommand& command) {
    const auto refuse = [this, &command](const Reply& reply) {
        refuse_command("XCLIENT " + command.attributes, reply);
    };
    const auto statement = parse_xclient(command.attributes);
    if (!may_restate_client())
        refuse(replies::unknown_command);  // to others it does not exist
    else if (!statement)
        refuse(replies::xclient_syntax);
    else if (!after(phase_, Step::StartOver))
        refuse(refusal_of_order(Step::StartOver));
    else
        co_await restate_client(*statement);
    co_await flush();
}

Task<void> Session::restate_client(XclientStatement statement) {
    start_over(Step::StartOver);
    identity_.restate(statement);
    const std::string helo = text_of(statement.helo);
    emit(ClientRestated{identity_.client(), identity_.origin(), identity_.name(), helo});
    const std::string login = text_of(statement.login);
    account_ = account_name(login).value_or(login);
    if (!account_.empty()) emit(Authenticated{"XCLIENT", account_});
    ++fruitless_;
    co_await meet();
    if (phase_ == Phase::Closing) co_return;
    if (!helo.empty()) {  // it has greeted already, elsewhere
        const auto refused = co_await refusal_of_hello(helo);
        if (refused) emit(CommandRefused{"XCLIENT HELO=" + printable(helo), *refused});
        if (phase_ == Phase::Closing) {
            if (refused) send(*refused);
            co_return;
        }
        if (!refused) {
            move(Step::Hello);
            hello_ = statement.is_extended == Stated<bool>(false) ? Hello::Helo : Hello::Ehlo;
            helo_ = helo;
        }
    }
    send(replies::greeting(own_name(), dialect()));
}

}  // namespace cursus
