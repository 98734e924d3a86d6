#include "receive/output.h"

namespace cursus {

Task<Result<void, StreamError>> Output::flush(Instant deadline) {
    if (gathered_.empty()) co_return Result<void, StreamError>{};
    const auto written = co_await stream_.write(std::string_view(gathered_), deadline);
    gathered_.clear();
    if (gathered_.capacity() > idle_capacity_max) std::string().swap(gathered_);
    co_return written;
}

}  // namespace cursus
