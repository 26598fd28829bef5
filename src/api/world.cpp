#include "api/world.h"

namespace atelier::api {

void World::Apply(std::span<const store::Change> changes) {
  const Changing lock = Change();
  for (store::Listener* model : models_) model->Apply(changes);
}

}  // namespace atelier::api
