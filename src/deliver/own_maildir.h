// Maildirs of virtual users, written with the program's own rights.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>

#include "deliver/local_copy.h"
#include "mail/reply.h"
#include "route/mailbox_place.h"
#include "runtime/reactor.h"

namespace cursus {

inline constexpr std::size_t maildirs_remembered_max = 10'000;  // those known to have their directories

// On the home reactor; several copies at once.
class OwnMaildirs {
public:
    explicit OwnMaildirs(World& world) : world_(world) {}

    // Nullopt: it is in the mailbox, for good.
    Task<std::optional<Reply>> write(LocalCopy copy, MaildirPlace place);

private:
    struct Place {
        std::string path;
        bool is_known;  // to have its directories
    };
    Task<std::string> folder_or_inbox(MaildirPlace place);
    Task<std::optional<Reply>> write_pieces(LocalCopy copy, MaildirFile& file, Place place);

    World& world_;
    std::unordered_set<std::string> known_;
};

}  // namespace cursus
