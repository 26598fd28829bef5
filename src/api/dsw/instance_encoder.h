#pragma once
#include <set>
#include <string>
#include <string_view>

#include "api/operation.h"
#include "api/wire/instance.h"
#include "model/instance.h"

namespace atelier::api {

/// Writes instances as the documents show them. What is counted (running time, remaining time, idle
/// time) is counted at construction. Lives within one answer: the parts it makes are views of the
/// instance and of the identity directory, so nothing may be awaited while it is in use.
class InstanceEncoder {
 public:
  explicit InstanceEncoder(const Context& context);

  wire::InstanceCore Core(const model::Instance& instance) const;
  wire::ListOnly OfList(const model::Instance& instance) const;
  wire::GetOnly OfGet(const model::Instance& instance) const;

  /// One element of ListInstances.Instances, braces included.
  void AppendListItem(std::string& out, const model::Instance& instance) const;
  /// The fields of GetInstance without braces.
  void AppendGetMembers(std::string& out, bool& first, const model::Instance& instance) const;
  /// Of them only those named in `fields`, and InstanceId.
  void AppendGetMembers(std::string& out, bool& first, const model::Instance& instance,
                        const std::set<std::string_view>& fields) const;

 private:
  const Services& services_;
  std::string_view url_base_;
  WallTime now_;
};

wire::ShutdownTimer EncodeTimer(const model::InstanceId& id, const model::ShutdownTimer& timer,
                                WallTime now);
wire::IdleCuller EncodeCuller(const model::InstanceId& id, const model::IdleCuller& culler,
                              std::int64_t idle_minutes);

}  // namespace atelier::api
