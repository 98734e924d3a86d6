#include "config/settings.h"

#include <utility>

namespace cursus {

std::string_view name(Service service) {
    switch (service) {
        case Service::Mx:
            return "mx";
        case Service::Submission:
            return "submission";
        case Service::Lmtp:
            return "lmtp";
    }
    std::unreachable();
}

}  // namespace cursus
