#include "receive/session.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/text.h"
#include "mail/replies.h"

namespace cursus {

namespace {

constexpr std::size_t shown_octets_max = 200;

bool is_auth(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return equal_ignoring_case(line.substr(0, 4), "AUTH");
}

// A line as an event may hold it: bounded, control bytes escaped.
std::string shown(std::string_view line) {
    std::string text;
    for (const char c : line.substr(0, shown_octets_max)) {
        if (is_control(c))
            text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else
            text += c;
    }
    if (line.size() > shown_octets_max) text += "...";
    return text;
}

// `mailbox` came without its domain.
Rewritten qualified(std::string_view command, const Mailbox& mailbox) {
    const std::string text = mailbox.text();
    return {std::string(command), fmt::format("<{}>", std::string_view(text).substr(0, text.rfind('@'))),
            path_text(mailbox)};
}

// RFC 2920 §3.2: the replies that may wait for those of the commands behind them, beside those to MAIL and
// RCPT.
bool is_gathered(const Command& command) {
    return std::holds_alternative<RsetCommand>(command);
}

// Nothing: the command is no greeting.
std::optional<std::string> greeted_name(const Command& command) {
    return std::visit(Overloaded{
                          [](const HeloCommand& helo) { return std::optional(helo.name); },
                          [](const EhloCommand& ehlo) { return std::optional(ehlo.name); },
                          [](const LhloCommand& lhlo) { return std::optional(lhlo.name); },
                          [](const auto&) { return std::optional<std::string>(); },
                      },
                      command);
}

}  // namespace

Session::Session(SessionNeeds& needs, Arrival arrival)
    : needs_(needs),
      rules_(std::move(arrival.rules)),
      id_(arrival.id),
      listener_(rules_->settings.listeners.at(arrival.listener)),
      tls_(arrival.tls),
      identity_(arrival.ends),
      stream_(std::move(arrival.stream)),
      input_(*stream_, needs.buffers),
      output_(*stream_),
      started_(needs.clock().now()) {
    if (rules_->book.is_empty() && rules_->settings.scan.milters.empty()) return;
    doorkeeper_ = std::make_unique<Doorkeeper>(
        DoorkeeperNeeds{*rules_, needs.reactor, [this](EventBody body) { emit(std::move(body)); }});
}

Task<void> Session::run() {
    emit(Connected{listener_.name, identity_.client(), identity_.server(), identity_.proxy()});
    co_await open();
    co_await converse();
    co_await hang_up();
    if (doorkeeper_) co_await doorkeeper_->finish();
}

// A client that talks before the greeting is not refused, unless a rule lets it wait for that: what it said
// stays in the socket and is read after it.
Task<void> Session::open() {
    if (listener_.tls == ListenerTls::Implicit) co_await shake_hands();
    if (phase_ == Phase::Closing) co_return;
    co_await meet();
    if (phase_ == Phase::Closing) co_return;
    send(replies::greeting(own_name(), dialect()));
    co_await flush();
}

Task<void> Session::converse() {
    while (phase_ != Phase::Closing) {
        const auto line = co_await next_line();
        if (!line) co_return;
        ++commands_;
        if (!has_patience()) {
            close_after(replies::too_many_bad_commands, "too many bad commands");
        } else if (*line) {
            co_await handle(std::string(**line));
        } else {
            refuse_command({}, replies::reply_to(line->error()));
            // Beyond a bare CR, LF or NUL the two sides no longer agree where commands begin.
            if (line->error() != LineViolation::TooLong) close_after_reply("bad line end");
        }
        if (output_.is_full()) co_await flush();
    }
}

// Nothing when the session is over. Replies leave when the client's next words have not come yet.
Task<std::optional<Result<std::string_view, LineViolation>>> Session::next_line() {
    // Of the whole line: a byte now and then does not prolong it.
    const Instant deadline = needs_.clock().now() + rules_->settings.limits.idle;
    while (attention_ != Attention::Dismissed) {
        std::string_view bytes = input_.bytes();
        const auto line = lines_.next(bytes);
        input_.keep_last(bytes.size());
        if (line) co_return line;
        co_await flush();
        if (phase_ == Phase::Closing) co_return std::nullopt;
        if (attention_ == Attention::Dismissed) break;
        lines_.release_memory();
        attention_ = Attention::Waiting;
        const auto read = co_await input_.more(deadline);
        if (attention_ == Attention::Dismissed) break;
        attention_ = Attention::Busy;
        if (!read) {
            lose(read.error());
            co_return std::nullopt;
        }
    }
    close_after(replies::shutting_down, "shutting down");
    co_return std::nullopt;
}

// The line is a copy: much is awaited below, and its buffer given back meanwhile.
Task<void> Session::handle(std::string line) {
    const auto command = parse(line);
    if (!command) {
        const Reply reply = co_await reply_to_bad_line(line, command.error());
        refuse_command(line, reply);
        // How much follows is unknown, and must not be read as commands.
        if (command.error().error == CommandError::BdatSyntax) close_after_reply("bad BDAT");
        co_return co_await flush();
    }
    if (const Reply* const refusal = refusal_of_dialect(*command)) {
        refuse_command(line, *refusal);
        co_return co_await flush();
    }
    unread_ = Unread::Commands;
    if (std::holds_alternative<EhloCommand>(*command)) co_await refresh_offer();
    if (const auto* auth = std::get_if<AuthCommand>(&*command)) co_return co_await perform(*auth);
    if (const auto* mail = std::get_if<MailCommand>(&*command)) co_return co_await perform(*mail, line);
    if (const auto* recipient = std::get_if<RcptCommand>(&*command))
        co_return co_await perform(*recipient, line);
    if (const auto* data = std::get_if<DataCommand>(&*command)) co_return co_await perform(*data);
    if (const auto* chunk = std::get_if<BdatCommand>(&*command)) co_return co_await perform(*chunk);
    if (const auto* tls = std::get_if<StartTlsCommand>(&*command)) co_return co_await perform(*tls);
    if (const auto* xclient = std::get_if<XclientCommand>(&*command)) co_return co_await perform(*xclient);
    if (auto name = greeted_name(*command)) {
        const auto refused = co_await refusal_of_hello(*std::move(name));
        if (refused) {
            refuse_command(line, *refused);
            co_return co_await flush();
        }
    }
    const auto take = [this](const auto& given) {
        if constexpr (requires { this->answer(given); }) send(this->answer(given));
    };
    std::visit(take, *command);
    co_await tell_of_abandoned();
    if (!is_gathered(*command)) co_await flush();
}

// RFC 6409 §8: a client of ours may leave out what is ours to know. A stranger's address is as it is, or an
// error.
Result<Command, CommandFailure> Session::parse(std::string_view line) {
    const Domain& own_name = *rules_->settings.hostname;
    auto command = parse_command(line, {own_name});
    if (command || command.error().address != AddressError::NoDomain || !is_ours()) return command;
    command = parse_command(line, {own_name, &rules_->addresses.qualifying()});
    if (!command) return command;
    if (const auto* mail = std::get_if<MailCommand>(&*command))
        emit(qualified("MAIL", std::get<Mailbox>(mail->sender)));
    if (const auto* rcpt = std::get_if<RcptCommand>(&*command)) emit(qualified("RCPT", rcpt->recipient));
    return command;
}

void Session::dismiss() {
    const Attention before = std::exchange(attention_, Attention::Dismissed);
    hurry_.set();
    if (before == Attention::Waiting) stream_->expire();
}

Task<void> Session::hang_up() {
    co_await flush();
    input_.keep_last(0);
    input_.release();
    co_await stream_->close(needs_.clock().now() + farewell_timeout);
    emit(Disconnected{std::string(how_), commands_, accepted_, needs_.clock().now() - started_});
}

void Session::move(Step step) {
    phase_ = after(phase_, step).value();
}

void Session::abandon() {
    const auto transaction = std::exchange(transaction_, std::nullopt);
    if (!transaction) return;
    emit(Abandoned{path_text(transaction->sender), texts(transaction->recipients),
                   transaction->parameters.size.value_or(0)});
}

void Session::send(const Reply& reply) {
    output_.add(reply);
}

bool Session::may_be_secret(std::string_view line) const {
    return unread_ != Unread::Commands || is_auth(line);
}

void Session::refuse_command(std::string_view line, const Reply& reply) {
    // Never what may be a password: in AUTH itself, or in the lines that a client sends behind it without
    // waiting for the reply.
    if (is_auth(line)) unread_ = Unread::MayBeSecrets;
    const bool is_shown = unread_ == Unread::Commands;
    emit(CommandRefused{is_shown ? shown(line) : is_auth(line) ? "AUTH ..." : "(a line behind AUTH)", reply});
    send(reply);
    ++bad_commands_;
}

bool Session::has_patience() const {
    return bad_commands_ < rules_->settings.limits.bad_commands && fruitless_ < fruitless_commands_max;
}

void Session::close_after(const Reply& reply, std::string_view how) {
    if (phase_ == Phase::Closing) return;
    send(reply);
    close_after_reply(how);
}

void Session::close_after_reply(std::string_view how) {
    if (phase_ == Phase::Closing) return;
    how_ = how;
    phase_ = Phase::Closing;
    abandon();
}

void Session::lose(StreamError error) {
    if (error == StreamError::TimedOut) return close_after(replies::timed_out, describe(error));
    output_.drop();
    close_after_reply(describe(error));
}

Task<void> Session::flush() {
    if (output_.empty()) co_return;
    const Duration patience = phase_ == Phase::Closing ? farewell_timeout : rules_->settings.limits.idle;
    const auto written = co_await output_.flush(needs_.clock().now() + patience);
    if (!written) {
        output_.drop();
        close_after_reply(describe(written.error()));
    }
}

void Session::emit(EventBody body, MessageId message) {
    needs_.events.emit({needs_.clock().wall_now(), id_, message, std::move(body)});
}

}  // namespace cursus
