#include "queue/records_mail.h"

#include <algorithm>
#include <utility>

namespace cursus {
namespace {

enum class HostForm : std::uint8_t { Name, V4, V6 };

std::string_view octets_of(const IpAddress& address) {
    return {reinterpret_cast<const char*>(address.octets().data()), address.is_v4() ? 4U : 16U};
}

void put_address(Encoder& out, const IpAddress& address) {
    out.u8(static_cast<std::uint8_t>(address.is_v4() ? HostForm::V4 : HostForm::V6));
    out.raw(octets_of(address));
}

template <std::size_t count>
std::array<std::uint8_t, count> get_octets(Decoder& in) {
    std::array<std::uint8_t, count> octets{};
    std::ranges::copy(in.raw(count), octets.begin());
    return octets;
}

IpAddress get_address(Decoder& in, HostForm form) {
    return form == HostForm::V4 ? IpAddress::v4(get_octets<4>(in)) : IpAddress::v6(get_octets<16>(in));
}

std::optional<MailHost> get_host(Decoder& in) {
    const auto form = in.choice(HostForm::V6);
    if (form != HostForm::Name) return get_address(in, form);
    auto domain = Domain::parse(in.text());
    if (!in.is_good() || !domain) return std::nullopt;
    return *std::move(domain);
}

void put_client(Encoder& out, const ClientFacts& client) {
    out.u8(client.endpoint.has_value());
    if (client.endpoint) {
        put_address(out, client.endpoint->address);
        out.u32(client.endpoint->port);
    }
    out.text(client.helo);
    out.text(client.reverse_name);
    out.text(client.tls);
    out.text(client.authenticated);
}

ClientFacts get_client(Decoder& in) {
    ClientFacts client;
    if (in.yes_or_no()) {
        const auto form = in.choice(HostForm::V6);
        if (form == HostForm::Name) in.fail();
        Endpoint endpoint;
        endpoint.address = get_address(in, form);
        const auto port = in.u32();
        if (port > 65'535) in.fail();
        endpoint.port = static_cast<std::uint16_t>(port);
        client.endpoint = endpoint;
    }
    client.helo = in.text();
    client.reverse_name = in.text();
    client.tls = in.text();
    client.authenticated = in.text();
    return client;
}

// The kinds of a LocalTarget, in the order of its variant.
enum class TargetKind : std::uint8_t { Mailbox, Command, File, Directory };

void put_target(Encoder& out, const LocalTarget& target) {
    out.u8(static_cast<std::uint8_t>(target.what.index()));
    out.text(target.user);
    if (const auto* command = std::get_if<CommandTarget>(&target.what)) {
        out.u32(static_cast<std::uint32_t>(command->arguments.size()));
        for (const auto& argument : command->arguments) out.text(argument);
    } else if (const auto* file = std::get_if<FileTarget>(&target.what)) {
        out.text(file->path);
    } else if (const auto* directory = std::get_if<DirectoryTarget>(&target.what)) {
        out.text(directory->path);
    }
}

LocalTarget get_target(Decoder& in) {
    const auto kind = in.choice(TargetKind::Directory);
    LocalTarget target{.what = MailboxTarget{}, .user = std::string(in.text())};
    if (kind == TargetKind::Command) {
        CommandTarget command;
        const auto count = in.count();
        for (std::size_t i = 0; i < count && in.is_good(); ++i) command.arguments.emplace_back(in.text());
        if (command.arguments.empty()) in.fail();
        target.what = std::move(command);
    } else if (kind == TargetKind::File) {
        target.what = FileTarget{std::string(in.text())};
    } else if (kind == TargetKind::Directory) {
        target.what = DirectoryTarget{std::string(in.text())};
    }
    return target;
}

}  // namespace

void put_mailbox(Encoder& out, const Mailbox& mailbox) {
    out.text(mailbox.local_part());
    if (const auto* domain = mailbox.domain()) {
        out.u8(static_cast<std::uint8_t>(HostForm::Name));
        out.text(domain->text());
    } else {
        put_address(out, std::get<IpAddress>(mailbox.host()));
    }
}

std::optional<Mailbox> get_mailbox(Decoder& in) {
    std::string local_part(in.text());
    auto host = get_host(in);
    if (in.is_good() && host) {
        auto mailbox = Mailbox::make(std::move(local_part), *std::move(host));
        if (mailbox) return *std::move(mailbox);
    }
    in.fail();
    return std::nullopt;
}

void put_sender(Encoder& out, const ReversePath& sender) {
    const auto* mailbox = std::get_if<Mailbox>(&sender);
    out.u8(mailbox != nullptr);
    if (mailbox != nullptr) put_mailbox(out, *mailbox);
}

ReversePath get_sender(Decoder& in) {
    if (!in.yes_or_no()) return NullPath{};
    auto mailbox = get_mailbox(in);
    if (!mailbox) return NullPath{};
    return *std::move(mailbox);
}

void put_handling(Encoder& out, const Handling& handling) {
    out.u8(handling.target.has_value());
    if (handling.target) put_target(out, *handling.target);
    out.u8(handling.sender.has_value());
    if (handling.sender) put_sender(out, *handling.sender);
    out.text(handling.front);
    out.u8(handling.single_copy);
}

Handling get_handling(Decoder& in) {
    Handling handling;
    if (in.yes_or_no()) handling.target = get_target(in);
    if (in.yes_or_no()) handling.sender = get_sender(in);
    handling.front = in.text();
    handling.single_copy = in.yes_or_no();
    return handling;
}

void put_reply(Encoder& out, const Reply& reply) {
    out.u32(static_cast<std::uint32_t>(reply.code()));
    out.u8(reply.status().has_value());
    if (reply.status()) {
        out.u8(reply.status()->status_class);
        out.u32(reply.status()->subject);
        out.u32(reply.status()->detail);
    }
    out.u32(static_cast<std::uint32_t>(reply.lines().size()));
    for (const auto& line : reply.lines()) out.text(line);
}

std::optional<Reply> get_reply(Decoder& in) {
    const auto code = in.u32();
    std::optional<Status> status;
    if (in.yes_or_no()) {
        status.emplace();
        status->status_class = in.u8();
        const auto subject = in.u32(), detail = in.u32();
        if (subject > 999 || detail > 999) in.fail();  // RFC 3463 §2
        status->subject = static_cast<std::uint16_t>(subject);
        status->detail = static_cast<std::uint16_t>(detail);
    }
    std::vector<std::string> lines(std::min<std::size_t>(in.count(), 1'024));
    for (auto& line : lines) line = in.text();
    if (code < 200 || code > 599 || lines.empty() || (status && status->status_class != code / 100))
        in.fail();
    if (!in.is_good()) return std::nullopt;
    return Reply(static_cast<int>(code), status, std::move(lines));
}

void put_envelope(Encoder& out, const Envelope& envelope) {
    out.u64(envelope.session.value());
    out.text(envelope.service);
    out.text(envelope.account);
    put_client(out, envelope.client);
    out.u8(static_cast<std::uint8_t>(envelope.protocol));
    put_sender(out, envelope.sender);
    out.u8(static_cast<std::uint8_t>(envelope.body));
    out.u8(envelope.smtputf8);
    out.u8(envelope.require_tls);
    out.u8(static_cast<std::uint8_t>(envelope.ret));
    out.text(envelope.envid);
    out.time(envelope.arrived);
    put_optional_time(out, envelope.not_before);
    put_optional_time(out, envelope.deliver_by ? std::optional(envelope.deliver_by->time) : std::nullopt);
    out.u8(static_cast<std::uint8_t>(envelope.priority));
    out.u32(static_cast<std::uint32_t>(envelope.tags.size()));
    for (const auto& tag : envelope.tags) out.text(tag);
    out.u64(envelope.size);
}

Envelope get_envelope(Decoder& in) {
    Envelope envelope;
    envelope.session = SessionId(in.u64());
    envelope.service = in.text();
    envelope.account = in.text();
    envelope.client = get_client(in);
    envelope.protocol = in.choice(Protocol::Local);
    envelope.sender = get_sender(in);
    envelope.body = in.choice(Body::BinaryMime);
    envelope.smtputf8 = in.yes_or_no();
    envelope.require_tls = in.yes_or_no();
    envelope.ret = in.choice(Ret::Headers);
    envelope.envid = in.text();
    envelope.arrived = in.time();
    envelope.not_before = get_optional_time(in);
    if (const auto time = get_optional_time(in)) envelope.deliver_by = DeliverBy{.time = *time};
    envelope.priority = static_cast<std::int8_t>(in.u8());
    const auto tags = in.count();
    for (std::size_t i = 0; i < tags && in.is_good(); ++i) envelope.tags.emplace_back(in.text());
    envelope.size = in.u64();
    return envelope;
}

bool says_more_of_time(const Envelope& envelope) {
    return !envelope.release_request.empty() || envelope.deliver_by.has_value();
}

void put_timing(Encoder& out, const Envelope& envelope) {
    out.text(envelope.release_request);
    const DeliverBy deliver_by = envelope.deliver_by.value_or(DeliverBy{});
    out.u8(static_cast<std::uint8_t>(deliver_by.mode));
    out.u8(deliver_by.trace);
}

void get_timing(Decoder& in, Envelope& envelope) {
    envelope.release_request = in.text();
    const auto mode = in.choice(ByMode::Notify);
    const bool trace = in.yes_or_no();
    if (!envelope.deliver_by) return;
    envelope.deliver_by->mode = mode;
    envelope.deliver_by->trace = trace;
}

void put_notify(Encoder& out, const Notify& notify) {
    out.u8(static_cast<std::uint8_t>(notify.is_set | notify.success << 1 | notify.failure << 2 |
                                     notify.delay << 3));
}

Notify get_notify(Decoder& in) {
    const auto bits = in.u8();
    if (bits > 15) in.fail();
    return {.is_set = (bits & 1) != 0,
            .success = (bits & 2) != 0,
            .failure = (bits & 4) != 0,
            .delay = (bits & 8) != 0};
}

void put_optional_time(Encoder& out, const std::optional<WallTime>& time) {
    out.u8(time.has_value());
    if (time) out.time(*time);
}

std::optional<WallTime> get_optional_time(Decoder& in) {
    if (!in.yes_or_no()) return std::nullopt;
    return in.time();
}

}  // namespace cursus
