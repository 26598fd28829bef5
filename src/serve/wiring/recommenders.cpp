#include "serve/wiring/recommenders.h"

#include <cstddef>

namespace atelier::serve {

Recommenders::Recommenders(ServerContext& base, State& state, const DataFolder& folder)
    : control(*state.store, state.recommenders, state.recommender_data, base.clock(), *base.random,
              {.max_recommenders = static_cast<std::size_t>(base.config.max_recommenders)}),
      engine(*state.store, state.shards, state.recommenders, state.recommender_data, base.clock(),
             *base.log, base.executor(),
             {.folder = folder.Recommenders(),
              .training_bytes = static_cast<std::size_t>(base.config.training_mib) << 20U}),
      imports(*state.store, state.recommenders, state.recommender_data, engine, base.clock()),
      parts{.directory = state.recommenders,
            .control = control,
            .data = state.recommender_data,
            .imports = imports,
            .engine = engine} {
  state.store->AddListener(engine);
}

}  // namespace atelier::serve
