#include "config/rule.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cursus {

std::string_view name(RuleStage stage) {
    switch (stage) {
        case RuleStage::Connect:
            return "connect";
        case RuleStage::Helo:
            return "helo";
        case RuleStage::Mail:
            return "mail";
        case RuleStage::Rcpt:
            return "rcpt";
        case RuleStage::Data:
            return "data";
    }
    std::unreachable();
}

std::string_view name(RuleAction action) {
    switch (action) {
        case RuleAction::Accept:
            return "accept";
        case RuleAction::Reject:
            return "reject";
        case RuleAction::Defer:
            return "defer";
        case RuleAction::Discard:
            return "discard";
        case RuleAction::Hold:
            return "hold";
        case RuleAction::Annotate:
            return "annotate";
        case RuleAction::Tag:
            return "tag";
        case RuleAction::Delay:
            return "delay";
        case RuleAction::Copy:
            return "copy";
        case RuleAction::Ask:
            return "ask";
    }
    std::unreachable();
}

bool Comparison::holds(double of) const {
    switch (relation) {
        case Relation::Less:
            return of < value;
        case Relation::LessOrEqual:
            return of <= value;
        case Relation::Equal:
            return of == value;
        case Relation::GreaterOrEqual:
            return of >= value;
        case Relation::Greater:
            return of > value;
    }
    std::unreachable();
}

bool TimeSpan::contains(WallTime when) const {
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const auto minute = std::chrono::duration_cast<std::chrono::minutes>(when - day).count();
    const auto is_of = [&](auto on) {
        const unsigned monday_first = std::chrono::weekday(on).iso_encoding() - 1;
        return (unsigned{days} >> monday_first & 1U) != 0;
    };
    if (from < to) return is_of(day) && minute >= from && minute < to;
    return (is_of(day) && minute >= from) || (is_of(day - std::chrono::days{1}) && minute < to);
}

}  // namespace cursus
