// The parameters of MAIL and RCPT: what stands behind the path. Part of command.h's parser.
#pragma once

#include <string_view>

#include "base/result.h"
#include "mail/command.h"

namespace cursus {

// `text` begins at the first parameter and may be empty. Errors: ParameterSyntax, ParameterValue,
// ParameterTwice.
Result<MailParameters, CommandError> parse_mail_parameters(std::string_view text);
Result<RcptParameters, CommandError> parse_rcpt_parameters(std::string_view text);

}  // namespace cursus
