#include "adapters/country_file.h"

#include <maxminddb.h>
#include <netinet/in.h>

#include <string_view>

#include <fmt/format.h>

#include "adapters/socket_address.h"
#include "base/text.h"

namespace cursus {
namespace {

class CountryFile final : public Countries {
public:
    CountryFile() = default;
    CountryFile(const CountryFile&) = delete;
    CountryFile& operator=(const CountryFile&) = delete;
    ~CountryFile() override {
        if (is_open_) MMDB_close(&file_);
    }

    Result<void, std::string> open(const std::string& path) {
        const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file_);
        if (status != MMDB_SUCCESS) return failure(fmt::format("{}: {}", path, MMDB_strerror(status)));
        is_open_ = true;
        return {};
    }

    std::optional<Country> of(const IpAddress& address) const override {
        const SocketAddress socket = to_system({address, 0});
        int status = MMDB_SUCCESS;
        auto found =
            MMDB_lookup_sockaddr(&file_, reinterpret_cast<const sockaddr*>(&socket.storage), &status);
        if (status != MMDB_SUCCESS || !found.found_entry) return std::nullopt;
        // Where the address is used; else where it is registered, which is all that is known of some.
        const auto used_in = code_below(found.entry, "country");
        return used_in ? used_in : code_below(found.entry, "registered_country");
    }

private:
    static std::optional<Country> code_below(MMDB_entry_s& entry, const char* key) {
        MMDB_entry_data_s value{};
        const int status = MMDB_get_value(&entry, &value, key, "iso_code", nullptr);
        if (status != MMDB_SUCCESS || !value.has_data || value.type != MMDB_DATA_TYPE_UTF8_STRING ||
            value.data_size != 2)
            return std::nullopt;
        const std::string_view text(value.utf8_string, value.data_size);
        if (!is_alpha(text[0]) || !is_alpha(text[1])) return std::nullopt;
        return Country{{to_upper(text[0]), to_upper(text[1])}};
    }

    MMDB_s file_{};
    bool is_open_ = false;
};

}  // namespace

Result<std::unique_ptr<Countries>, std::string> open_country_file(const std::string& path) {
    auto file = std::make_unique<CountryFile>();
    TRY_VOID(file->open(path));
    return file;
}

}  // namespace cursus
