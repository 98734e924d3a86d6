// Read buffers of one reactor, lent to a session only while bytes of its client are at hand: an idle
// connection holds none, and the same few stay warm in the processor's cache.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace cursus {

// Used from one reactor only. Buffers beyond `spare_max` that come back are freed.
class BufferPool {
public:
    static constexpr std::size_t buffer_bytes = std::size_t{64} * 1024;
    static constexpr std::size_t spare_max = 16;

    std::unique_ptr<char[]> take() {
        if (spare_.empty()) return std::make_unique_for_overwrite<char[]>(buffer_bytes);
        std::unique_ptr<char[]> buffer = std::move(spare_.back());
        spare_.pop_back();
        return buffer;
    }
    void give_back(std::unique_ptr<char[]> buffer) {
        if (spare_.size() < spare_max) spare_.push_back(std::move(buffer));
    }

private:
    std::vector<std::unique_ptr<char[]>> spare_;
};

}  // namespace cursus
