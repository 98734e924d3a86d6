#pragma once

#include <memory>

#include "runtime/task.h"
#include "runtime/tls.h"

namespace cursus {

// What a listener's next handshake is held with: it changes with the files of its certificates.
class CurrentTls {
public:
    virtual ~CurrentTls() = default;
    // From any reactor. Never null.
    virtual Task<std::shared_ptr<TlsContext>> current() = 0;
};

}  // namespace cursus
