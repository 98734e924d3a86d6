// What stands for the values in operators' texts.
#pragma once

#include <string>

#include "config/text_template.h"
#include "policy/weighing.h"

namespace cursus {

std::string filled(const TextTemplate& text, const Weighing& weighing);

}  // namespace cursus
