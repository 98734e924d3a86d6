#include "scan/milter_protocol.h"

#include "base/codec.h"

namespace cursus {
namespace {

// How the family of an address is called.
constexpr char family_v4 = '4', family_v6 = '6', family_unknown = 'U';

MilterQuestion of_words(MilterCommand command, std::string_view path,
                        const std::vector<std::string>& parameters) {
    MilterQuestion question{command, {}};
    append_milter_text(question.data, path);
    for (const auto& parameter : parameters) append_milter_text(question.data, parameter);
    return question;
}

MilterQuestion of_text(MilterCommand command, std::string_view text) {
    MilterQuestion question{command, {}};
    append_milter_text(question.data, text);
    return question;
}

}  // namespace

std::string_view describe(MilterCommand command) {
    switch (command) {
        case MilterCommand::Abort:
            return "the abort";
        case MilterCommand::Body:
            return "a piece of the body";
        case MilterCommand::Connect:
            return "the connection";
        case MilterCommand::Macros:
            return "macros";
        case MilterCommand::EndOfMessage:
            return "the end of the message";
        case MilterCommand::Helo:
            return "HELO";
        case MilterCommand::Header:
            return "a header field";
        case MilterCommand::Mail:
            return "MAIL";
        case MilterCommand::EndOfHeader:
            return "the end of the header";
        case MilterCommand::Negotiate:
            return "the negotiation";
        case MilterCommand::Quit:
            return "the end";
        case MilterCommand::Rcpt:
            return "RCPT";
        case MilterCommand::Data:
            return "DATA";
        case MilterCommand::Unknown:
            return "an unknown command";
    }
    return "";
}

MilterQuestion milter_connect(std::string_view name, const Endpoint& client) {
    const bool is_known = !client.address.is_unspecified();
    const std::string literal = is_known ? client.address.literal() : "unknown";
    MilterQuestion question = of_text(MilterCommand::Connect, name.empty() ? literal : name);
    if (!is_known) {
        question.data += family_unknown;
        return question;
    }
    question.data += client.address.is_v4() ? family_v4 : family_v6;
    question.data += static_cast<char>(client.port >> 8);
    question.data += static_cast<char>(client.port & 0xff);
    append_milter_text(question.data, client.address.text());
    return question;
}

MilterQuestion milter_helo(std::string_view name) {
    return of_text(MilterCommand::Helo, name);
}

MilterQuestion milter_mail(std::string_view path, const std::vector<std::string>& parameters) {
    return of_words(MilterCommand::Mail, path, parameters);
}

MilterQuestion milter_rcpt(std::string_view path, const std::vector<std::string>& parameters) {
    return of_words(MilterCommand::Rcpt, path, parameters);
}

MilterQuestion milter_unknown(std::string_view line) {
    return of_text(MilterCommand::Unknown, line);
}

std::string milter_packet_head(MilterCommand command, std::size_t data_octets) {
    Encoder head(5);
    head.u32(static_cast<std::uint32_t>(1 + data_octets));
    head.u8(static_cast<std::uint8_t>(command));
    return head.take();
}

void append_milter_text(std::string& data, std::string_view text) {
    data += text.substr(0, text.find('\0'));
    data += '\0';
}

}  // namespace cursus
