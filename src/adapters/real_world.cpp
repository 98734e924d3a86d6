#include "adapters/real_world.h"

#include "adapters/deputy_client.h"
#include "adapters/openssl_factory.h"
#include "adapters/posix_files.h"
#include "adapters/system_random.h"
#include "adapters/system_users.h"
#include "runtime/no_deputy.h"

namespace cursus {

RealWorld::RealWorld() = default;
RealWorld::~RealWorld() {
    if (reactors_) reactors_->stop();
}

Result<std::unique_ptr<RealWorld>, std::string> RealWorld::make(RealWorldSettings settings) {
    TRY(resolver, make_unbound_resolver(settings.dns));
    std::unique_ptr<RealWorld> real(new RealWorld);
    real->random_ = std::make_unique<SystemRandom>();
    real->tls_ = std::make_unique<OpenSslFactory>();
    real->files_ = std::make_unique<PosixFiles>();
    real->resolver_ = std::move(resolver);
    real->offload_ = std::make_unique<ThreadPool>(settings.offload_threads);
    real->reactors_ = std::make_unique<ReactorPool>(settings.reactors);
    RealReactor& home = real->reactors_->first();
    real->users_ = std::make_unique<SystemUsers>(home);
    if (settings.deputy) {
        real->deputy_ = std::make_unique<DeputyClient>(
            home, *std::move(settings.deputy),
            ContentPlace{*real->offload_, std::move(settings.content_directory)});
    } else {
        real->deputy_ = std::make_unique<NoDeputy>(std::move(settings.why_no_deputy));
    }
    real->world_.reset(new World{real->reactors_->reactors(), *real->random_, *real->resolver_, *real->tls_,
                                 *real->files_, *real->offload_, *real->users_, *real->deputy_});
    return real;
}

}  // namespace cursus
