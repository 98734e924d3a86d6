// Lists of targets. What is taken is the same when its own text is taken again, alone and in a list, and no
// path or command comes out that could lead elsewhere than it says.
#include "base/text.h"
#include "base/utf8.h"
#include "fuzz/fuzz.h"
#include "mail/target.h"

namespace cursus::fuzz {
namespace {

void require_path(std::string_view path) {
    require(path.starts_with('/') && !has_control(path) && path != "/");
    require(!(std::string(path) + "/").contains("/../"));
}

struct Check {
    void operator()(const AddressTarget& target) const {
        require(!target.local_part.empty() && target.local_part.size() <= local_part_octets_max);
        require(!has_control(target.local_part));
    }
    void operator()(const IncludeTarget& target) const { require_path(target.path); }
    void operator()(const FileTarget& target) const { require_path(target.path); }
    void operator()(const DirectoryTarget& target) const { require_path(target.path); }
    void operator()(const CommandTarget& target) const {
        require(!target.arguments.empty() && target.arguments.front().starts_with('/'));
        for (const auto& argument : target.arguments)
            require(!argument.contains('\0') && !argument.contains('\n') && !argument.contains('\r'));
    }
    void operator()(const FailTarget& target) const { require(!has_control(target.text)); }
    void operator()(const DeferTarget& target) const { require(!has_control(target.text)); }
    void operator()(const BlackholeTarget&) const {}
};

}  // namespace
}  // namespace cursus::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace cursus;
    const auto placed = parse_targets(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!placed) {
        fuzz::require(placed.error().line > 0 && is_utf8(placed.error().what) &&
                      !has_control(placed.error().what));
        return 0;
    }
    std::string list;
    std::vector<PlacedTarget> expected;
    for (const auto& one : *placed) {
        std::visit(fuzz::Check{}, one.target);
        const auto text = target_text(one.target);
        if (text.size() > target_octets_max) return 0;  // its quotes did not fit
        fuzz::require(parse_targets(text) == std::vector{PlacedTarget{one.target, 1}});
        list += text + "\n";
        expected.push_back({one.target, static_cast<std::uint32_t>(expected.size() + 1)});
    }
    fuzz::require(parse_targets(list) == expected);
    return 0;
}
