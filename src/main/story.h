// A session's story, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "main/imagined_session.h"

namespace cursus {

// Rules stand in the file `configuration`.
void print_story(const std::vector<Told>& told, const std::string& configuration);
// [{"client":"…"},{"server":"…"},{"event":"…",…},{"note":"…"}]
void print_story_as_json(const std::vector<Told>& told);

}  // namespace cursus
