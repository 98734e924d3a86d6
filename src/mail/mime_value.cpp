#include "mail/mime_value.h"

#include <algorithm>

#include "base/text.h"
#include "mail/comments.h"

namespace cursus {
namespace {

constexpr auto nowhere = std::string_view::npos;

class MimeValueReader {
public:
    MimeValueReader(std::string_view body, MimeReading reading)
        : body_(body), reading_(reading), has_comments_(reading == MimeReading::Strict) {}
    MimeValue read();

private:
    void read_value();
    void read_parameter();
    void read_quoted(std::string& value);
    void pass_to_parameter_end();

    bool is_at(char c) const { return at_ < body_.size() && body_[at_] == c; }
    bool is_at_end() const { return at_ == body_.size() || is_at(';'); }
    bool is_at_parameter();
    void skip_space();
    std::string_view take_word(bool is_name);
    std::size_t quoted_end(std::size_t from);
    std::size_t find_raw_end();
    void note(Malformation fault) {
        if (std::ranges::find(result_.faults, fault) == result_.faults.end()) result_.faults.push_back(fault);
    }

    std::string_view body_;
    MimeReading reading_;
    bool has_comments_;
    bool has_quotes_ = true;
    std::size_t at_ = 0;
    std::size_t raw_end_ = 0;
    std::size_t parameters_ = 0;  // read, those that turned out to be none included
    MimeValue result_;
};

MimeValue MimeValueReader::read() {
    read_value();
    for (; at_ < body_.size(); skip_space()) {
        if (is_at(';')) {
            ++at_;
        } else if (parameters_ == mime_parameters_max) {
            note(Malformation::MimeParameters);
            break;
        } else {
            ++parameters_;
            read_parameter();
        }
    }
    return std::move(result_);
}

// White space may stand around the slash. A parameter that begins without a semicolon before it is one.
void MimeValueReader::read_value() {
    auto& value = result_.value;
    for (skip_space(); !is_at_end(); skip_space()) {
        if (is_at_parameter()) return note(Malformation::ParameterSyntax);
        const auto word = to_lower(take_word(false));
        if (value.empty() || value.ends_with('/') || word.starts_with('/'))
            value += word;
        else
            note(Malformation::ParameterSyntax);
    }
}

void MimeValueReader::read_parameter() {
    std::string name;
    const bool is_quoted = is_at('"');
    if (is_quoted)
        read_quoted(name);
    else if (!is_at('='))
        name = take_word(true);
    skip_space();
    if (is_quoted || !is_mime_token(name) || !is_at('=')) note(Malformation::ParameterSyntax);
    if (!is_at('=')) return;
    ++at_;
    skip_space();
    const auto begin = at_;
    MimeParameter parameter{.name = to_lower(name), .value = {}, .raw = {}};
    if (is_at('"')) {
        read_quoted(parameter.value);
    } else {
        if (!is_at_end()) parameter.value = take_word(false);
        if (!is_mime_token(parameter.value)) note(Malformation::ParameterSyntax);
    }
    pass_to_parameter_end();
    if (raw_end_ < at_) raw_end_ = find_raw_end();
    const auto raw = body_.substr(begin, raw_end_ - begin);
    parameter.raw = raw.substr(raw.size() - std::min(raw.size(), mime_raw_octets_max));
    result_.parameters.push_back(std::move(parameter));
}

// RFC 5322 §3.2.4. The first one that does not end has the whole rest for its value, but the parameters that
// could stand there are read all the same; for later ones the rest is not read again.
void MimeValueReader::read_quoted(std::string& value) {
    const bool takes_rest = has_quotes_;
    const auto end = quoted_end(at_);
    const auto next = end == nowhere ? std::min(body_.find(';', at_), body_.size()) : end;
    const auto last = end != nowhere ? end - 1 : takes_rest ? body_.size() : next;
    const auto text = body_.substr(at_ + 1, last - at_ - 1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' || text[i] == '\n') continue;
        if (text[i] == '\\' && reading_ == MimeReading::Strict && i + 1 < text.size()) ++i;
        value += text[i];
    }
    if (end == nowhere) note(Malformation::ParameterUnended);
    at_ = next;
}

// What stands between a value and the semicolon should not be there; it may be the next parameter.
void MimeValueReader::pass_to_parameter_end() {
    for (skip_space(); !is_at_end(); skip_space()) {
        note(Malformation::ParameterSyntax);
        if (is_at_parameter()) return;
        const auto end = is_at('"') ? quoted_end(at_) : nowhere;
        if (end == nowhere)
            take_word(false);
        else
            at_ = end;
    }
}

bool MimeValueReader::is_at_parameter() {
    if (is_at_end() || is_at('=') || is_at('"')) return false;
    const auto here = at_;
    take_word(true);
    skip_space();
    const bool is_parameter = is_at('=');
    at_ = here;
    return is_parameter;
}

// Once a comment does not end there are none any more, so that nothing can hide behind its beginning.
void MimeValueReader::skip_space() {
    while (at_ < body_.size()) {
        if (is_folding_space(body_[at_])) {
            ++at_;
        } else if (has_comments_ && is_at('(')) {
            const auto end = end_of_comment(body_, at_);
            has_comments_ = end != nowhere;
            if (has_comments_)
                at_ = end;
            else
                note(Malformation::ParameterUnended);
        } else {
            return;
        }
    }
}

// An octet at least, and what follows up to white space, a semicolon, a quote or a comment.
std::string_view MimeValueReader::take_word(bool is_name) {
    const auto begin = at_++;
    while (!is_at_end() && !is_folding_space(body_[at_]) && !is_at('"') && !(is_name && is_at('=')) &&
           !(has_comments_ && is_at('(')))
        ++at_;
    return body_.substr(begin, at_ - begin);
}

// Behind the quote that ends the one at `from`. Where one quote has no other none behind it has, and they are
// not looked for again.
std::size_t MimeValueReader::quoted_end(std::size_t from) {
    if (!has_quotes_) return nowhere;
    auto end = nowhere;
    if (reading_ == MimeReading::Strict)
        end = end_of_quoted(body_, from, '"');
    else if (const auto quote = body_.find('"', from + 1); quote != nowhere)
        end = quote + 1;
    has_quotes_ = end != nowhere;
    return end;
}

// The next semicolon that no quotes hide.
std::size_t MimeValueReader::find_raw_end() {
    auto from = at_;
    while (from < body_.size() && body_[from] != ';') {
        const auto end = body_[from] == '"' ? quoted_end(from) : nowhere;
        if (body_[from] == '"' && end == nowhere) return std::min(body_.find(';', from), body_.size());
        from = end == nowhere ? from + 1 : end;
    }
    return from;
}

}  // namespace

bool is_mime_token(std::string_view text) {
    constexpr std::string_view specials = "()<>@,;:\\\"/[]?=";
    return !text.empty() && std::ranges::all_of(text, [=](char c) {
        return is_printable(c) && c != ' ' && !specials.contains(c);
    });
}

MimeValue read_mime_value(std::string_view body, MimeReading reading) {
    return MimeValueReader(body, reading).read();
}

bool has_careless_reading(std::string_view body) {
    return body.find_first_of("(\\") != nowhere;
}

}  // namespace cursus
