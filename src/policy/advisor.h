// A program that is asked within the session, however it is spoken to.
#pragma once

#include <string>

#include "base/result.h"
#include "policy/advice.h"
#include "policy/facts.h"
#include "runtime/reactor.h"

namespace cursus {

class Advisor {
public:
    virtual ~Advisor() = default;
    // From `here`, one of the world's reactors. The error is a sentence: nobody can say now what the advice
    // is, which is never the same as having none.
    virtual Task<Result<Advice, std::string>> ask(Reactor& here, Facts facts, Instant deadline) = 0;
};

}  // namespace cursus
