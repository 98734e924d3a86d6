// The addresses that a list answers with, and what they mean.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "config/settings_policy.h"
#include "runtime/resolver.h"

namespace cursus {

// RFC 5782 §2.1: not addresses at all but codes of 127/8. Sorted, each once; dns_records_max at most.
using ListCodes = std::vector<IpAddress>;

// Why an answer says nothing of what was asked for.
enum class NoCodes : std::uint8_t {
    NotOfAList,  // another octet in front, or no address: a parked domain, a resolver that lies
    Refused,     // 127.255.255/24: of whoever asks, and so of every question
};
struct NoCodesWhy {
    NoCodes kind;
    std::string why;
};

// Of the records of an answer that was found.
Result<ListCodes, NoCodesWhy> read_list_codes(const std::vector<std::string>& records);

// Whether one of the codes counts. 127.0.0.1 only does when a pattern names it: some lists refuse by it.
bool counts(const ListCodes& codes, const std::vector<ListAnswerPattern>& answers);

// 127.0.0.1 and nothing else.
bool is_loopback_alone(const ListCodes& codes);
std::string text(const ListCodes& codes);  // for people

}  // namespace cursus
