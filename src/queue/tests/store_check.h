// Whether what a store holds is a whole queue: every record has its index entries and the other way round.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/codec.h"
#include "queue/layout.h"
#include "queue/records.h"
#include "sim/sim_store.h"

namespace cursus {

struct StoreContents {
    std::map<MessageId, MessageRecord> messages;
    std::map<RecipientKey, RecipientRecord> recipients;
    std::map<OwedKey, OwedRecord> debts;
    std::set<std::string> due, held, ages;
    std::set<MessageId> unnamed;
};

inline StoreContents contents_of(const SimDisk& disk) {
    StoreContents all;
    for (const auto& [key, value] : disk.entries) {
        switch (key.front()) {
            case 'm':
                all.messages.emplace(MessageId(Decoder(key.substr(1)).u64()), decode_message(value).value());
                break;
            case 'r':
                all.recipients.emplace(parse_recipient_key(key).value(), decode_recipient(value).value());
                break;
            case 'o':
                all.debts.emplace(parse_owed_key(key).value(), decode_owed(value).value());
                break;
            case 'd':
                all.due.insert(key);
                break;
            case 'h':
                all.held.insert(key);
                break;
            case 'x':
                all.ages.insert(key);
                break;
            case 'u':
                all.unnamed.insert(parse_unnamed_key(key).value());
                break;
            default:
                break;
        }
    }
    return all;
}

// To be called when nothing is in flight.
inline void expect_whole(const SimDisk& disk) {
    const auto all = contents_of(disk);
    std::set<std::string> due, held, blobs;
    std::set<MessageId> with_recipients, growing_old, were_held, looked_at, needed;
    for (const auto& [key, record] : all.recipients) {
        ASSERT_TRUE(all.messages.contains(key.message)) << "a recipient without its message";
        with_recipients.insert(key.message);
        const auto lane = lane_of(all.messages.at(key.message).envelope.priority);
        const bool is_held = record.state == RecipientState::Held;
        EXPECT_EQ(record.held.has_value(), is_held);
        (is_held ? held : due).insert(index_key(record, lane, key));
        if (!is_held) growing_old.insert(key.message);
        if (is_held || record.released) were_held.insert(key.message);
    }
    EXPECT_EQ(all.due, due);
    EXPECT_EQ(all.held, held);
    needed = with_recipients;
    for (const auto& [key, record] : all.debts) needed.insert(key.message);
    std::map<MessageId, int> ages;
    for (const auto& key : all.ages) {
        const auto entry = parse_age_key(key).value();
        // One at a time of its own goes when that has come (Ledger::erase_age).
        if (entry.stage == AgeStage::Look && !with_recipients.contains(entry.message)) continue;
        ++ages[entry.message];
        if (entry.stage == AgeStage::Look) looked_at.insert(entry.message);
    }
    for (const auto& [id, record] : all.messages) {
        EXPECT_TRUE(needed.contains(id)) << "a message that nobody needs";
        // One for those that are not in quarantine. What a hold or a release leaves beside it goes when its
        // time has come.
        EXPECT_GE(ages[id], growing_old.contains(id) ? 1 : 0);
        if (!were_held.contains(id) && !looked_at.contains(id))
            EXPECT_EQ(ages[id], with_recipients.contains(id) ? 1 : 0);
        for (std::uint32_t piece = 0; piece < record.pieces; ++piece) blobs.insert(piece_key(id, piece));
    }
    for (const auto& id : needed) EXPECT_TRUE(all.messages.contains(id));
    for (const auto& [id, count] : ages) EXPECT_TRUE(all.messages.contains(id));
    std::set<std::string> kept;
    for (const auto& [key, blob] : disk.blobs) kept.insert(key);
    EXPECT_EQ(kept, blobs);
    EXPECT_TRUE(all.unnamed.empty());
}

}  // namespace cursus
