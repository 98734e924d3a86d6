#include <filesystem>
#include <string>

#include "adapters/embedded_store.h"
#include "adapters/posix_files.h"
#include "adapters/system_random.h"
#include "adapters/tests/store_on_lossy_disk.h"
#include "tests/contracts/store_contract.h"

namespace cursus {
namespace {

// In memory, with segments of 128 KiB.
class LossyWorld : public StoreWorld {
public:
    std::unique_ptr<Store> open() override {
        auto store = place_.open();
        if (store) return *std::move(store);
        ADD_FAILURE() << store.error().what;
        return nullptr;
    }
    bool set_full(bool is_full) override {
        const auto free = place_.disk.free_bytes();
        if (!free) return false;
        constexpr std::uint64_t plenty = std::uint64_t{1} << 40;
        place_.disk.set_capacity(is_full ? plenty - *free : plenty);
        return true;
    }

private:
    StoreOnLossyDisk place_{1};
};

// On the real file system, as an operator gets it.
class EmbeddedStoreWorld : public StoreWorld {
public:
    EmbeddedStoreWorld() {
        std::string pattern = std::filesystem::temp_directory_path() / "cursus-store-XXXXXX";
        path_ = mkdtemp(pattern.data());
    }
    ~EmbeddedStoreWorld() override { std::filesystem::remove_all(path_); }
    std::unique_ptr<Store> open() override {
        EmbeddedStoreSettings settings;
        settings.path = path_ + "/store";
        auto store = open_embedded_store({files_, random_, {}, nullptr}, settings);
        if (store) return *std::move(store);
        ADD_FAILURE() << store.error().what;
        return nullptr;
    }

private:
    std::string path_;
    PosixFiles files_;
    SystemRandom random_;
};

template <class World>
std::unique_ptr<StoreWorld> make() {
    return std::make_unique<World>();
}

INSTANTIATE_TEST_SUITE_P(EmbeddedInMemory, StoreContract, testing::Values(MakeStoreWorld{make<LossyWorld>}));
INSTANTIATE_TEST_SUITE_P(Embedded, StoreContract, testing::Values(MakeStoreWorld{make<EmbeddedStoreWorld>}));

}  // namespace
}  // namespace cursus
