#include "runtime/store.h"

#include <iterator>

namespace cursus {
namespace {

template <class T>
void move_to_end(std::vector<T>& to, std::vector<T>&& from) {
    if (to.empty()) {
        to = std::move(from);
    } else {
        to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    }
}

}  // namespace

void Batch::append(Batch&& other) {
    move_to_end(puts_, std::move(other.puts_));
    move_to_end(erases_, std::move(other.erases_));
    move_to_end(blob_puts_, std::move(other.blob_puts_));
    move_to_end(blob_erases_, std::move(other.blob_erases_));
}

std::size_t Batch::bytes() const {
    std::size_t total = 0;
    for (const auto& put : puts_) total += put.key.size() + put.value.size();
    for (const auto& erase : erases_) total += erase.key.size();
    for (const auto& blob : blob_puts_) {
        total += blob.key.size();
        for (const auto& piece : blob.pieces) total += piece->size();
    }
    for (const auto& blob : blob_erases_) total += blob.key.size();
    return total;
}

std::string end_of_prefix(std::string_view prefix) {
    std::string end(prefix);
    while (!end.empty() && end.back() == '\xff') end.pop_back();
    if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return end;
}

}  // namespace cursus
