// What the queue can be asked and told, and its messages shown. Bounded work a request, pages beyond it.
#pragma once

#include "admin/http.h"
#include "admin/queue_json.h"
#include "queue/queue.h"
#include "runtime/clock.h"

namespace cursus {

// GET  /v1/queue?FILTER&from=CURSOR&limit=N        {"recipients":[…],"next":"…"}
// GET  /v1/queue/summary?limit=N                   {"destinations":[…],"held":{"recipients":N,"more":B}}
// POST /v1/queue/retry, remove, hold, release ?FILTER&from=CURSOR   {"touched":N,"busy":N,"next":"…"}
//      hold takes why=TEXT and for=DURATION too (none: it stays until it is released)
// GET  /v1/message?message=ID                      its envelope
// GET  /v1/message/octets?message=ID&offset=N      up to 256 KiB of it as it is kept; none: the end
//
// FILTER is any of message=ID, domain=NAME, sender=ADDRESS, recipient=ADDRESS, account=NAME, state=held|due
// and held_by=NAME, all of which must be so; another word is a mistake. A POST needs one of the first five,
// or all=yes.
class QueueApi {
public:
    QueueApi(Queue& queue, Clock& clock) : queue_(queue), clock_(clock) {}
    static bool is_asked(const AdminRequest& request);
    // On the queue's home reactor.
    Task<HttpResponse> answer(AdminRequest request);

private:
    HttpResponse list(const AdminRequest& request);
    HttpResponse summary(const AdminRequest& request);
    HttpResponse envelope(const AdminRequest& request);
    Task<HttpResponse> octets(AdminRequest request);
    Task<HttpResponse> intervene(AdminRequest request);
    Task<HttpResponse> hold(AdminRequest request, Selection selection);

    Queue& queue_;
    Clock& clock_;
};

}  // namespace cursus
