#include "control/core/orphan.h"

#include <utility>

#include "control/core/tombstones.h"
#include "store/writer.h"

namespace atelier::control {

Task<Status> EndOrphan(store::Store& store, Clock& clock, Orphan orphan, bool delete_files,
                       model::Actor actor) {
  const auto plan = [&]() -> Result<store::Transaction> {
    return store::Transaction{
        .writes = {Bury(orphan.id, orphan.generation, clock.Wall(), !delete_files)}, .ends = true};
  };
  store::Writer writer(store, clock);
  co_return co_await writer.Commit(std::move(actor), {orphan.id.str()}, plan);
}

}  // namespace atelier::control
