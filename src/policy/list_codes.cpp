#include "policy/list_codes.h"

#include <algorithm>

#include <fmt/format.h>

namespace cursus {
namespace {

constexpr std::uint8_t code_octet = 127;
constexpr std::uint32_t loopback_code = 0x7f000001;
constexpr std::uint32_t refusals = 0x7fffff00;  // and the 255 behind it

std::uint32_t number_of(const IpAddress& code) {
    const auto& octets = code.octets();
    return std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 | std::uint32_t{octets[2]} << 8 |
           octets[3];
}

bool is_refusal(const IpAddress& code) {
    return (number_of(code) & ~0xffU) == refusals;
}

bool fits_code(const ListAnswerPattern& pattern, const IpAddress& code) {
    if (pattern.bits != 0) return (number_of(code) & 0xff & pattern.bits) != 0;
    return pattern.first <= number_of(code) && number_of(code) <= pattern.last;
}

}  // namespace

Result<ListCodes, NoCodesWhy> read_list_codes(const std::vector<std::string>& records) {
    ListCodes codes;
    for (const auto& record : records) {
        const auto code = parse_address(record);
        if (!code || !code->is_v4())
            return failure(NoCodesWhy{NoCodes::NotOfAList, "it answers what is no address"});
        if (code->octets()[0] != code_octet) {
            return failure(
                NoCodesWhy{NoCodes::NotOfAList,
                           fmt::format("it answers {}, which is not of 127.0.0.0/8 and so no answer "
                                       "of a list",
                                       code->text())});
        }
        codes.push_back(*code);
    }
    std::ranges::sort(codes);
    codes.erase(std::ranges::unique(codes).begin(), codes.end());
    if (const auto refusal = std::ranges::find_if(codes, is_refusal); refusal != codes.end())
        return failure(NoCodesWhy{NoCodes::Refused,
                                  fmt::format("it refuses to be asked from here ({})", refusal->text())});
    return codes;
}

bool counts(const ListCodes& codes, const std::vector<ListAnswerPattern>& answers) {
    return std::ranges::any_of(codes, [&answers](const IpAddress& code) {
        if (answers.empty()) return number_of(code) != loopback_code;
        return std::ranges::any_of(answers,
                                   [&code](const auto& pattern) { return fits_code(pattern, code); });
    });
}

bool is_loopback_alone(const ListCodes& codes) {
    return codes.size() == 1 && number_of(codes.front()) == loopback_code;
}

std::string text(const ListCodes& codes) {
    std::string list;
    for (const auto& code : codes) list += fmt::format("{}{}", list.empty() ? "" : ", ", code.text());
    return list;
}

}  // namespace cursus
