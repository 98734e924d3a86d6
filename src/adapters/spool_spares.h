// Files that will become segments. Writing over blocks that a file already has makes a sync two to three
// times cheaper than growing one (docs/durability.md), so a dead segment's file is used again, and a blank
// one is written in advance when there is none.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/spool_directory.h"

namespace cursus {

struct Spare {
    std::string path;
    std::unique_ptr<File> file;
    std::uint64_t bytes = 0;  // already allocated
};

class SpoolSpares {  // thread-safe
public:
    explicit SpoolSpares(SpoolDirectory& directory) : directory_(directory) {}

    FileResult<> open();                         // takes over what is there
    FileResult<Spare> take();                    // one with blocks if there is one, else a new and empty file
    void discard(Spare spare);                   // it could not be used
    FileResult<> prepare(std::uint64_t bytes);   // writes a blank one, unless there is one already
    FileResult<> retire(std::uint64_t segment);  // a dead segment's file becomes a spare, or is removed
    FileResult<> remove(std::uint64_t segment);  // it is removed
    bool drop();                                 // gives all room back; false when there was none
    std::uint64_t bytes() const;

private:
    struct Known {
        std::string path;
        std::uint64_t bytes;
    };
    std::string new_path();

    SpoolDirectory& directory_;
    mutable std::mutex mutex_;
    std::vector<Known> spares_;
    std::uint64_t next_number_ = 1;
};

}  // namespace cursus
