// Feeds the work of one destination to its site.
#pragma once

#include <memory>

#include "deliver/dispatcher.h"
#include "deliver/site_desk.h"

namespace cursus {

class Feeder {
public:
    Feeder(Dispatcher& dispatcher, Destination destination)
        : dispatcher_(dispatcher), destination_(std::move(destination)) {}

    // Until there is no more work, the site fails, or delivery stops. Gives the destination back to the
    // queue.
    // `now`: even when the site is down and its next try is still to come.
    Task<void> run(RemoteRoute route, bool now);

private:
    Task<void> feed();
    Task<bool> is_route_good();
    bool is_done() const;
    Task<void> give_back();
    void hand_over(Work work);

    Dispatcher& dispatcher_;
    Destination destination_;
    std::shared_ptr<Feed> feed_ = std::make_shared<Feed>();
    std::shared_ptr<SiteDesk> desk_;
    std::string site_;
    bool single_copy_ = false;
    Instant route_ends_{};
};

}  // namespace cursus
