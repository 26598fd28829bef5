#pragma once
#include <optional>

#include "control/eas/service/replica_step.h"
#include "model/service_spec.h"

namespace atelier::control {

/// The checks of one run of one replica: which is due when, and what they say together. Pure but
/// for the times it is told.
///
/// The startup check (none given: the health check, once) comes first and alone; then the health
/// check says whether it takes traffic, and the liveness check whether it lives on.
class ReplicaHealth {
 public:
  /// `now`: when it began to run. `started`: it passed its startup check before this server came;
  /// `ready`: what was last known then, which stands until the checks say otherwise.
  ReplicaHealth(const model::ServiceSpec& spec, MonoTime now, bool started, bool ready);

  enum class Kind : std::uint8_t { kStartup, kHealth, kLiveness };
  struct Due {
    Kind kind{};
    MonoTime when;
  };
  Due Next() const;
  const model::HealthCheck& CheckOf(Kind kind) const;
  void Add(Kind kind, bool passed, MonoTime now);

  Verdict verdict() const;
  bool started() const { return started_; }
  Kind failed() const { return failed_; }  // with kDead

 private:
  struct ProbeState {
    model::HealthCheck check;
    MonoTime due;
    int passes = 0;  // in a row
    int fails = 0;
  };

  std::optional<ProbeState> startup_;
  ProbeState health_;
  std::optional<ProbeState> liveness_;
  bool started_;
  std::optional<bool> ready_;
  bool dead_ = false;
  Kind failed_{};
};

}  // namespace atelier::control
