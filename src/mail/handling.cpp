#include "mail/handling.h"

namespace cursus {

std::string local_target_text(const LocalTarget& target) {
    if (const auto* command = std::get_if<CommandTarget>(&target.what)) return target_text(*command);
    if (const auto* file = std::get_if<FileTarget>(&target.what)) return target_text(*file);
    if (const auto* directory = std::get_if<DirectoryTarget>(&target.what)) return target_text(*directory);
    return "mailbox";
}

}  // namespace cursus
