// The certificates and the authorities of clients that each listener goes by, read again when files change.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "mail/events.h"
#include "receive/current_tls.h"
#include "runtime/event.h"
#include "runtime/reactor.h"

namespace cursus {

// Handshakes look at the files, at most every `look_interval`; nothing runs in between. What cannot be read,
// or does not belong together (a new certificate whose key has not come yet), leaves what was before in force
// and is told once. Handshakes that were held go on with what they were held with.
class ServerCertificates {
public:
    static constexpr Duration look_interval = std::chrono::seconds{2};
    static constexpr auto renewal_notice = std::chrono::days{14};

    class OfListener;  // what a listener's handshakes are held with, by one version of the settings
    using Prepared = std::vector<std::shared_ptr<OfListener>>;  // in the order of the settings; null: no TLS

    ServerCertificates(World& world, EventSink& events);
    ~ServerCertificates();
    ServerCertificates(const ServerCertificates&) = delete;
    ServerCertificates& operator=(const ServerCertificates&) = delete;

    // Blocking: before the reactors run, once. The error names the listener.
    Result<void, std::string> read(const Settings& settings);
    // Of the listener at this place of the settings; null: it has no TLS. Sessions keep what they began with:
    // once adopt() has replaced it, it stays as it is. This outlives it.
    std::shared_ptr<CurrentTls> of(std::size_t listener) const;

    // The rest is for the first reactor.
    void tell();  // as events: what was read or went wrong since the last time
    // Looks at all files at once, waiting for those that are being written. `settings` may say otherwise than
    // before which files they are and what is asked of them, but not which listeners there are. What they say
    // anew is not in force before adopt(); the error, which names the listener, is that it never can be.
    // Files that they name as before are taken up as ever.
    Task<Result<Prepared, std::string>> prepare(const Settings& settings);
    void adopt(Prepared prepared);

private:
    struct Sight;

    bool claim_look();  // true for the one who is to look
    Task<void> look();
    Task<bool> look_at_all(Prepared listeners);  // false: some file is being written
    Sight look_at(const OfListener& listener) const;

    World& world_;
    EventSink& events_;
    Prepared listeners_;
    std::mutex mutex_;
    Instant next_look_;
    bool is_looking_ = false;
    Event looked_;
    std::set<std::string> told_;  // trouble that is known already
};

}  // namespace cursus
