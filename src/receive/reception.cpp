#include "receive/reception.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "mail/blind_copies.h"
#include "mail/replies.h"

namespace cursus {

namespace {

bool has_eight_bit(std::string_view octets) {
    unsigned char all = 0;  // without a branch, so that it runs at the speed of memory
    for (const char c : octets) all |= static_cast<unsigned char>(c);
    return all >= 0x80;
}

}  // namespace

Refusal refusal(const QueueError& error) {
    switch (error.kind) {
        case QueueErrorKind::Full:
            return {replies::store_full, "store-full"};
        case QueueErrorKind::OverBudget:
            return {replies::out_of_memory, "memory"};
        case QueueErrorKind::Broken:
            return {replies::store_broken, "store-broken"};
    }
    std::unreachable();
}

Refusal refusal(DataViolation violation) {
    const Reply& reply = replies::reply_to(violation);
    switch (violation) {
        case DataViolation::BareCr:
            return {reply, "bare-cr", Afterwards::Close};
        case DataViolation::BareLf:
            return {reply, "bare-lf", Afterwards::Close};
        case DataViolation::Nul:
            return {reply, "nul", Afterwards::Close};
        case DataViolation::LineTooLong:
            return {reply, "line-length"};
        case DataViolation::TooBig:
            return {reply, "size"};
        case DataViolation::TooManyChunks:
            return {reply, "chunks"};
    }
    std::unreachable();
}

std::uint64_t Reception::raw_octets_max(const LimitSettings& limits) {
    constexpr std::uint64_t least = std::uint64_t{16} * 1024 * 1024;
    return least + 4 * limits.message_size;
}

Reception::Reception(Surroundings around, std::unique_ptr<Intake> intake, std::string trace,
                     std::optional<std::uint64_t> declared)
    : around_(around),
      started_(around.clock.now()),
      lines_(around.limits.message_size),
      chunks_(around.limits.message_size, Body::EightBitMime),
      intake_(std::move(intake)),
      piece_(trace),
      expected_octets_(declared.value_or(0)),
      trace_(std::move(trace)) {}

Reception::Reception(Surroundings around, Refusal refusal)
    : Reception(around, nullptr, std::string(), std::nullopt) {
    refuse(std::move(refusal));
}

void Reception::read_content(SurveyNeeds needs, bool reads_links, MessageTerms terms) {
    content_.emplace(needs, reads_links, terms);
}

// A message with octets beyond ASCII that nobody announced is taken as it is and called by its name from here
// on, so that it is not handed to a host that would cut its eighth bit.
Body Reception::body(const std::optional<Body>& announced) const {
    const Body body = announced.value_or(Body::SevenBit);
    return is_eight_bit_ && body == Body::SevenBit ? Body::EightBitMime : body;
}

void Reception::refuse(Refusal why) {
    if (!refusal_) refusal_ = std::move(why);
    intake_.reset();  // the memory and the place in the store go back at once
    std::string().swap(piece_);
}

Instant Reception::deadline() const {
    const Duration earned = std::chrono::seconds{raw_octets() / octets_per_second_min};
    return std::min(around_.clock.now() + around_.limits.idle, started_ + grace + earned);
}

Task<Result<void, StreamError>> Reception::fill() {
    if (!around_.input.empty()) co_return Result<void, StreamError>{};
    if (piece_.size() >= stalled_octets_max) co_await hand_on(stalled_octets_max);
    const Instant latest = deadline();
    co_return co_await around_.input.more(latest);
}

Task<Result<void, StreamError>> Reception::read_lines() {
    bool is_at_end = false;
    while (!is_at_end) {
        CO_TRY_VOID(co_await fill());
        std::string_view bytes = around_.input.bytes();
        const std::size_t before = piece_.size();
        make_room(bytes.size());
        is_at_end = lines_.feed(bytes, piece_);
        around_.input.keep_last(bytes.size());
        look_at(before, lines_.violation());
        if (is_at_end) settle_header();
        if (!is_at_end && lines_.raw_octets() > raw_octets_max(around_.limits)) co_return give_up();
        co_await hand_on(is_at_end ? 1 : piece_octets);
    }
    co_return Result<void, StreamError>{};
}

Task<Result<void, StreamError>> Reception::read_chunk(std::uint64_t size, bool is_last) {
    chunks_.begin(size, is_last);
    look_at(piece_.size(), chunks_.violation());
    if (chunks_.left() >
        raw_octets_max(around_.limits) - std::min(chunks_.octets(), raw_octets_max(around_.limits))) {
        co_return give_up();
    }
    bool is_at_end = size == 0;
    while (!is_at_end) {
        CO_TRY_VOID(co_await fill());
        std::string_view bytes = around_.input.bytes();
        const std::size_t before = piece_.size();
        make_room(std::min<std::uint64_t>(bytes.size(), chunks_.left()));
        is_at_end = chunks_.feed(bytes, piece_);
        around_.input.keep_last(bytes.size());
        look_at(before, chunks_.violation());
        co_await hand_on(piece_octets);
    }
    look_at(piece_.size(), chunks_.violation());  // a last chunk of no octets may leave a bare CR behind
    if (!is_last) co_return Result<void, StreamError>{};
    settle_header();
    co_await hand_on(1);
    co_return Result<void, StreamError>{};
}

// One allocation for a message that comes in one go or says its size, and doubling otherwise.
void Reception::make_room(std::size_t octets) {
    const std::size_t needed = piece_.size() + octets;
    if (refusal_ || needed <= piece_.capacity()) return;
    const auto expected = static_cast<std::size_t>(std::min<std::uint64_t>(expected_octets_, piece_octets));
    piece_.reserve(std::max({needed, expected, 2 * piece_.size()}));
}

void Reception::look_at(std::size_t from, const std::optional<DataViolation>& violation) {
    if (violation) refuse(refusal(*violation));
    if (refusal_) return piece_.clear();
    const std::string_view added = std::string_view(piece_).substr(from);
    // It would go on with our own Received field. RFC 5322 §2.2.3: there is none of theirs to go on with.
    const bool is_at_front = header_.octets() == 0 && !added.empty();
    if (is_at_front && is_blank(added.front())) {
        refuse({replies::begins_with_blank, "fold-without-field"});
        return piece_.clear();
    }
    if (!is_eight_bit_) is_eight_bit_ = has_eight_bit(added);
    header_.feed(added);
    if (content_) content_->feed(added);
    if (header_.received() > around_.limits.received_hops) return refuse({replies::mail_loop, "loop"});
    if (header_.has_ended()) settle_header();
}

// The header is here, to its empty line or the message's end.
void Reception::settle_header() {
    if (!fix_ups_ || refusal_) return;
    const FixUps fix_ups = *std::exchange(fix_ups_, std::nullopt);
    is_header_unread_ = header_.octets() >= header_octets_max;
    if (is_header_unread_ && fix_ups.removes_blind_copies) refuse({replies::header_too_big, "header-size"});
    if (is_header_unread_) return;
    header_octets_ = static_cast<std::size_t>(header_.octets());
    if (fix_ups.removes_blind_copies) remove_blind_copies();
    rewrite_header(fix_ups.rules);
    if (!fix_ups.completing_host.empty()) add_missing_fields(fix_ups.completing_host);
}

std::string_view Reception::header_text() const {
    return std::string_view(piece_).substr(trace_.size(), header_octets_);
}

void Reception::replace_header(std::string_view with) {
    piece_.replace(trace_.size(), header_octets_, with);
    header_octets_ = with.size();
}

void Reception::remove_blind_copies() {
    if (const auto left = without_blind_copies(header_text())) replace_header(*left);
}

void Reception::rewrite_header(const AddressRules& rules) {
    const auto choose = [&rules](const ListedAddress& address, AddressSide side) {
        return rules.in_header(address, side);
    };
    rewritten_ = cursus::rewrite_header(header_text(), choose);
    if (!rewritten_) return;
    replace_header(rewritten_->octets);
    std::string().swap(rewritten_->octets);
}

void Reception::add_missing_fields(std::string_view host) {
    added_ = missing_fields(header_, around_.clock.wall_now(), intake_->id(), host);
    std::string text;
    for (const auto& field : added_) text += field.name + ": " + field.body + "\r\n";
    piece_.insert(trace_.size(), text);
}

Task<void> Reception::hand_on(std::size_t octets_min) {
    if (fix_ups_) co_return co_await account_for(octets_min);
    if (refusal_ || piece_.size() < octets_min) co_return;
    expected_octets_ -= std::min<std::uint64_t>(expected_octets_, piece_.size());
    around_.input.release();
    const auto appended = co_await intake_->append(std::exchange(piece_, std::string()));
    if (!appended) refuse(refusal(appended.error()));
}

// The header waits in piece_ for its end: its memory counts as if it had been handed on.
Task<void> Reception::account_for(std::size_t octets_min) {
    if (refusal_ || piece_.size() < accounted_for_ + octets_min) co_return;
    around_.input.release();
    const auto reserved = co_await intake_->reserve(piece_.size() - accounted_for_);
    accounted_for_ = piece_.size();
    if (!reserved) refuse(refusal(reserved.error()));
}

// Too much to read on to its end. There is nobody to talk to any more: whatever comes is still the message.
Result<void, StreamError> Reception::give_up() {
    refuse(refusal(DataViolation::TooBig));
    refusal_->afterwards = Afterwards::Close;
    return {};
}

Task<Result<MessageId, Refusal>> Reception::commit(Envelope envelope, std::vector<NewRecipient> recipients) {
    envelope.size = intake_->size();
    envelope.body = body(envelope.body);
    const MessageId id = intake_->id();
    const auto kept = co_await intake_->commit(std::move(envelope), std::move(recipients));
    if (!kept) co_return failure(refusal(kept.error()));
    co_return id;
}

}  // namespace cursus
