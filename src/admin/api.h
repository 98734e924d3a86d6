// What the running server can be asked and told: requests in, JSON out. Bounded work a request, pages beyond
// it.
#pragma once

#include "admin/http.h"
#include "admin/queue_api.h"
#include "admin/server_control.h"
#include "journal/metrics.h"
#include "queue/queue.h"
#include "runtime/archive.h"
#include "runtime/reactor.h"

namespace cursus {

// What is of the queue: queue_api.h
// GET  /v1/trace?id=ID | ?address=ADDRESS                                  {"events":[…]} | {"ids":[…]}
// POST /v1/reload                                                 {"changed":[…],"needs_restart":[…]}
// GET  /v1/accounts/held                                                   {"accounts":[…]}
// POST /v1/accounts/release?account=NAME                                   {"released":true}
// GET  /metrics                                                            Prometheus text
class AdminApi {
public:
    struct Needs {
        Queue& queue;
        const Archive& archive;
        const MetricsReader& metrics;
        Offload& offload;
        ServerControl& control;
        Clock& clock;
    };
    explicit AdminApi(Needs needs) : needs_(needs), queue_(needs.queue, needs.clock) {}
    // On the queue's home reactor.
    Task<HttpResponse> answer(AdminRequest request);
    HttpResponse metrics() const;

private:
    Task<HttpResponse> trace(AdminRequest request);
    Task<HttpResponse> reload();
    HttpResponse accounts_on_hold() const;
    HttpResponse release_account(const AdminRequest& request);
    Needs needs_;
    QueueApi queue_;
};

}  // namespace cursus
