#include "runtime/deputy.h"

#include "base/text.h"
#include "base/utf8.h"

namespace cursus {

bool can_be_pam_user(std::string_view name) {
    return !name.empty() && name.size() <= pam_name_octets_max && name.front() != '-' &&
           name.front() != '.' && is_utf8(name) && !has_control(name) && !has_c1_control(name) &&
           name.find_first_of("/: ") == std::string_view::npos;
}

}  // namespace cursus
