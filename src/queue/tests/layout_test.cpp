#include "queue/layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/codec.h"
#include "queue/records.h"

namespace cursus {
namespace {

constexpr auto id_max = std::numeric_limits<std::uint64_t>::max();

MessageRecord full_message() {
    MessageRecord record;
    record.envelope.session = SessionId(id_max);
    record.envelope.service = "mx";
    record.envelope.account = "acc";
    record.envelope.client = {.endpoint = Endpoint{*IpAddress::parse("2001:db8::1"), 65'535},
                              .helo = "client.example",
                              .reverse_name = "c.example",
                              .tls = "TLSv1.3 X",
                              .authenticated = "ann"};
    record.envelope.protocol = Protocol::Lmtp;
    record.envelope.sender = Mailbox::parse("\"a b\"@xn--bcher-kva.example").value();
    record.envelope.body = Body::BinaryMime;
    record.envelope.smtputf8 = record.envelope.require_tls = true;
    record.envelope.ret = Ret::Headers;
    record.envelope.envid = "QQ314159";
    record.envelope.arrived = WallTime::max();
    record.envelope.not_before = WallTime::min();
    record.envelope.deliver_by = DeliverBy{WallTime(std::chrono::microseconds{-1}), ByMode::Return, true};
    record.envelope.release_request = "for;3600";
    record.envelope.priority = -9;
    record.envelope.tags = {"one", "", "three"};
    record.envelope.size = id_max;
    record.pieces = 7;
    record.recipients = 3;
    return record;
}

MessageRecord headed_message() {
    auto record = full_message();
    record.envelope.size = 1'700'000;
    record.head = StoredHead{1'000, 70'000};
    return record;
}

RecipientRecord full_recipient() {
    return {.address = Mailbox::parse("bob@[IPv6:2001:db8::2]").value(),
            .original = "rfc822;bob@b.example",
            .notify = {.is_set = true, .success = true, .failure = false, .delay = true},
            .state = RecipientState::Held,
            .attempts = std::numeric_limits<std::uint32_t>::max(),
            .due = WallTime::max(),
            .destination = "domain:[IPv6:2001:db8::2]",
            .last = LastAnswer{"mx.example", Reply(550, Status{5, 1, 1}, {"No", "such"}), WallTime::min()},
            .parent = 4,
            .held = Held{{"rule", "virus", WallTime{}}, WallTime(std::chrono::seconds{7})},
            .handling = {},
            .released = WallTime(std::chrono::seconds{5}),
            .was_warned = true};
}

TEST(Layout, keys_read_back_at_the_edges_of_64_bits) {
    for (const std::uint64_t id : {std::uint64_t{0}, std::uint64_t{1} << 63, id_max}) {
        const RecipientKey recipient{MessageId(id), std::numeric_limits<std::uint32_t>::max()};
        EXPECT_EQ(parse_recipient_key(recipient_key(recipient)), recipient);
        for (const auto time :
             {WallTime::min(), WallTime(std::chrono::microseconds{-1}), WallTime{}, WallTime::max()}) {
            const auto due = parse_due_key(due_key("domain:b.example", 18, {time, recipient}));
            ASSERT_TRUE(due);
            EXPECT_EQ(due->destination, "domain:b.example");
            EXPECT_EQ(due->position, (DuePosition{time, recipient}));
            const auto age = parse_age_key(age_key({AgeStage::GiveUp, time, MessageId(id)}));
            ASSERT_TRUE(age);
            EXPECT_EQ(age->time, time);
            EXPECT_EQ(age->message, MessageId(id));
            const HeldEntry held{time, recipient};
            EXPECT_EQ(parse_held_key(held_key(held)), held);
        }
        const OwedKey owed{MessageId(id), id_max - id};
        EXPECT_EQ(parse_owed_key(owed_key(owed)), owed);
        EXPECT_EQ(parse_unnamed_key(unnamed_key(MessageId(id))), MessageId(id));
    }
}

TEST(Layout, due_keys_sort_by_destination_then_urgency_then_time_then_message) {
    const RecipientKey one{MessageId(1), 0}, two{MessageId(1), 1}, far{MessageId(id_max), 0};
    const std::vector<std::string> keys{
        due_key("a", lane_of(9), {WallTime::max(), far}),
        due_key("a", lane_of(0), {WallTime::min(), one}),
        due_key("a", lane_of(0), {WallTime(std::chrono::microseconds{-1}), one}),
        due_key("a", lane_of(0), {WallTime{}, one}),
        due_key("a", lane_of(0), {WallTime{}, two}),
        due_key("a", lane_of(0), {WallTime{}, far}),
        due_key("a", lane_of(0), {WallTime::max(), one}),
        due_key("a", lane_of(-9), {WallTime{}, one}),
        due_key("ab", lane_of(9), {WallTime::min(), one}),
        due_key("b", lane_of(9), {WallTime::min(), one}),
    };
    EXPECT_TRUE(std::ranges::is_sorted(keys));
    EXPECT_EQ(std::ranges::adjacent_find(keys), keys.end());
    for (std::size_t i = 0; i < 8; ++i) EXPECT_TRUE(keys[i].starts_with(destination_prefix("a")));
    EXPECT_FALSE(keys[8].starts_with(destination_prefix("a")));
}

TEST(Layout, held_keys_sort_by_their_ends) {
    const RecipientKey one{MessageId(1), 0}, far{MessageId(id_max), 9};
    EXPECT_LT(held_key({WallTime{}, far}), held_key({WallTime(std::chrono::microseconds{1}), one}));
    EXPECT_LT(held_key({WallTime{}, far}), held_key({WallTime::max(), one}));
    EXPECT_FALSE(parse_held_key(held_key({WallTime{}, one}) + "x"));
    EXPECT_FALSE(parse_held_key(held_key({WallTime{}, one}).substr(0, 20)));
}

TEST(Layout, a_body_lies_in_its_pieces_and_its_own_head_behind_them) {
    const auto place = [](const BodyShape& shape, std::uint64_t offset) {
        const auto found = place_in(shape, offset);
        return std::tuple(found.piece, found.inside, found.octets);
    };
    const BodyShape plain{600'000, 3};
    EXPECT_EQ(place(plain, 0), std::tuple(0u, 0u, 262'144u));
    EXPECT_EQ(place(plain, 262'143), std::tuple(0u, 262'143u, 1u));
    EXPECT_EQ(place(plain, 524'288), std::tuple(2u, 0u, 75'712u));
    const BodyShape headed{600'000 - 1'000 + 300'000, 4, StoredHead{300'000, 1'000}};
    EXPECT_EQ(place(headed, 0), std::tuple(3u, 0u, 262'144u));
    EXPECT_EQ(place(headed, 299'999), std::tuple(3u, 299'999u, 1u));
    EXPECT_EQ(place(headed, 300'000), std::tuple(0u, 1'000u, 261'144u));
    EXPECT_EQ(place(headed, 899'998 - 1'000), std::tuple(2u, 75'710u, 2u));
}

TEST(Layout, priorities_beyond_the_range_are_held_at_its_ends) {
    EXPECT_EQ(lane_of(9), 0);
    EXPECT_EQ(lane_of(0), 9);
    EXPECT_EQ(lane_of(-9), 18);
    EXPECT_EQ(lane_of(127), 0);
    EXPECT_EQ(lane_of(-128), 18);
}

TEST(Layout, what_is_not_a_key_does_not_read_as_one) {
    const auto due = due_key("a", 3, {WallTime{}, {MessageId(1), 0}});
    EXPECT_FALSE(parse_due_key(""));
    EXPECT_FALSE(parse_due_key("d"));
    for (std::size_t length = 0; length < due.size(); ++length)
        EXPECT_FALSE(parse_due_key(due.substr(0, length)));
    EXPECT_FALSE(parse_due_key(due + '\0'));
    EXPECT_FALSE(parse_due_key(due_key("a", 19, {WallTime{}, {MessageId(1), 0}})));
    EXPECT_FALSE(parse_recipient_key("r1234567890123"));
    EXPECT_FALSE(parse_age_key(std::string("x\3") + std::string(16, '\0')));
}

TEST(Records, everything_of_them_reads_back) {
    const auto message = decode_message(encode(full_message()));
    ASSERT_TRUE(message) << message.error();
    EXPECT_EQ(*message, full_message());
    EXPECT_EQ(decode_message(encode(headed_message())), headed_message());
    MessageRecord bare;
    bare.envelope.sender = NullPath{};
    EXPECT_EQ(decode_message(encode(bare)), bare);

    const auto recipient = decode_recipient(encode(full_recipient()));
    ASSERT_TRUE(recipient) << recipient.error();
    EXPECT_EQ(*recipient, full_recipient());

    const OwedRecord owed{
        OwedKind::Delayed,
        {{"a@b.example", "rfc822;x", "mx", Reply(451, {"Later"}), WallTime::min(), WallTime::max()},
         {"c@b.example", "", "", std::nullopt, WallTime{}, std::nullopt}}};
    const auto read = decode_owed(encode(owed));
    ASSERT_TRUE(read) << read.error();
    ASSERT_EQ(read->recipients.size(), 2u);
    EXPECT_EQ(read->kind, OwedKind::Delayed);
    EXPECT_EQ(read->recipients[0].reply, Reply(451, {"Later"}));
    EXPECT_EQ(read->recipients[0].will_retry_until, WallTime::max());
    EXPECT_EQ(read->recipients[1].reply, std::nullopt);

    for (const auto& sender : {std::optional<ReversePath>(), std::optional<ReversePath>(NullPath{})}) {
        const OwedRecord relayed{
            OwedKind::Relayed, {{"a@b.example", "", "mx", Reply(250, {"Ok"}), {}, {}}}, sender};
        const auto back = decode_owed(encode(relayed));
        ASSERT_TRUE(back) << back.error();
        EXPECT_EQ(back->kind, OwedKind::Relayed);
        EXPECT_EQ(back->sender, sender);
    }

    const LeaseRecord lease{id_max, WallTime::max()};
    EXPECT_EQ(decode_lease(encode(lease)), lease);
}

// Releases that do not know the newer ones read what has nothing of them.
TEST(Records, of_a_head_beyond_its_message_are_refused) {
    auto message = headed_message();
    message.head->octets = message.envelope.size + 1;
    EXPECT_FALSE(decode_message(encode(message)));
    message = headed_message();
    message.head->in_place_of = 7 * 262'144 + 1;
    EXPECT_FALSE(decode_message(encode(message)));
    message = headed_message();
    message.pieces = 0;
    message.head = StoredHead{};
    EXPECT_FALSE(decode_message(encode(message)));
}

TEST(Records, that_are_held_say_why_and_no_others_do) {
    auto recipient = full_recipient();
    recipient.state = RecipientState::Due;
    EXPECT_FALSE(decode_recipient(encode(recipient)));
    recipient.held.reset();
    EXPECT_EQ(decode_recipient(encode(recipient)), recipient);
    recipient.state = RecipientState::Held;
    EXPECT_FALSE(decode_recipient(encode(recipient)));
}

TEST(Records, say_no_more_than_the_oldest_version_that_can) {
    auto message = full_message();
    EXPECT_EQ(encode(message).front(), 2);
    message.envelope.release_request.clear();
    EXPECT_EQ(encode(message).front(), 2);
    message.envelope.deliver_by.reset();
    EXPECT_EQ(encode(message).front(), 1);
    message.head = StoredHead{};
    EXPECT_EQ(encode(message).front(), 3);
    auto recipient = full_recipient();
    EXPECT_EQ(encode(recipient).front(), 3);
    recipient.held.reset();
    EXPECT_EQ(encode(recipient).front(), 3) << "it was released";
    recipient.released.reset();
    EXPECT_EQ(encode(recipient).front(), 1);
    recipient.handling.single_copy = true;
    EXPECT_EQ(encode(recipient).front(), 2);
    EXPECT_EQ(encode(OwedRecord{OwedKind::Delayed, {}}).front(), 1);
    EXPECT_EQ(encode(OwedRecord{OwedKind::Delayed, {}, NullPath{}}).front(), 2);
    EXPECT_EQ(encode(OwedRecord{OwedKind::Relayed, {}}).front(), 3);
}

// Nothing said then what is to be done when the time has passed.
TEST(Records, of_the_first_version_that_have_a_time_to_deliver_by_are_not_returned) {
    auto message = full_message();
    message.envelope.release_request.clear();
    auto octets = encode(message);
    octets.front() = 1;
    octets.resize(octets.size() - 6);  // an empty text, the mode and the trace
    const auto read = decode_message(octets);
    ASSERT_TRUE(read) << read.error();
    ASSERT_TRUE(read->envelope.deliver_by);
    EXPECT_EQ(read->envelope.deliver_by->mode, ByMode::Notify);
}

template <class Record, class Decode>
void expect_every_cut_to_fail(const Record& record, Decode decode) {
    const auto whole = encode(record);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_FALSE(decode(whole.substr(0, length))) << length;
    }
    EXPECT_FALSE(decode(whole + "x"));
    auto other = whole;
    other[0] = 9;
    const auto refused = decode(other);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().find("version 9"), std::string::npos) << refused.error();
}

TEST(Records, a_cut_or_longer_or_later_record_is_an_error_and_never_half_a_record) {
    expect_every_cut_to_fail(full_message(), decode_message);
    expect_every_cut_to_fail(headed_message(), decode_message);
    expect_every_cut_to_fail(full_recipient(), decode_recipient);
    expect_every_cut_to_fail(SiteState{1, WallTime{}, "why"}, decode_site);
    expect_every_cut_to_fail(LeaseRecord{1, WallTime{}}, decode_lease);
    expect_every_cut_to_fail(OwedRecord{OwedKind::Failed, {{"a@b.example", "", "", {}, {}, {}}}},
                             decode_owed);
}

TEST(Records, any_changed_octet_is_an_error_or_another_record_but_never_a_crash) {
    for (const auto& whole : {encode(full_message()), encode(full_recipient())}) {
        for (std::size_t i = 0; i < whole.size(); ++i) {
            for (const int flip : {1, 0x80, 0xff}) {
                auto changed = whole;
                changed[i] = static_cast<char>(changed[i] ^ flip);
                static_cast<void>(decode_message(changed));
                static_cast<void>(decode_recipient(changed));
                static_cast<void>(decode_owed(changed));
            }
        }
    }
}

TEST(Records, a_peer_s_long_reply_is_kept_short_and_whole_in_its_characters) {
    std::string umlauts;
    for (int i = 0; i < 2'000; ++i) umlauts += "\xc3\xa4";
    const auto kept = shortened(Reply(550, Status{5, 0, 0}, {"x" + umlauts, "second"}));
    ASSERT_EQ(kept.lines().size(), 1u);
    EXPECT_LE(kept.lines()[0].size(), kept_reply_bytes_max);
    EXPECT_EQ(kept.lines()[0].size() % 2, 1u);
    const Reply small(451, {"a", "", "b"});
    EXPECT_EQ(shortened(small), small);
    EXPECT_EQ(shortened(Reply(451, std::vector<std::string>(5'000, "line"))).lines().size(), 205u);
}

}  // namespace
}  // namespace cursus
