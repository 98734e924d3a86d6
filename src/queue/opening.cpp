#include "queue/opening.h"

#include <string>

#include "queue/body.h"
#include "queue/layout.h"
#include "queue/records.h"
#include "queue/sites.h"

namespace cursus {
namespace {

constexpr std::size_t sweep_page = 256;
constexpr std::size_t site_pages_max = 100;  // looked at in one start; what is left is none the worse for it

Task<Result<void, QueueError>> write(Core& core, Batch batch) {
    const auto kept =
        co_await core.committer->keep(Precedence::Acceptance, std::move(batch), core.home.executor());
    if (!kept) co_return failure(queue_error(kept.error()));
    co_return Result<void, QueueError>{};
}

Result<void, QueueError> check_version(const Core& core, bool& is_new) {
    const auto bytes = core.needs.store.get(version_key);
    if (!bytes) return failure(queue_error(bytes.error()));
    is_new = !*bytes;
    if (is_new) return {};
    const auto version = decode_count(**bytes);
    if (!version)
        return failure(broken("the queue's layout version cannot be read: this is not a queue of Cursus"));
    if (*version == layout_version) return {};
    return failure(broken("this queue has layout version " + std::to_string(*version) +
                          ", and this release of Cursus reads version " + std::to_string(layout_version) +
                          ": start the release that wrote it, or a newer one"));
}

Task<Result<void, QueueError>> sweep(Core& core) {
    for (;;) {
        const auto page = core.needs.store.scan(unnamed_prefix, end_of_prefix(unnamed_prefix), sweep_page);
        if (!page) co_return failure(queue_error(page.error()));
        if (page->empty()) co_return Result<void, QueueError>{};
        Batch batch;
        for (const auto& entry : *page) {
            const auto message = parse_unnamed_key(entry.key);
            const auto pieces = decode_count(entry.value);
            batch.erase(entry.key);
            if (!message || !pieces) continue;
            for (std::uint32_t piece = 0; piece < *pieces; ++piece)
                batch.erase_blob(piece_key(*message, piece));
        }
        auto written = co_await write(core, std::move(batch));
        if (!written) co_return written;
    }
}

// Sites that were in trouble and that no mail has gone to since: nobody else removes what is known of them.
Task<Result<void, QueueError>> forget_sites(Core& core) {
    const std::string prefix = site_key("");
    std::string from = prefix;
    for (std::size_t pages = 0; pages < site_pages_max; ++pages) {
        const auto page = core.needs.store.scan(from, end_of_prefix(prefix), sweep_page);
        if (!page) co_return failure(queue_error(page.error()));
        if (page->empty()) break;
        from = after_key(page->back().key);
        Batch batch;
        for (const auto& entry : *page) {
            const auto state = decode_site(entry.value);
            if (state && is_forgotten(*state, core)) batch.erase(entry.key);
        }
        if (batch.empty()) continue;
        auto written = co_await write(core, std::move(batch));
        if (!written) co_return written;
    }
    co_return Result<void, QueueError>{};
}

// The newest message's id, found by halving: the store only walks forward. New ids must be newer, whatever
// the wall clock says.
Result<std::uint64_t, QueueError> newest_id(const Core& core) {
    std::uint64_t newest = 0;
    for (int bit = 63; bit >= 0; --bit) {
        const auto candidate = newest | std::uint64_t{1} << bit;
        const auto found = core.needs.store.scan(message_key(MessageId(candidate)), end_of_prefix("m"), 1);
        if (!found) return failure(queue_error(found.error()));
        if (!found->empty()) newest = candidate;
    }
    return newest;
}

}  // namespace

Task<Result<void, QueueError>> open_store(Core& core) {
    bool is_new = false;
    auto checked = check_version(core, is_new);
    if (!checked) co_return checked;
    const auto newest = newest_id(core);
    if (!newest) co_return failure(newest.error());
    core.ids = IdMaker(IdKind::Message, *newest);
    Batch batch;
    if (is_new) batch.put(std::string(version_key), encode_count(layout_version));
    batch.put(std::string(lease_key), encode(LeaseRecord{core.needs.world.random.next(), core.wall_now()}));
    auto written = co_await write(core, std::move(batch));
    if (!written) co_return written;
    auto swept = co_await sweep(core);
    if (!swept) co_return swept;
    co_return co_await forget_sites(core);
}

}  // namespace cursus
