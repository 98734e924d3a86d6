// What the running server can be asked and told: requests in, JSON out. Bounded work a request, pages beyond
// it.
#pragma once

#include "admin/http.h"
#include "admin/server_control.h"
#include "journal/metrics.h"
#include "queue/queue.h"
#include "runtime/archive.h"
#include "runtime/reactor.h"

namespace cursus {

// GET  /v1/queue?message=ID&domain=NAME&sender=ADDRESS&from=CURSOR&limit=N   {"recipients":[…],"next":"…"}
// GET  /v1/queue/summary?limit=N                                           {"destinations":[…]}
// POST /v1/queue/retry, /v1/queue/remove  with the same filter             {"touched":N,"next":"…"}
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
    };
    explicit AdminApi(Needs needs) : needs_(needs) {}
    // On the queue's home reactor.
    Task<HttpResponse> answer(HttpRequest request);
    HttpResponse metrics() const;

private:
    HttpResponse list(const HttpRequest& request);
    HttpResponse summary(const HttpRequest& request);
    Task<HttpResponse> intervene(HttpRequest request);
    Task<HttpResponse> trace(HttpRequest request);
    Task<HttpResponse> reload();
    HttpResponse accounts_on_hold() const;
    HttpResponse release_account(const HttpRequest& request);
    Needs needs_;
};

}  // namespace cursus
