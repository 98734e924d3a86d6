#include "route/capture_template.h"

#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "mail/target.h"

namespace cursus {
namespace {

// A capture as it is written in a value.
struct Reference {
    std::size_t number = 0;  // from 1
    std::size_t length = 0;  // of what is written
};

std::optional<Reference> reference_at(std::string_view text) {
    if (text.size() < 2 || (text[0] != '$' && text[0] != '\\')) return std::nullopt;
    if (is_digit(text[1])) return Reference{static_cast<std::size_t>(text[1] - '0'), 2};
    const char closing = text[1] == '{' ? '}' : ')';
    const bool is_enclosed =
        text.size() >= 4 && (text[1] == '{' || text[1] == '(') && is_digit(text[2]) && text[3] == closing;
    if (text[0] != '$' || !is_enclosed) return std::nullopt;
    return Reference{static_cast<std::size_t>(text[2] - '0'), 4};
}

// What a quoted local part means: a key is written as it would stand in an address.
std::string unquoted(std::string_view captured) {
    if (captured.starts_with('"')) {
        const auto mailbox = Mailbox::parse(fmt::format("{}@captured.invalid", captured));
        if (mailbox) return mailbox->local_part();
    }
    return std::string(captured);
}

// Local parts without a host are held to what those with one are held to.
bool is_local_part(const std::string& text) {
    return Mailbox::make(text, *Domain::parse("local.invalid")).has_value();
}

}  // namespace

// Puts a word that stands nowhere else in the place of each capture, lets the addresses be parsed, and finds
// the words again.
class CaptureTemplate::Reader {
public:
    Reader(std::string_view text, std::size_t captures) : text_(text), captures_(captures) {
        const std::string lowered = to_lower(text);
        while (lowered.contains(word_)) word_ += 'q';
    }

    Result<CaptureTemplate, std::string> run() {
        TRY_VOID(replace());
        CaptureTemplate result;
        if (references_ == 0) {
            result.value_ = std::move(replaced_);
            return result;
        }
        const auto targets = parse_targets(replaced_);
        if (!targets) return failure(targets.error().what);
        std::vector<Address> addresses;
        for (const auto& placed : *targets) {
            const auto* target = std::get_if<AddressTarget>(&placed.target);
            if (target == nullptr)
                return failure(std::string(
                    "what was captured comes from a stranger and may be a part of addresses only: write "
                    "them, as in \"$1@example.org\", or a fixed value"));
            addresses.push_back(read(*target));
        }
        if (found_ != references_)
            return failure(std::string(
                "a capture stands where it cannot be a part of a local part or of a domain's labels"));
        result.value_ = std::move(addresses);
        return result;
    }

private:
    Result<void, std::string> replace() {
        for (std::size_t i = 0; i < text_.size(); ++i) {
            const auto rest = text_.substr(i);
            if (const auto reference = reference_at(rest)) {
                if (reference->number == 0 || reference->number > captures_) {
                    return failure(fmt::format("{}: the pattern has {} captures",
                                               rest.substr(0, reference->length), captures_));
                }
                replaced_ += fmt::format("{}{}z", word_, reference->number);
                ++references_;
                i += reference->length - 1;
            } else if (rest.starts_with("$$")) {
                replaced_ += '$';
                ++i;
            } else if (rest[0] != '$') {
                replaced_ += rest[0];
            } else {
                return failure(std::string("write $$ for a dollar sign that stands for itself"));
            }
        }
        return {};
    }

    Address read(const AddressTarget& target) {
        Address address{read(target.local_part), target.host, {}, target.is_final};
        const auto host = target.host ? host_text(*target.host) : "";
        // What was filled into an A-label would make it another name altogether: such a capture is not found.
        if (host.contains(word_) && !is_in_a_label(host)) {
            address.host.reset();
            address.domain = read(host);
        }
        return address;
    }

    bool is_in_a_label(std::string_view host) const {
        for (auto at = host.find(word_); at != std::string_view::npos; at = host.find(word_, at + 1)) {
            const auto dot = host.rfind('.', at);
            if (host.substr(dot == std::string_view::npos ? 0 : dot + 1).starts_with("xn--")) return true;
        }
        return false;
    }

    Pieces read(std::string_view text) {
        Pieces pieces;
        for (auto at = text.find(word_); at != std::string_view::npos; at = text.find(word_)) {
            if (at > 0) pieces.emplace_back(std::string(text.substr(0, at)));
            pieces.emplace_back(Capture{static_cast<std::size_t>(text[at + word_.size()] - '1')});
            ++found_;
            text.remove_prefix(at + word_.size() + 2);
        }
        if (!text.empty()) pieces.emplace_back(std::string(text));
        return pieces;
    }

    std::string_view text_;
    std::size_t captures_;
    std::string word_ = "capture", replaced_;
    std::size_t references_ = 0, found_ = 0;
};

Result<CaptureTemplate, std::string> CaptureTemplate::parse(std::string_view text, std::size_t captures) {
    return Reader(text, captures).run();
}

std::optional<std::string> CaptureTemplate::fill(std::span<const std::string_view> captured) const {
    if (const auto* fixed = std::get_if<std::string>(&value_)) return *fixed;
    std::string list;
    for (const auto& address : std::get<std::vector<Address>>(value_)) {
        const auto text = filled(address, captured);
        if (!text) return std::nullopt;
        if (!list.empty()) list += ", ";
        list += *text;
    }
    return list;
}

std::string CaptureTemplate::filled(const Pieces& pieces, std::span<const std::string_view> captured) {
    std::string text;
    for (const auto& piece : pieces) {
        if (const auto* fixed = std::get_if<std::string>(&piece)) {
            text += *fixed;
        } else {
            text += unquoted(captured[std::get<Capture>(piece).number]);
        }
    }
    return text;
}

std::optional<std::string> CaptureTemplate::filled(const Address& address,
                                                   std::span<const std::string_view> captured) {
    AddressTarget target{filled(address.local_part, captured), address.host, address.is_final};
    if (!is_local_part(target.local_part)) return std::nullopt;
    if (!address.domain.empty()) {
        auto domain = Domain::parse(filled(address.domain, captured));
        if (!domain) return std::nullopt;
        target.host = *std::move(domain);
    }
    // Whoever reads the list must read this very address.
    auto written = target_text(target);
    const auto read_back = parse_targets(written);
    if (!read_back || read_back->size() != 1 || read_back->front().target != Target(target))
        return std::nullopt;
    return written;
}

}  // namespace cursus
