#include "receive/client_identity.h"

namespace cursus {

namespace {

template <class Value>
void take(const Stated<Value>& stated, Value& value) {
    if (!stated) return;
    const auto* const known = std::get_if<Value>(&*stated);
    value = known == nullptr ? Value() : *known;
}

}  // namespace

IpAddress believed(const IpAddress& stated, const IpAddress& speaker) {
    return stated.is_loopback() && !speaker.is_loopback() ? IpAddress() : stated;
}

void ClientIdentity::restate(const XclientStatement& statement) {
    learned_name_.clear();
    if (!is_restated_) now_.client = Endpoint();
    is_restated_ = true;
    take(statement.address, now_.client.address);
    now_.client.address = believed(now_.client.address, origin_.client.address);
    take(statement.port, now_.client.port);
    take(statement.server_address, now_.server.address);
    take(statement.server_port, now_.server.port);
    take(statement.name, name_);
}

}  // namespace cursus
