// What clamd says, or whoever is at its port, in whatever pieces: one verdict or a sentence, bounded, and
// nothing that could be taken for more than one line of text.
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "scan/clamd_reply.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const std::uint8_t seed = input.number();
    const std::string_view said = input.rest();
    ClamdReplyReader reader;
    for (fuzz::Pieces pieces(said, seed); !pieces.empty() && !reader.is_whole();)
        if (!reader.take(pieces.next())) return fuzz::require(said.size() > clamd_reply_octets_max), 0;
    fuzz::require(reader.is_whole() == (said.find('\0') != std::string_view::npos));
    if (!reader.is_whole()) {
        const auto ended = reader.end();
        fuzz::require(!ended && !has_control(ended.error()));
        return 0;
    }
    fuzz::require(reader.text() == said.substr(0, said.find('\0')));
    const auto verdict = parse_clamd_reply(reader.text());
    if (!verdict) return fuzz::require(!verdict.error().empty() && !has_control(verdict.error())), 0;
    if (std::holds_alternative<Clean>(*verdict)) fuzz::require(reader.text() == "stream: OK");
    if (const auto* found = std::get_if<VirusFound>(&*verdict)) {
        fuzz::require(!found->name.empty() && found->name.size() <= virus_name_octets_max);
        fuzz::require(!has_control(found->name) && is_ascii(found->name));
    }
    return 0;
}
