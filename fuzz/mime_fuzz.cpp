// Parts of a message: the same in whatever pieces it comes, one within the other, and all bounds kept.
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "mail/mime_file_names.h"
#include "mail/mime_walker.h"

namespace cursus::fuzz {
namespace {

class Transcript final : public MimeSink {
public:
    void field(std::string_view octets, HeaderOf whose) override {
        note(whose == HeaderOf::Message ? "field" : "part's field", octets);
        require(octets.contains(':'));
    }
    bool part_begins(const MimePart& part) override {
        require(part.number == begun_ && ++begun_ <= mime_parts_max && part.depth <= mime_depth_max);
        require(part.depth == open_.size() && part.file_names.size() <= file_names_max);
        open_.push_back(part.number);
        note("begins", part.media_type);
        for (const auto& name : part.file_names) {
            require(!name.empty() && name.size() <= file_name_octets_max);
            note("name", name);
        }
        note(part.charset, part.disposition);
        return part.media_type != "text/x-unwanted";
    }
    void content(std::string_view octets) override {
        require(!octets.empty() && !open_.empty() && open_.back() + 1 == begun_);
        if (!is_in_content_) text += "\ncontent: ";
        is_in_content_ = true;
        text += octets;
    }
    void part_ends(std::uint32_t number) override {
        require(!open_.empty() && open_.back() == number);
        open_.pop_back();
        note("ends", std::to_string(number));
    }
    void malformed(Malformation what, std::string_view subject, std::uint32_t part) override {
        note(facts_of(what).name, subject);
        note("in", std::to_string(part));
    }
    bool is_closed() const { return open_.empty(); }

    std::string text;

private:
    void note(std::string_view what, std::string_view subject) {
        is_in_content_ = false;
        text += '\n';
        text += what;
        text += ": ";
        text += subject;
    }
    std::vector<std::uint32_t> open_;
    std::uint32_t begun_ = 0;
    bool is_in_content_ = false;
};

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    fuzz::Input input(data, size);
    const auto seed = input.number();
    constexpr MimeWalk walk{.reports_fields = true, .checks_octets = true};
    fuzz::Transcript whole, torn;
    MimeWalker at_once(whole, walk), in_pieces(torn, walk);
    at_once.feed(input.rest());
    at_once.finish();
    for (fuzz::Pieces pieces(input.rest(), seed); !pieces.empty();) in_pieces.feed(pieces.next());
    in_pieces.finish();
    fuzz::require(whole.text == torn.text);
    fuzz::require(whole.is_closed() && torn.is_closed());
    fuzz::require(at_once.has_stopped() == in_pieces.has_stopped());
    fuzz::require(at_once.header_octets() == in_pieces.header_octets());
    return 0;
}
