// A message, shown to a milter: header, body, and what it makes of them.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/text.h"
#include "mail/header.h"
#include "scan/milter.h"

namespace cursus {
namespace {

// A field as milters see it: folded with LF, and with the first space behind the colon only where that was
// agreed on. What does not fit into a packet is cut off, so that no long field makes a milter unusable.
std::string field_data(const HeaderField& field, const MilterTerms& terms) {
    std::string_view body = field.text.substr(field.text.find(':') + 1);
    if (body.ends_with(line_end)) body.remove_suffix(line_end.size());
    if (!terms.keeps_leading_space() && body.starts_with(' ')) body.remove_prefix(1);
    std::string unix_lines;
    std::ranges::copy_if(body, std::back_inserter(unix_lines), [](char c) { return c != '\r'; });
    std::string data;
    append_milter_text(data, field.name.substr(0, terms.data_octets_max() / 2));
    append_milter_text(data,
                       std::string_view(unix_lines).substr(0, terms.data_octets_max() - data.size() - 1));
    return data;
}

bool is_removal(const MilterReply& change) {
    const auto* field = std::get_if<MilterField>(&change);
    return field != nullptr && field->change == MilterFieldChange::Change && field->body.empty();
}

// Removals count only where they name what no field is called.
std::size_t octets_of(const MilterReply& change) {
    constexpr std::size_t at_least = 100, name_octets_max = 998;
    const auto* field = std::get_if<MilterField>(&change);
    if (is_removal(change)) return field->name.size() > name_octets_max ? field->name.size() : 0;
    return at_least + (field == nullptr ? 0 : field->name.size() + field->body.size());
}

bool goes_on(const Result<MilterVerdict, MilterTrouble>& verdict) {
    return verdict && verdict->answer == MilterAnswer::Continue;
}

}  // namespace

// The changes that one milter makes, within bounds.
class MilterGathering {
public:
    explicit MilterGathering(const MilterMessage& message)
        : kind_(message.kind),
          body_octets_max_(message.body_octets_max),
          removals_left_(message.removals_max) {}

    Result<void, std::string> take(MilterReply change) {
        if (const auto* piece = std::get_if<MilterBodyPiece>(&change)) return take_piece(piece->octets);
        if (is_removal(change)) {
            if (removals_left_-- == 0) return failure(std::string("it removes more fields than there are"));
        } else {
            ++made_;
        }
        octets_ += octets_of(change);
        if (octets_ > milter_change_octets_max || made_ > milter_packets_max)
            return failure(std::string("it makes too many changes"));
        std::visit(Overloaded{
                       [&](MilterField& field) { changes_.list.emplace_back(std::move(field)); },
                       [&](MilterSender& sender) { changes_.list.emplace_back(std::move(sender)); },
                       [&](MilterNewRecipient& added) { changes_.list.emplace_back(std::move(added)); },
                       [&](MilterLostRecipient& lost) { changes_.list.emplace_back(std::move(lost)); },
                       [&](MilterQuarantine& aside) { changes_.list.emplace_back(std::move(aside)); },
                       [](auto&) {},
                   },
                   change);
        return {};
    }

    // There is no room here for what it sends. It is heard to its end all the same: it is not at fault.
    void give_up(std::string why) { why_given_up_ = std::move(why); }
    const std::string& why_given_up() const { return why_given_up_; }

    // What follows from the verdict.
    MilterOutcome end(MilterVerdict verdict) {
        if (verdict.answer != MilterAnswer::Continue && verdict.answer != MilterAnswer::Accept)
            return {std::move(verdict), {}};
        if (body_) changes_.body = body_->finish();
        return {std::move(verdict), std::move(changes_)};
    }

private:
    Result<void, std::string> take_piece(std::string_view octets) {
        if (!why_given_up_.empty()) return {};
        if (!body_) body_.emplace(kind_, body_octets_max_);
        return body_->add(octets);
    }

    Body kind_;
    std::uint64_t body_octets_max_;
    std::size_t removals_left_;
    std::size_t octets_ = 0, made_ = 0;
    MilterChanges changes_;
    std::optional<NewBodyBuilder> body_;
    std::string why_given_up_;
};

Task<Result<MilterOutcome, MilterTrouble>> MilterSession::message(MilterMessage message,
                                                                  const MilterMacros& macros) {
    if (phase_ == Phase::Broken) co_return failure(breaks(why_broken_));
    if (phase_ != Phase::InMessage) co_return MilterOutcome{};
    message_end_ = here_.clock().now() + milter_patience * timeouts_.step;
    auto outcome = co_await show(message, macros);
    message_end_.reset();
    if (!outcome) co_await abort();
    if (phase_ == Phase::Closed) co_await quit();
    co_return outcome;
}

Task<Result<MilterOutcome, MilterTrouble>> MilterSession::show(MilterMessage message,
                                                               const MilterMacros& macros) {
    auto verdict = co_await show_header(message.header);
    if (goes_on(verdict)) verdict = co_await step(MilterCommand::EndOfHeader, std::string_view(), macros);
    if (goes_on(verdict)) verdict = co_await show_body(message);
    if (!verdict) co_return failure(std::move(verdict).error());
    if (!goes_on(verdict)) co_return MilterOutcome{*std::move(verdict), {}};
    co_return co_await end_message(message, macros);
}

Task<MilterSession::Answer> MilterSession::show_header(std::string_view header) {
    const MilterMacros none;
    HeaderFields fields(header, TextEnd::IsMessageEnd);
    while (const auto field = fields.next()) {
        if (field->name.empty()) continue;
        const std::string data = field_data(*field, terms_);
        auto verdict = co_await step(MilterCommand::Header, data, none);
        if (!goes_on(verdict)) co_return verdict;
        if (skipped_ == MilterCommand::Header) break;
    }
    co_return MilterVerdict{};
}

Task<MilterSession::Answer> MilterSession::show_body(MilterMessage message) {
    if (!terms_.wants(MilterCommand::Body)) co_return MilterVerdict{};
    for (std::uint64_t at = message.body_at; at < message.content.size();) {
        const auto piece = co_await message.content.piece(at);
        if (!piece) co_return failure(MilterTrouble{MilterTrouble::With::Message, piece.error()});
        if ((*piece)->empty()) break;
        auto verdict = co_await show_piece(**piece);
        if (!goes_on(verdict)) co_return verdict;
        if (skipped_ == MilterCommand::Body) break;
        at += (*piece)->size();
    }
    co_return MilterVerdict{};
}

// In parts of about the same size.
Task<MilterSession::Answer> MilterSession::show_piece(std::string_view piece) {
    const MilterMacros none;
    const std::size_t parts = (piece.size() - 1) / terms_.data_octets_max() + 1;
    const std::size_t part_octets = (piece.size() - 1) / parts + 1;
    while (!piece.empty() && skipped_ != MilterCommand::Body) {
        const auto part = piece.substr(0, part_octets);
        piece.remove_prefix(part.size());
        auto verdict = co_await step(MilterCommand::Body, part, none);
        if (!goes_on(verdict)) co_return verdict;
    }
    co_return MilterVerdict{};
}

Task<Result<MilterOutcome, MilterTrouble>> MilterSession::end_message(MilterMessage message,
                                                                      const MilterMacros& macros) {
    put_macros(MilterCommand::EndOfMessage, macros);
    if (connection_->has_unread()) co_return failure(breaks(std::string(milter_says_too_much)));
    ++told_;
    const Instant due = patience().due;
    const auto sent = co_await connection_->send(MilterCommand::EndOfMessage, std::string_view(), due);
    if (!sent) co_return failure(breaks(sent.error()));
    MilterGathering gathering(message);
    auto verdict = co_await gather_changes(gathering, message.body_room);
    if (!verdict) co_return failure(breaks(std::move(verdict).error()));
    settle(MilterCommand::EndOfMessage, verdict->answer);
    const bool lets_pass =
        verdict->answer == MilterAnswer::Continue || verdict->answer == MilterAnswer::Accept;
    if (lets_pass && !gathering.why_given_up().empty())
        co_return failure(MilterTrouble{MilterTrouble::With::Message, gathering.why_given_up()});
    co_return gathering.end(*std::move(verdict));
}

Task<Result<MilterVerdict, std::string>> MilterSession::gather_changes(MilterGathering& gathering,
                                                                       BodyRoom& room) {
    Patience waits = patience_at_end();
    for (std::size_t busy = 0; busy < milter_packets_max;) {
        CO_TRY(reply, co_await next_reply(waits));
        if (auto* verdict = std::get_if<MilterVerdict>(&reply)) co_return std::move(*verdict);
        if (std::holds_alternative<MilterSkip>(reply))
            co_return failure(std::string("it wants to skip the end of the message"));
        const auto* piece = std::get_if<MilterBodyPiece>(&reply);
        const bool is_empty = piece != nullptr && piece->octets.empty();
        if (is_empty || std::holds_alternative<MilterProgress>(reply)) ++busy;
        if (piece != nullptr && gathering.why_given_up().empty()) {
            const Instant since = here_.clock().now();
            auto reserved = co_await room.reserve(piece->octets.size());
            if (!reserved) gathering.give_up(std::move(reserved).error());
            waits.latest += here_.clock().now() - since;  // it waited for us
            wait_again(waits);
        }
        CO_TRY_VOID(gathering.take(std::move(reply)));
    }
    co_return failure(std::string("it does not come to an end"));
}

}  // namespace cursus
