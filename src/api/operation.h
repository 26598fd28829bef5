#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/args.h"
#include "base/codec.h"
#include "base/result.h"
#include "base/task.h"
#include "http/message.h"
#include "identity/caller.h"
#include "identity/policy.h"
#include "identity/workspace_gate.h"
#include "model/audit.h"

namespace atelier::directory {
class InstancePtr;
struct Viewer;
}  // namespace atelier::directory

namespace atelier::api {

/// Decides the shape of errors (docs/contract/errors.md section 5).
enum class Product : std::uint8_t { kDsw, kEas, kAirec, kWorkspace, kStudio, kRam, kSts, kAtelier };

/// "DSW", "EAS", "AIRec"...: for documents and metrics.
std::string_view ProductName(Product product);

/// The documented answers differ in what stands around their own fields.
enum class EnvelopeForm : std::uint8_t {
  kFull,       // RequestId, Success, Code, Message, HttpStatusCode
  kNoStatus,   // the same without HttpStatusCode: GetToken, GetLifecycle, the idle culler
  kRequestId,  // RequestId alone: labels, QueryAutoShutdownPolicies, AIWorkSpace, RAM
  kAirec,      // requestId, code, message: AIRec
  kNone,       // nothing: ListSystemLogs
};

/// Far above the longest sharing token there is; a longer one names nothing.
inline constexpr std::int64_t kMaxToken = 4096;

/// Characters of an instance's id (docs/contract/requests.md section 4).
inline constexpr std::int64_t kMaxInstanceId = 64;

/// The RAM gate of one call (docs/contract/ram-policy.md section 3). It decides before the handler
/// runs, unless a policy of the caller asks for keys that only the handler can supply: the tags of
/// the instance or of the request, pai:* (section 2.3). Then it waits for FindInstance or PassRam.
class RamGate {
 public:
  struct Denial {
    identity::Decision decision;
    std::string action;
  };

  RamGate() = default;
  /// `actions`: the names of the operation; outlives the gate. `stands_open`: lacking an Allow does
  /// not matter, a Deny does.
  RamGate(const std::vector<std::string>& actions, bool stands_open)
      : actions_(&actions), stands_open_(stands_open) {}

  /// PermissionDenied/NoPermission, and keeps why, if `decision` on the operation is a denial.
  Status Enforce(identity::Decision decision);
  /// The same for another action that the call needs as well.
  Status Enforce(identity::Decision decision, std::string_view action);
  /// For what does not stand open after all: the same refusal if RAM has not allowed the operation.
  Status AskForAllow();

  void Wait() { waits_ = true; }
  bool waits() const { return waits_; }
  /// Waited in vain: nobody has asked it.
  bool forgotten() const { return waits_ && !asked_; }
  const std::vector<std::string>& actions() const { return *actions_; }
  const std::optional<Denial>& denial() const { return denial_; }

 private:
  const std::vector<std::string>* actions_ = nullptr;
  bool stands_open_ = false;
  bool waits_ = false;
  bool asked_ = false;
  std::optional<identity::Decision> overlooked_;  // the lack of an Allow
  std::optional<Denial> denial_;
};

/// The schema of a JSON object of texts, as labels are.
inline constexpr std::string_view kTextMap =
    R"({"type":"object","additionalProperties":{"type":"string"}})";

class ListItems;

/// Everything one call has. Lives as long as its handler.
struct Context {
  Services& services;
  const Dsw& dsw;
  const Eas& eas;
  const Airec& airec;
  const Options& options;
  const identity::Caller& caller;
  RamGate& gate;
  const std::string& request_id;
  std::string_view operation;
  EnvelopeForm form;        // of its answer
  identity::Access access;  // of its SecondGate
  const http::RequestHead& head;
  ArgValues args;        // of the path, the query and, RPC style, the form body
  std::string body;      // raw
  std::string url_base;  // "http://host:port" for the URLs in the answer; no trailing slash; empty:
                         // the request names no host, and there are no URLs
  std::string apart;     // the same of notebooks and services, where it is another; a '*' in it
                         // stands for what names the instance (http::AtLabel)
  std::string buffer;    // empty; for a long answer, with the memory of an earlier one
  ListItems& list_items;  // of all calls of a thread

  std::string_view apps_base() const { return apart.empty() ? url_base : apart; }
  /// Of all services, which have one origin together.
  std::string services_base() const;

  model::Actor actor() const;
};

/// The whole text of an answer: the members of a T within the operation's envelope. Answer() in
/// envelope.h makes it.
template <class T>
struct Encoded {
  std::string text;
};

/// What a handler returns. An error is rendered by api/errors.cpp, by its {code, reason} and the
/// row's product.
template <class T>
using Answered = Task<Result<Encoded<T>>>;
/// The same of a handler that answers from memory and so waits for nothing: no coroutine.
template <class T>
using AnsweredAtOnce = Result<Encoded<T>>;
/// The same of one that runs on whatever thread its request came to: of the services it reads the
/// directories of identities and instances, the clocks, the signer, IdleMinutes and what is
/// constant, and nothing else (docs/decisions/0050-request-threads.md).
template <class T>
class AnsweredAnywhere : public Result<Encoded<T>> {
 public:
  using Result<Encoded<T>>::Result;
};

/// The schema of a T within an envelope (schema.h).
template <class T>
json::object AnswerSchema(EnvelopeForm form);

/// A handler with the table of its parameters and the schema of its answer, which its type names:
/// so a row cannot have others.
struct Handler {
  std::span<const Param> params = {};
  // One of them; neither: known, not supported.
  Task<Result<std::string>> (*run)(Context& context) = nullptr;
  Result<std::string> (*run_at_once)(Context& context) = nullptr;
  bool anywhere = false;  // run_at_once is for every thread
  json::object (*answer)(EnvelopeForm form) = nullptr;

  bool operator==(std::nullptr_t) const { return run == nullptr && run_at_once == nullptr; }
};

/// Of a function of the context alone, by what it returns.
template <auto kFn>
struct Runner;
template <class T, Answered<T> (*kFn)(Context&)>
struct Runner<kFn> {
  static Task<Result<std::string>> Run(Context& context) {
    ATELIER_CO_TRY(Encoded<T> answer, co_await kFn(context));
    co_return std::move(answer.text);
  }
  static constexpr Handler Make(std::span<const Param> params) {
    return {.params = params, .run = &Run, .answer = &AnswerSchema<T>};
  }
};
template <class T, AnsweredAtOnce<T> (*kFn)(Context&)>
struct Runner<kFn> {
  static Result<std::string> Run(Context& context) {
    ATELIER_TRY(Encoded<T> answer, kFn(context));
    return std::move(answer.text);
  }
  static constexpr Handler Make(std::span<const Param> params) {
    return {.params = params, .run_at_once = &Run, .answer = &AnswerSchema<T>};
  }
};
template <class T, AnsweredAnywhere<T> (*kFn)(Context&)>
struct Runner<kFn> {
  static Result<std::string> Run(Context& context) {
    ATELIER_TRY(Encoded<T> answer, kFn(context));
    return std::move(answer.text);
  }
  static constexpr Handler Make(std::span<const Param> params) {
    return {.params = params, .run_at_once = &Run, .anywhere = true, .answer = &AnswerSchema<T>};
  }
};

template <auto kFn>
struct HandlerOf;
template <class A, A (*kFn)(Context&)>
struct HandlerOf<kFn> {
  static constexpr Handler kHandler = Runner<kFn>::Make({});
};
template <class A, const auto& kRows, A (*kFn)(Context&, Args<kRows>)>
struct HandlerOf<kFn> {
  static A Call(Context& context) { return kFn(context, Args<kRows>(context.args.all())); }
  static constexpr Handler kHandler = Runner<&Call>::Make(kRows);
};

/// What a caller needs beside RAM's word, at the one thing that an operation is about: the row says
/// it, and the handler passes it by FindInstance, FindService and so on. CheckPermissions passes it
/// without the handler, so both decide alike.
struct SecondGate {
  /// The handler's refusal, if the caller may not do this to what is named so. nullptr: RAM alone
  /// decides, or what the parameters say.
  Status (*pass)(const Context& context, const std::string& name) = nullptr;
  /// For identity::WorkspaceAllows; the most there is, where a row says nothing.
  identity::Access access = identity::Access::kManage;
};

/// The JSON schema of a body: &BodySchema<T> of schema.h.
using SchemaFn = json::object (*)();

/// One row of the operation table.
struct Operation {
  Product product{};
  std::string_view name = {};     // as documented
  std::string_view version = {};  // x-acs-version
  std::string_view method = {};
  std::string_view path = {};  // with {Name} pieces; "/" for RPC style operations (told apart by
                               // x-acs-action or Action)
  Handler handler = {};
  /// What RAM policies are asked about, after "acs:<code>:<region>:<account>:", with {Name} pieces
  /// of the path; empty: All Resources.
  std::string_view resource = {};
  /// Whose code that is; unset: the operation's own product's.
  std::optional<Product> resource_of = {};
  /// RAM actions beside "<code>:<name>" (docs/contract/ram-policy.md section 4).
  std::string_view also_actions = {};  // comma list of full actions
  bool open_to_all = false;  // allowed unless denied (GetUserConfig, ListEcsSpecs, AssumeRole)
  /// The handler calls FindInstance or PassRam before it tells or changes anything: the RAM gate
  /// may wait for it.
  bool enforces_ram = false;
  SecondGate second_gate = {};
  /// "Snapshots are": goes before "not supported by this server yet."
  std::string_view refusal = {};
  bool mutates = false;        // changes something
  SchemaFn body = nullptr;     // nullptr: no request body
  bool body_optional = false;  // an empty one does as well
  EnvelopeForm form{};         // of the answer
  std::string_view doc = {};   // one line for the OpenAPI document and the README

  std::span<const Param> params() const { return handler.params; }

  // For tables: what is not as usual in a row.
  constexpr Operation& ReadOnly() { return mutates = false, *this; }
  constexpr Operation& EnforcesRam() { return enforces_ram = true, *this; }
  constexpr Operation& Passes(Status (*pass)(const Context& context, const std::string& name),
                              identity::Access access = identity::Access::kManage) {
    return second_gate = {.pass = pass, .access = access}, *this;
  }
  constexpr Operation& OpenToAll() { return open_to_all = true, *this; }
  constexpr Operation& BodyOptional() { return body_optional = true, *this; }
  constexpr Operation& Also(std::string_view actions) { return also_actions = actions, *this; }
  constexpr Operation& On(std::string_view what) { return resource = what, *this; }
  /// Of another product: policies name the thing alike, whichever operation it is about.
  constexpr Operation& On(std::string_view what, Product of) {
    return resource = what, resource_of = of, *this;
  }
  constexpr Operation& In(EnvelopeForm envelope) { return form = envelope, *this; }
};

/// What the operations of one product and version have in common.
struct ApiVersion {
  Product product{};
  std::string_view version = {};
  EnvelopeForm form = EnvelopeForm::kRequestId;
  /// What RAM policies are asked about for a path; nullptr: All Resources.
  std::string_view (*resource_of)(std::string_view path) = nullptr;
  bool open_to_all = false;
};

inline constexpr ApiVersion kDswApi{
    .product = Product::kDsw, .version = "2022-01-01", .form = EnvelopeForm::kFull};
/// Of what the documents do not have: operations of this server's own.
inline constexpr ApiVersion kAtelierApi{.product = Product::kAtelier};

/// A row as it usually is: what is no GET changes something.
template <auto kFn>
constexpr Operation Row(const ApiVersion& api, std::string_view name, std::string_view method,
                        std::string_view path, std::string_view doc, SchemaFn body = nullptr) {
  return {.product = api.product,
          .name = name,
          .version = api.version,
          .method = method,
          .path = path,
          .handler = HandlerOf<kFn>::kHandler,
          .resource = api.resource_of == nullptr ? std::string_view() : api.resource_of(path),
          .open_to_all = api.open_to_all,
          .mutates = method != "GET",
          .body = body,
          .form = api.form,
          .doc = doc};
}
/// RPC style: told apart by the name.
template <auto kFn>
constexpr Operation Rpc(const ApiVersion& api, std::string_view name, std::string_view doc) {
  return Row<kFn>(api, name, "POST", "/", doc);
}

/// The whole table, in the order of the documents.
std::span<const Operation> Operations();

/// Rows of each group, put together by Operations(). One file a group.
std::span<const Operation> InstanceReadOperations();   // dsw/instance_read.cpp
std::span<const Operation> InstanceWriteOperations();  // dsw/instance_write.cpp
std::span<const Operation> ShutdownOperations();  // dsw/shutdown.cpp: timers, cullers, policies
std::span<const Operation>
ObservationOperations();  // dsw/observation.cpp: events, lifecycle, metrics, logs
std::span<const Operation>
CatalogueOperations();  // dsw/catalogue.cpp: specs, statistics, user config
std::span<const Operation> InstanceFitOperations();       // dsw/instance_fit.cpp
std::span<const Operation> SharingOperations();           // dsw/sharing.cpp: GetToken
std::span<const Operation> UnimplementedDswOperations();  // dsw/unimplemented.cpp
std::span<const Operation> ServiceReadOperations();       // eas/service_read.cpp
std::span<const Operation> ServiceWriteOperations();      // eas/service_write.cpp
std::span<const Operation> ServiceInstanceOperations();   // eas/service_instances.cpp
std::span<const Operation>
ServiceObservationOperations();                         // eas/service_observation.cpp: events, logs
std::span<const Operation> ServiceTrafficOperations();  // eas/service_traffic.cpp
std::span<const Operation> ServiceDiagnosisOperations();  // eas/diagnosis.cpp
std::span<const Operation>
ServiceFactOperations();  // eas/facts.cpp: machine types, regions, gateways
std::span<const Operation> ServiceResourceOperations();         // eas/resources.cpp: this host
std::span<const Operation> ServiceTagOperations();              // eas/tags.cpp
std::span<const Operation> ServiceGroupOperations();            // eas/groups.cpp
std::span<const Operation> ServiceScalerOperations();           // eas/service_scalers.cpp
std::span<const Operation> UnimplementedEasOperations();        // eas/unimplemented.cpp
std::span<const Operation> RecommenderReadOperations();         // airec/recommender_read.cpp
std::span<const Operation> RecommenderWriteOperations();        // airec/recommender_write.cpp
std::span<const Operation> RecommenderDataOperations();         // airec/recommender_documents.cpp
std::span<const Operation> RecommendOperations();               // airec/recommend.cpp
std::span<const Operation> UnimplementedAirecOperations();      // airec/unimplemented.cpp
std::span<const Operation> RecommenderOperatorOperations();     // airec/operator.cpp
std::span<const Operation> WorkspaceOperations();               // workspace/workspaces.cpp
std::span<const Operation> MemberOperations();                  // workspace/members.cpp
std::span<const Operation> ImageOperations();                   // workspace/images.cpp
std::span<const Operation> WorkspaceConfigOperations();         // workspace/configs.cpp
std::span<const Operation> UnimplementedWorkspaceOperations();  // workspace/unimplemented.cpp
std::span<const Operation> UnimplementedStudioOperations();  // workspace/studio_unimplemented.cpp
std::span<const Operation> UserOperations();                 // ram/users.cpp
std::span<const Operation> KeyOperations();                  // ram/keys.cpp
std::span<const Operation> PolicyOperations();               // ram/policies.cpp
std::span<const Operation> RoleOperations();                 // ram/roles.cpp
std::span<const Operation> StsOperations();                  // ram/sts.cpp
std::span<const Operation> UnimplementedRamOperations();     // ram/unimplemented.cpp
std::span<const Operation> UnimplementedStsOperations();     // ram/unimplemented.cpp
std::span<const Operation> EmulatorOperations();             // emulator/clock.cpp
std::span<const Operation> OrphanOperations();               // operator/orphans.cpp
std::span<const Operation> IdleOperations();                 // operator/idle.cpp
std::span<const Operation> BulkOperations();                 // operator/bulk.cpp
std::span<const Operation> AuditOperations();                // operator/audit.cpp
std::span<const Operation> SessionOperations();              // operator/sessions.cpp
std::span<const Operation> OpenLinkOperations();             // operator/open_link.cpp
std::span<const Operation> PermissionOperations();           // operator/permissions.cpp

// Helpers that handlers share (access.cpp)

/// Lets a RAM gate that waits decide with these keys; Ok if it has decided already.
/// PermissionDenied/NoPermission. FindInstance does it with the keys of its instance.
Status PassRam(const Context& context, const identity::ConditionKeys& keys);

/// Whether RAM lets the caller do one of `actions` to `resource`, for what an answer shows.
/// Conditions on keys beyond the common ones (tags) count as a no.
bool RamAllows(const Context& context, const std::vector<std::string>& actions,
               std::string_view resource);

/// Whether the caller may see what is for those who may change an instance, its variables and
/// scripts: its owner, and who may in the workspace and by RAM.
bool MaySeeSecrets(const Context& context, const identity::ResourceAccess& instance);

/// The viewer for directory queries.
directory::Viewer ViewerOf(const Services& services, const identity::Caller& caller);

/// True if `token` passes on a right to read `instance` that its issuer has now
/// (identity/delegation.h). `bearer`: who uses it, for where they are.
bool TokenReads(const Services& services, const identity::Caller& bearer, std::string_view token,
                const model::Instance& instance);

/// The instance of {InstanceId} if the caller may do to it what the row says (SecondGate).
/// PermissionDenied/NoPermission: a RAM gate that waited refuses.
/// PermissionDenied/NoPermissionError: they are a member of its workspace and may not.
/// NotFound/UnknownInstance: there is none, or it is in a workspace where they have no role
/// (docs/contract/errors.md section 5: 403 and 404 must not tell strangers what exists); for a
/// caller without a role in any workspace both are NoPermissionError. InvalidArgument: the id is
/// longer than 64. `token`: a sharing token that grants kRead.
Result<directory::InstancePtr> FindInstance(const Context& context, const model::InstanceId& id,
                                            std::string_view token = {});
/// The same for what the parameters say, and not the row.
Result<directory::InstancePtr> FindInstanceTo(const Context& context, identity::Access access,
                                              const model::InstanceId& id,
                                              std::string_view token = {});
/// The instance of {InstanceId} if the caller may pass a right of theirs to it on to others, to
/// read it or to open it (identity::EvaluatePassing): FindInstanceTo, and RAM once more.
Result<directory::InstancePtr> FindInstanceToPassOn(const Context& context, identity::Access access,
                                                    const model::InstanceId& id);

// For rows (SecondGate)

Status PassInstance(const Context& context, const std::string& id);
Status PassOnInstance(const Context& context, const std::string& id);  // FindInstanceToPassOn

/// The workspace gate for operations without an instance.
Status CheckWorkspace(const Context& context, const model::WorkspaceId& workspace,
                      identity::Access access);

/// "No permission <Action> for resource: acs:paidsw:<region>:<account>:workspace/<id>"; an empty
/// workspace, for callers who may not learn which one it is, reads "*".
Error NoPermission(const Context& context, const model::WorkspaceId& workspace);

}  // namespace atelier::api
