// Helpers of the tests in this folder.
#pragma once

#include <string>
#include <string_view>

#include "mail/domain.h"
#include "mail/mailbox.h"

namespace cursus {

inline Domain domain(std::string_view text) {
    return Domain::parse(text).value();
}

inline std::string text_of(const Result<Mailbox, AddressError>& mailbox) {
    if (mailbox) return mailbox->text();
    switch (mailbox.error()) {
        case AddressError::Syntax:
            return "syntax";
        case AddressError::ControlByte:
            return "control byte";
        case AddressError::LocalPartTooLong:
            return "local part too long";
        case AddressError::PathTooLong:
            return "path too long";
        case AddressError::BadDomain:
            return "bad domain";
        case AddressError::NotUtf8:
            return "not UTF-8";
        case AddressError::NoDomain:
            return "no domain";
    }
    return "?";
}

}  // namespace cursus
