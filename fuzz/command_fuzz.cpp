// One command line. What is parsed holds no control octet and says the same when it is parsed again.
#include <cstdlib>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "mail/command.h"
#include "mail/replies.h"
#include "mail/xtext.h"

namespace cursus::fuzz {
namespace {

void check(const MailCommand& command) {
    require(parse_reverse_path(path_text(command.sender)) == command.sender);
    const auto& parameters = command.parameters;
    require(parameters.unknown.size() <= parameters_max);
    for (const auto& keyword : parameters.unknown) require(!has_control(keyword) && is_ascii(keyword));
    if (parameters.size) require(*parameters.size < 1ULL << 63);
    if (parameters.hold && std::holds_alternative<WallTime>(*parameters.hold)) {
        const auto again = parse_hold_until(utc_text(std::get<WallTime>(*parameters.hold)));
        require(again == parameters.hold);
    }
    if (parameters.deliver_by) {
        const auto& [time, mode, trace] = *parameters.deliver_by;
        const auto value = deliver_by_value({WallTime(time), mode, trace}, WallTime{});
        require(parse_deliver_by(value) == parameters.deliver_by);
    }
    if (parameters.priority) require(std::abs(*parameters.priority) <= priority_max);
    for (const auto& text : {parameters.envid, parameters.auth}) {
        if (!text) continue;
        require(!has_control(*text) && is_ascii(*text));
        require(decode_xtext(encode_xtext(*text)) == *text);
    }
}

void check(const RcptCommand& command) {
    require(Mailbox::parse(command.recipient.text()) == command.recipient);
    const auto& original = command.parameters.orcpt;
    if (!original) return;
    require(!has_control(*original));
    for (const bool for_smtputf8 : {false, true}) {
        const auto encoded = encode_orcpt(*original, for_smtputf8);
        require(encoded.size() > orcpt_octets_max || decode_orcpt(encoded) == *original);
        require(for_smtputf8 || is_ascii(encoded));
    }
}

void check(const HeloCommand& command) {
    require(!has_control(command.name) && !command.name.contains(' '));
}
void check(const EhloCommand& command) {
    check(HeloCommand{command.name});
}
void check(const LhloCommand& command) {
    check(HeloCommand{command.name});
}
void check(const AuthCommand& command) {
    require(!command.mechanism.empty());
}
void check(const auto&) {}

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    static const Domain own_name = Domain::parse("own.example").value();
    const auto command = parse_command({reinterpret_cast<const char*>(data), size}, {own_name});
    if (!command)
        fuzz::require(replies::reply_to(command.error()).is_permanent());
    else
        std::visit([](const auto& typed) { fuzz::check(typed); }, *command);
    return 0;
}
