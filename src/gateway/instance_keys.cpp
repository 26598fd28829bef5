#include "gateway/instance_keys.h"

#include <utility>

#include <boost/json.hpp>

#include "identity/policy.h"
#include "identity/workspace_gate.h"

namespace atelier::gateway {
namespace {

namespace json = boost::json;

constexpr std::int64_t kSeconds = 3'600;
constexpr std::chrono::seconds kRenewBefore{kSeconds / 2};
constexpr Duration kMaxTurn{10'000};

bool Runs(const model::Instance& instance) {
  using enum model::InstanceStatus;
  const model::InstanceStatus status = instance.status;
  return instance.desired == model::Desired::Running &&
         (status == EnvPreparing || status == Starting || status == Running);
}

http::Response Answer(int status, const json::object& body) {
  http::Response response{.status = status, .headers = {}, .body = json::serialize(body)};
  response.headers.Add("Content-Type", "application/json");
  response.headers.Add("Cache-Control", "no-store");
  return response;
}

http::Response Refusal(int status, std::string_view code, std::string_view message) {
  return Answer(status, {{"Code", code}, {"Message", message}});
}

}  // namespace

InstanceKeys::InstanceKeys(std::string path, const directory::InstanceDirectory& instances,
                           const identity::IdentityDirectory& identities,
                           identity::IdentityService& service, Clock& clock, Clock& real_clock,
                           Logger& log)
    : path_(std::move(path)),
      instances_(instances),
      identities_(identities),
      service_(service),
      clock_(clock),
      real_clock_(real_clock),
      log_(log) {}

bool InstanceKeys::Owns(const http::RequestHead& head) const {
  return head.inside && head.path().starts_with(path_);
}

bool InstanceKeys::MayHold(const model::Instance& instance) const {
  if (!Runs(instance) || !instance.credentials) return false;
  const auto owner = identity::CallerOf(identities_, instance.owner);
  return owner && owner->type != identity::PrincipalType::kRoleSession &&
         (owner->type == identity::PrincipalType::kRoot ||
          identity::IsMember(identities_, *owner, instance.workspace));
}

directory::InstancePtr InstanceKeys::Find(const http::RequestHead& head) const {
  directory::InstancePtr instance = instances_.Find(model::InstanceId(head.source_ip));
  if (instance == nullptr || !MayHold(*instance)) return nullptr;
  return head.path().substr(path_.size()) == instance->credentials->key ? instance : nullptr;
}

bool InstanceKeys::Holds(const model::AccessKey& key) const {
  const directory::InstancePtr instance = instances_.Find(model::InstanceId(key.session_name));
  return instance != nullptr && instance->owner == key.user && MayHold(*instance);
}

Task<Result<identity::NewKey>> InstanceKeys::KeyFor(model::InstanceId id, model::UserId owner) {
  const KeyedMutex::Lock turn =
      co_await locks_.Take(id.str(), real_clock_, real_clock_.In(kMaxTurn));
  const WallTime now = clock_.Wall();
  if (const auto had = lent_.find(id); had != lent_.end()) {
    // One that somebody deleted, or that a restored store does not know, is no use.
    const bool good = had->second.owner == owner && now < had->second.renew &&
                      identities_.FindKey(had->second.key.id) != nullptr;
    if (good) co_return had->second.key;
  }
  static const std::string& policy = identity::SystemPolicies().find("AliyunPAIFullAccess")->second;
  ATELIER_CO_TRY(identity::NewKey key,
                 co_await service_.LendKey(owner, id.str(), kSeconds, policy));
  DropOld();
  lent_.insert_or_assign(id, Lent{.key = key, .owner = owner, .renew = now + kRenewBefore});
  co_return key;
}

/// Those of instances that do not run any more: what is remembered is bounded by what runs.
void InstanceKeys::DropOld() {
  std::erase_if(lent_, [&](const auto& one) { return one.second.key.expires <= clock_.Wall(); });
}

Task<void> InstanceKeys::Handle(http::Exchange& exchange) {
  // A request with a body is cut off after the answer: nobody sends one here.
  if (exchange.head().method != "GET") {
    (void)co_await exchange.Send(Refusal(405, "MethodNotAllowed", "Only GET is answered here."));
    co_return;
  }
  const directory::InstancePtr instance = Find(exchange.head());
  if (instance == nullptr) {
    (void)co_await exchange.Send(
        Refusal(404, "NotFound", "This instance has no keys of this name (CredentialConfig)."));
    co_return;
  }
  const auto key = co_await KeyFor(instance->id, instance->owner);
  if (!key) {
    log_.Warn("gateway.no_instance_key",
              {{"instance", instance->id}, {"error", key.error().ToString()}});
    (void)co_await exchange.Send(
        Refusal(503, "ServiceUnavailable", "The keys cannot be made now. Try again."));
    co_return;
  }
  (void)co_await exchange.Send(Answer(
      200, {{"Code", "Success"},
            {"AccessKeyId", key->id},
            {"AccessKeySecret", key->secret},
            {"SecurityToken", key->security_token},
            {"Expiration", FormatSeconds(*key->expires)},
            {"LastUpdated", FormatSeconds(*key->expires - std::chrono::seconds(kSeconds))}}));
}

}  // namespace atelier::gateway
