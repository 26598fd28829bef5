#include "api/dsw/instance_encoder.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "base/clock.h"
#include "base/codec.h"
#include "control/dsw/reconciler.h"
#include "directory/directory.h"
#include "identity/identity_directory.h"

namespace atelier::api {

namespace {

/// Members of an all-empty struct, without braces. What no instance has is written once, not per
/// instance.
template <codec::Described T>
std::string EmptyMembers() {
  std::string out;
  bool first = true;
  codec::AppendMembers(out, first, T{});
  return out;
}

template <codec::Described T>
void AppendSelected(std::string& out, bool& first, const T& value,
                    const std::set<std::string_view>& fields) {
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    const std::string_view name = d.name;
    if (name == "InstanceId" || fields.contains(name))
      codec::AppendMember<decltype(d)>(out, first, value.*d.pointer);
  });
}

void SetLabels(std::vector<wire::Label>& out, const std::vector<model::Label>& labels) {
  out.clear();
  for (const model::Label& label : labels) out.push_back({.Key = label.key, .Value = label.value});
}

void SetTags(std::vector<wire::Tag>& out, const std::vector<model::Label>& tags) {
  out.clear();
  for (const model::Label& tag : tags) out.push_back({.TagKey = tag.key, .TagValue = tag.value});
}

template <codec::DescribedEnum E>
std::string_view OptionalName(const std::optional<E>& value) {
  return value ? EnumName(*value) : std::string_view();
}

/// "<base>/<id>/<door>/" while somebody answers there; empty otherwise, and when the request names
/// no host to begin it with: a link opens what its name says.
void SetLink(std::string& url, std::string_view base, const model::InstanceId& id,
             model::InstanceStatus status, std::string_view door) {
  url.clear();
  if (base.empty() || status != model::InstanceStatus::Running) return;
  if (const std::size_t star = base.find('*'); star != std::string_view::npos) {
    url.append(base.substr(0, star)).append(id.str());
    base.remove_prefix(star + 1);
  }
  url.append(base).append(1, '/').append(id.str()).append(door);
}

}  // namespace

wire::ShutdownTimer EncodeTimer(const model::InstanceId& id, const model::ShutdownTimer& timer,
                                WallTime now) {
  return {.InstanceId = id,
          .GmtCreateTime = FormatSeconds(timer.created),
          .GmtModifiedTime = FormatSeconds(timer.modified),
          .DueTime = FormatSeconds(timer.due),
          .RemainingTimeInMs = std::max<std::int64_t>(0, (timer.due - now).count())};
}

wire::IdleCuller EncodeCuller(const model::InstanceId& id, const model::IdleCuller& culler,
                              std::int64_t idle_minutes) {
  return {.InstanceId = id,
          .CpuPercentThreshold = culler.cpu_percent_threshold,
          .GpuPercentThreshold = culler.gpu_percent_threshold,
          .MaxIdleTimeInMinutes = culler.max_idle_minutes,
          .IdleTimeInMinutes = idle_minutes};
}

namespace {

wire::Credentials EncodeCredentials(const std::optional<model::CredentialConfig>& config) {
  if (!config) return {};
  const wire::CredentialRole role{.RoleArn = config->role_arn,
                                  .RoleType = config->role_type,
                                  .AssumeRoleFor = {},
                                  .Policy = {},
                                  .UserInfo = {}};
  return {.Enable = true,
          .AliyunEnvRoleKey = config->env_key,
          .Configs = {{.Key = config->key, .Type = "Role", .Roles = {role}}}};
}

}  // namespace

InstanceEncoder::InstanceEncoder(Context& context)
    : context_(context),
      services_(context.services),
      items_(context.list_items),
      url_base_(context.apps_base()),
      console_base_(context.options.console ? std::string_view(context.url_base)
                                            : std::string_view()),
      now_(MomentOf(context.services.clock)) {}

std::string_view InstanceEncoder::WorkspaceName(const model::WorkspaceId& id) {
  if (last_workspace_ == nullptr || last_workspace_->id != id)
    last_workspace_ = services_.identities.FindWorkspace(id);
  return last_workspace_ == nullptr ? std::string_view() : last_workspace_->name;
}

std::string_view InstanceEncoder::UserName(const model::UserId& id) {
  if (!last_user_ || last_user_->first != id)
    last_user_.emplace(id, services_.identities.NameOf(id));
  return last_user_->second;
}

wire::InstanceBeginning InstanceEncoder::Beginning(const model::Instance& instance) {
  return {.WorkspaceId = instance.workspace,
          .WorkspaceName = WorkspaceName(instance.workspace),
          .InstanceId = instance.id,
          .InstanceName = instance.name,
          .EcsSpec = instance.ecs_spec,
          .Status = EnumName(instance.status)};
}

wire::InstanceLive InstanceEncoder::Live(const model::InstanceId& id, model::InstanceStatus status,
                                         std::int64_t running_time_ms) {
  // Of no encoder: their memory serves one answer after the other.
  static thread_local std::string page;
  static thread_local std::string jupyterlab;
  static thread_local std::string terminal;
  page.clear();
  // Without a host to begin it with it would lead nowhere, as the others.
  if (!console_base_.empty())
    page.append(console_base_).append("/console/instances/").append(id.str());
  SetLink(jupyterlab, url_base_, id, status, "/lab/");
  SetLink(terminal, url_base_, id, status, "/tty/");
  return {.InstanceUrl = page,
          .JupyterlabUrl = jupyterlab,
          .WebIDEUrl = {},  // no image here holds a web editor
          .TerminalUrl = terminal,
          .AccumulatedRunningTimeInMs = running_time_ms};
}

wire::InstanceRest InstanceEncoder::Rest(const model::Instance& instance) {
  const bool by_machine = instance.payment == model::PaymentType::PayAsYouGo;
  SetSeconds(created_, instance.created);
  SetSeconds(modified_, instance.modified);
  SetLabels(labels_, instance.labels);
  SetTags(tags_, instance.tags);
  return {.ImageId = instance.image_id,
          .ImageUrl = instance.image_url,
          .ImageName = instance.image_name,
          .GmtCreateTime = created_,
          .GmtModifiedTime = modified_,
          .UserId = instance.owner,
          .UserName = UserName(instance.owner),
          .ReasonCode = instance.reason_code,
          .ReasonMessage = instance.reason_message,
          .PaymentType = EnumName(instance.payment),
          .AcceleratorType = EnumName(instance.accelerator),
          .Accessibility = EnumName(instance.accessibility),
          .ResourceId = instance.resource_id,
          .ResourceName = by_machine ? wire::Text(instance.ecs_spec) : wire::Text(),
          .Priority = instance.priority,
          .WorkspaceSource = instance.workspace_source,
          .Driver = instance.driver,
          .ImageAuth = instance.image_auth,
          .Labels = std::cref(labels_),
          .Tags = std::cref(tags_),
          .CredentialConfig = EncodeCredentials(instance.credentials)};
}

/// The instances of a page that have secrets mostly have the same owner.
bool InstanceEncoder::MaySee(const identity::ResourceAccess& holder) {
  if (last_holder_ == holder) return last_may_see_;
  last_holder_ = holder;
  return last_may_see_ = MaySeeSecrets(context_, holder);
}

wire::InstanceTimers InstanceEncoder::Timers(const model::Instance& instance) const {
  wire::InstanceTimers timers{.InstanceShutdownTimer = {}, .IdleInstanceCuller = {}};
  if (instance.timer)
    timers.InstanceShutdownTimer = EncodeTimer(instance.id, *instance.timer, now_.wall);
  if (instance.culler) {
    timers.IdleInstanceCuller = EncodeCuller(instance.id, *instance.culler,
                                             services_.dsw.reconciler.IdleMinutes(instance.id));
  }
  return timers;
}

wire::InstanceCore InstanceEncoder::Core(const model::Instance& instance) {
  static const std::map<std::string, std::string> kNone;
  const bool may_see =
      instance.environment.empty() || MaySeeSecrets(context_, identity::AccessOf(instance));
  return {Beginning(instance),
          Live(instance.id, instance.status,
               model::RunningTimeMs(model::RunningTimeOf(instance), now_)),
          Rest(instance),
          wire::InstanceSecrets{.EnvironmentVariables =
                                    std::cref(may_see ? instance.environment : kNone)},
          Timers(instance)};
}

wire::ListOnly InstanceEncoder::OfList(const model::Instance& instance) {
  return {.OversoldType = OptionalName(instance.oversold_type),
          .OversoldInfo = OptionalName(instance.oversold_info)};
}

wire::GetOnly InstanceEncoder::OfGet(const model::Instance& instance) {
  proxy_path_.assign(instance.id.str()).append("/proxy/");
  return {.ProxyPath = proxy_path_,
          .UserCommandId = instance.user_command_id,
          .MigrationOptions = std::cref(instance.migration_options),
          .AccessRestrictionRules = std::cref(instance.access_restriction_rules)};
}

ListItems::Item InstanceEncoder::Lasting(const model::Instance& instance) {
  ListItems::Item item{.bytes = {},
                       .access = identity::AccessOf(instance),
                       .id = instance.id,
                       .status = instance.status,
                       .running_time = model::RunningTimeOf(instance)};
  std::string& bytes = lasting_;
  bytes = '{';
  bool first = true;
  codec::AppendMembers(bytes, first, Beginning(instance));
  item.live_at = bytes.size();
  codec::AppendMembers(bytes, first, Rest(instance));
  item.secrets_at = bytes.size();
  codec::AppendMembers(
      bytes, first, wire::InstanceSecrets{.EnvironmentVariables = std::cref(instance.environment)});
  if (!instance.environment.empty()) item.secrets_size = bytes.size() - item.secrets_at;
  if (instance.timer || instance.culler) codec::AppendMembers(bytes, first, Timers(instance));
  item.list_at = bytes.size();
  codec::AppendMembers(bytes, first, OfList(instance));
  item.get_at = bytes.size();
  codec::AppendMembers(bytes, first, OfGet(instance));
  item.bytes = bytes;
  return item;
}

void InstanceEncoder::AppendShared(std::string& out, bool first, const ListItems::Item& item) {
  static constexpr std::string_view kNoSecrets = R"(,"EnvironmentVariables":{})";
  const std::string_view bytes = std::string_view(item.bytes).substr(0, item.list_at);
  // Behind other members a comma stands for the brace.
  out += first ? '{' : ',';
  out += bytes.substr(1, item.live_at - 1);
  bool no_brace = false;
  codec::AppendMembers(out, no_brace,
                       Live(item.id, item.status, model::RunningTimeMs(item.running_time, now_)));
  std::size_t at = item.live_at;
  if (item.secrets_size > 0 && !MaySee(item.access)) {
    out += bytes.substr(at, item.secrets_at - at);
    out += kNoSecrets;
    at = item.secrets_at + item.secrets_size;
  }
  out += bytes.substr(at);
}

void InstanceEncoder::AppendListItem(std::string& out, const ListItems::Item& item) {
  static const std::string kUnsupported = "," + EmptyMembers<wire::InstanceUnsupported>() + "," +
                                          EmptyMembers<wire::ListUnsupported>() + "}";
  AppendShared(out, true, item);
  out += std::string_view(item.bytes).substr(item.list_at, item.get_at - item.list_at);
  out += kUnsupported;
}

void InstanceEncoder::AppendListItem(std::string& out, const directory::InstancePtr& instance) {
  ListItems::Item item = Lasting(*instance);
  AppendListItem(out, item);
  Keep(instance, std::move(item));
}

void InstanceEncoder::AppendGetMembers(std::string& out, const ListItems::Item& item) {
  static const std::string kUnsupported =
      "," + EmptyMembers<wire::InstanceUnsupported>() + "," + EmptyMembers<wire::GetUnsupported>();
  AppendShared(out, false, item);
  out += std::string_view(item.bytes).substr(item.get_at);
  out += kUnsupported;
}

void InstanceEncoder::AppendGetMembers(std::string& out, const directory::InstancePtr& instance) {
  ListItems::Item item = Lasting(*instance);
  AppendGetMembers(out, item);
  Keep(instance, std::move(item));
}

void InstanceEncoder::Keep(const directory::InstancePtr& instance, ListItems::Item item) {
  // What is left of a timer and how long it was idle are counted anew for each answer.
  if (!instance->timer && !instance->culler)
    items_.Keep(instance.row(), instance.revision(), std::move(item));
}

void InstanceEncoder::AppendGetMembers(std::string& out, bool& first,
                                       const model::Instance& instance,
                                       const std::set<std::string_view>& fields) {
  AppendSelected(out, first, Core(instance), fields);
  AppendSelected(out, first, OfGet(instance), fields);
  AppendSelected(out, first, wire::InstanceUnsupported{}, fields);
  AppendSelected(out, first, wire::GetUnsupported{}, fields);
}

}  // namespace atelier::api
