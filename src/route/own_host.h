// Which hosts and addresses are this program itself: what must never be connected to.
#pragma once

#include <string_view>
#include <unordered_set>
#include <vector>

#include "config/settings.h"

namespace cursus {

class OwnHost {
public:
    explicit OwnHost(const Settings& settings);
    const std::string& name() const { return name_; }
    bool is_name(std::string_view host) const { return !name_.empty() && host == name_; }
    // A listener is at this address and port; one on all addresses counts with those that DNS gives our name.
    bool is_endpoint(const Endpoint& endpoint, const std::vector<IpAddress>& named) const;
    bool is_socket(const LocalSocket& socket) const { return sockets_.contains(socket.path); }
    bool listens_everywhere() const { return !wildcard_ports_.empty(); }

private:
    std::string name_;
    std::vector<Endpoint> endpoints_;
    std::unordered_set<std::uint16_t> wildcard_ports_;
    std::unordered_set<std::string> sockets_;
};

}  // namespace cursus
