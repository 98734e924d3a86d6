#include "policy/harvest.h"

namespace cursus {

Fingerprint Harvest::key_of(const IpAddress& client) const {
    return fingerprints_.of({"harvest", client_of(client).text()});
}

void Harvest::note(const IpAddress& client, Misdeed misdeed, Instant now) {
    const Fingerprint key = key_of(client);
    clients_.with(key, [&](auto& shard) { shard.at(key).at(static_cast<std::size_t>(misdeed)).add(now); });
}

std::uint64_t Harvest::count(const IpAddress& client, Misdeed misdeed, Instant now) const {
    const auto record = clients_.peek(key_of(client));
    return record ? record->at(static_cast<std::size_t>(misdeed)).sum(now) : 0;
}

std::vector<Harvest::Saved> Harvest::saved(Instant now) const {
    std::vector<Saved> saved;
    for (const auto& [key, record] : clients_.copy()) {
        Saved client{key, {}};
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < misdeeds; ++i) {
            client.counts.at(i) = record.at(i).slices_at(now);
            sum += record.at(i).sum(now);
        }
        if (sum > 0) saved.push_back(client);
    }
    return saved;
}

void Harvest::restore(const std::vector<Saved>& saved, Instant then) {
    for (const auto& [key, counts] : saved) {
        clients_.with(key, [&](auto& shard) {
            Record& record = shard.at(key);
            for (std::size_t i = 0; i < misdeeds; ++i) record.at(i) = HourCount(counts.at(i), then);
        });
    }
}

}  // namespace cursus
