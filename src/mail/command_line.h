// The words of a command in an alias or forward file. There is never a shell between the mail and a program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cursus {

// Splits as a shell would: at white space, with '...', "..." and backslashes, and a "#" at the start of a
// word begins a comment. Nothing is replaced: what a shell would act upon ($, `, ;, &, |, <, >, parentheses)
// is an error unless it is quoted, for a file that counts on a shell would go wrong in silence. "*", "?" and
// "~" stand for themselves. "exec" in front, as sendmail's users write it, is left out. The program is an
// absolute path. The error is a sentence that says what to write instead.
Result<std::vector<std::string>, std::string> split_command(std::string_view text);
std::string command_text(const std::vector<std::string>& arguments);  // split_command gives the same back

}  // namespace cursus
