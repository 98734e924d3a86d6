#include "route/reach.h"

#include "base/address_scope.h"

namespace cursus {

bool may_reach(const IpAddress& address, Reach reach, const DeliverySettings& settings) {
    switch (scope_of(address)) {
        case AddressScope::Everywhere:
            return true;
        case AddressScope::Private:
            return reach != Reach::Usual || settings.private_addresses;
        case AddressScope::Loopback:
            return reach == Reach::Inside || settings.loopback;
        case AddressScope::Nowhere:
            return false;
    }
    return false;
}

}  // namespace cursus
