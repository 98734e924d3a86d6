// Brings the index up to the log's end: at start, and after the index had to be opened again.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "adapters/spool_directory.h"
#include "adapters/spool_reader.h"
#include "adapters/spool_writer.h"
#include "adapters/store_index.h"

namespace cursus {

class SpoolReplay {
public:
    SpoolReplay(SpoolDirectory& directory, const StoreIndex& index, const StoreIndex::Apply& apply,
                const TroubleSink& trouble)
        : directory_(directory), index_(index), apply_(apply), trouble_(trouble) {}

    // At start: makes last what the previous process may have left unsynced, finds the log's segments and
    // their sizes, removes segments that never counted, replays, and says where the log ends: behind its last
    // whole record. What was begun behind that is cut; a damaged record elsewhere is reported, kept aside and
    // skipped.
    Result<SpoolWriter::End, StoreError> at_start();
    // While the store is open: the log ends at `end`, nothing is torn.
    Result<void, StoreError> up_to(SpoolPosition end);

private:
    struct Part {  // of the log: one segment
        SpoolReader reader;
        std::uint64_t begin;
        std::optional<std::uint64_t> end;  // known when another segment follows
    };
    Result<std::vector<Part>, StoreError> find_parts(const std::vector<std::uint64_t>& numbers);
    Result<void, StoreError> write_again(const Part& part, const ReadRecord& record);
    Result<void, StoreError> remove_orphans(const std::vector<Part>& parts,
                                            const std::vector<std::uint64_t>& numbers);
    Result<void, StoreError> check_missing(const std::vector<Part>& parts);
    enum class LastRecord : std::uint8_t { Synced, Doubtful };
    Result<std::uint64_t, StoreError> replay(const Part& part, LastRecord last_record);
    struct Gap {
        std::uint64_t offset = 0;
        std::uint64_t bytes_max = 0;  // up to here the segment may hold records
        std::optional<std::uint64_t> next;
        std::optional<ReadRecord> record;  // its operations are intact, its bodies are not
    };
    Result<std::uint64_t, StoreError> step_over(const Part& part, const Gap& gap);
    void report_tail(const Part& part, std::uint64_t offset);
    Result<void, StoreError> apply(const Part& part, const ReadRecord& record);

    SpoolDirectory& directory_;
    const StoreIndex& index_;
    const StoreIndex::Apply& apply_;
    const TroubleSink& trouble_;
    bool damaged_ = false;  // the part that was replayed last
};

}  // namespace cursus
