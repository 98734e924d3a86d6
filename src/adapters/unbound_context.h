// libunbound's context as we set it up, and its results as our answers.
#pragma once

#include <unbound.h>

#include <memory>
#include <string>
#include <string_view>

#include "adapters/unbound_resolver.h"
#include "base/result.h"

namespace cursus {

class UnboundContext {
public:
    // Complete, finalised, and with libunbound's own worker as a thread. The error is a sentence for the
    // operator.
    static Result<UnboundContext, std::string> make(const ResolverSettings& settings);

    ub_ctx* get() const { return context_.get(); }
    int fd() const { return ub_fd(context_.get()); }      // readable when process() has something to do
    void process() const { ub_process(context_.get()); }  // calls back for every finished lookup

private:
    struct Free {
        void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
    };
    explicit UnboundContext(ub_ctx* context) : context_(context) {}
    std::unique_ptr<ub_ctx, Free> context_;
};

std::shared_ptr<const DnsAnswer> answer_from(const std::string& name, const ub_result& result);
std::shared_ptr<const DnsAnswer> failed_answer(const std::string& name, std::string_view why);

}  // namespace cursus
