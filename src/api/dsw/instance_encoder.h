#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/dsw/list_items.h"
#include "api/operation.h"
#include "api/wire/instance.h"
#include "model/instance.h"

namespace atelier::api {

/// Writes instances as the documents show them. What is counted (running time, remaining time, idle
/// time) is counted at construction. Lives within one answer: the parts it makes are views of the
/// instance and of the identity directory, so nothing may be awaited while it is in use.
class InstanceEncoder {
 public:
  explicit InstanceEncoder(Context& context);

  /// What they return holds views of this object until the next instance is encoded.
  wire::InstanceCore Core(const model::Instance& instance);
  static wire::ListOnly OfList(const model::Instance& instance);
  wire::GetOnly OfGet(const model::Instance& instance);

  /// One element of ListInstances.Instances, braces included; of the second form it is kept for the
  /// next answer.
  void AppendListItem(std::string& out, const ListItems::Item& item);
  void AppendListItem(std::string& out, const directory::InstancePtr& instance);
  /// The fields of GetInstance without braces, behind others; in the second form it is kept for
  /// the next answer.
  void AppendGetMembers(std::string& out, const ListItems::Item& item);
  void AppendGetMembers(std::string& out, const directory::InstancePtr& instance);
  /// Of them only those named in `fields`, and InstanceId.
  void AppendGetMembers(std::string& out, bool& first, const model::Instance& instance,
                        const std::set<std::string_view>& fields);

 private:
  // The parts of Core.
  wire::InstanceBeginning Beginning(const model::Instance& instance);
  wire::InstanceLive Live(const model::InstanceId& id, model::InstanceStatus status,
                          std::int64_t running_time_ms);
  wire::InstanceRest Rest(const model::Instance& instance);
  bool MaySee(const identity::ResourceAccess& holder);
  wire::InstanceTimers Timers(const model::Instance& instance) const;
  ListItems::Item Lasting(const model::Instance& instance);
  /// What both answers have of it, from the first member on.
  void AppendShared(std::string& out, bool first, const ListItems::Item& item);
  void Keep(const directory::InstancePtr& instance, ListItems::Item item);
  std::string_view WorkspaceName(const model::WorkspaceId& id);
  std::string_view UserName(const model::UserId& id);

  const Context& context_;
  const Services& services_;
  ListItems& items_;
  std::string_view url_base_;
  std::string_view console_base_;  // empty: there is no console, or no host to find it at
  Moment now_;
  // The instances of a page mostly share them.
  const model::Workspace* last_workspace_ = nullptr;
  std::optional<std::pair<model::UserId, std::string>> last_user_;
  /// Whose secrets were asked about last, and whether the caller may see them.
  std::optional<identity::ResourceAccess> last_holder_;
  bool last_may_see_ = false;
  // What is made of one instance, kept here so that the memory serves the next one too.
  std::string proxy_path_;
  std::string lasting_;
  std::string created_;
  std::string modified_;
  std::vector<wire::Label> labels_;
  std::vector<wire::Tag> tags_;
};

wire::ShutdownTimer EncodeTimer(const model::InstanceId& id, const model::ShutdownTimer& timer,
                                WallTime now);
wire::IdleCuller EncodeCuller(const model::InstanceId& id, const model::IdleCuller& culler,
                              std::int64_t idle_minutes);

}  // namespace atelier::api
