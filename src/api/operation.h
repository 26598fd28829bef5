#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "base/codec.h"
#include "base/task.h"
#include "http/message.h"
#include "identity/caller.h"
#include "identity/workspace_gate.h"
#include "model/audit.h"

namespace atelier::api {

/// Decides the shape of answers and errors (contract/errors.md section 5).
enum class Product : std::uint8_t { kDsw, kWorkspace, kRam, kSts, kAtelier };

/// One documented parameter of the query or the path. constexpr data: the decoder, the OpenAPI document and
/// the docs read the same rows.
struct Param {
  enum class Type : std::uint8_t {
    kText,
    kInteger,   // int64 within [min, max]
    kDecimal,   // non-negative decimal text, as MinCpu
    kBoolean,   // true, false
    kEnum,      // one of `values`
    kEnumList,  // comma list of `values`, blanks and empty members ignored
    kList,      // comma list of text
    kJson,      // JSON text, any value
    kTime,      // ISO 8601
  };
  std::string_view name;
  Type type = Type::kText;
  bool in_path = false;
  bool required = false;
  std::int64_t min = INT64_MIN;  // of integers
  std::int64_t max = INT64_MAX;  // of integers; for text and list members the most characters (default 1024)
  std::optional<std::int64_t> standard = {};  // default of integers and booleans
  std::string_view values = {};               // "A,B,C" for enums
  std::string_view aliases = {};              // "alias=Value,..." accepted for enums
  std::string_view doc = {};                  // one line for the OpenAPI document
};

/// Parameters after validation. Asking for a name or type that the operation's table does not have is a
/// broken invariant (CHECK). An empty value on the wire counts as absent.
class Args {
 public:
  bool Has(std::string_view name) const;
  /// Empty when absent.
  const std::string& Text(std::string_view name) const;
  std::optional<std::int64_t> Integer(std::string_view name) const;  // the default when absent
  std::optional<double> Decimal(std::string_view name) const;
  bool Boolean(std::string_view name) const;                          // the default (else false) when absent
  const std::vector<std::string>& List(std::string_view name) const;  // kList and kEnumList
  const json::value* Json(std::string_view name) const;               // nullptr when absent
  std::optional<WallTime> Time(std::string_view name) const;

  struct Value {
    std::string text;
    std::int64_t integer = 0;
    double decimal = 0;
    std::vector<std::string> list;
    json::value json_value;
    WallTime time;
  };
  std::map<std::string, Value, std::less<>> values;  // filled by DecodeArgs
};

/// Everything one call has. Lives as long as its handler.
struct Context {
  Services& services;
  const Options& options;
  identity::Caller caller;
  std::string request_id;
  std::string_view operation;
  const http::RequestHead& head;
  Args args;
  std::string body;      // raw
  std::string url_base;  // "http://host:port" for the URLs in the answer

  model::Actor actor() const;
};

/// Answers one call: a complete JSON object, or an error that api/errors.cpp renders. The envelope is the
/// handler's own (see envelope.h), because the documented answers differ in it.
using HandlerFn = Task<Result<std::string>> (*)(Context& context);

/// One row of the operation table.
struct Operation {
  Product product{};
  std::string_view name = {};     // as documented
  std::string_view version = {};  // x-acs-version
  std::string_view method = {};
  std::string_view path = {};     // with {Name} pieces; "/" for RPC style operations (told apart by x-acs-action or Action)
  std::span<const Param> params = {};
  /// RAM actions beside "<code>:<name>" (the role table's names, contract/ram-policy.md section 4).
  std::string_view also_actions = {};  // comma list of full actions
  bool open_to_all = false;       // allowed unless denied (GetUserConfig, ListEcsSpecs)
  HandlerFn handler = nullptr;    // nullptr: known, refused by name
  std::string_view refusal = {};       // the feature named in that refusal
  bool mutates = false;
  std::string_view body = {};          // JSON schema name of the request body in schemas.cpp; empty: none
  std::string_view answer = {};        // the same for the answer
};

/// The whole table, in the order of the documents.
std::span<const Operation> Operations();

/// Rows of each group, put together by Operations(). One file a group.
std::span<const Operation> InstanceReadOperations();     // dsw/instance_read.cpp
std::span<const Operation> InstanceWriteOperations();    // dsw/instance_write.cpp
std::span<const Operation> ShutdownOperations();         // dsw/shutdown.cpp: timers, cullers, policies
std::span<const Operation> ObservationOperations();      // dsw/observation.cpp: events, lifecycle, metrics, logs
std::span<const Operation> CatalogueOperations();        // dsw/catalogue.cpp: specs, statistics, user config
std::span<const Operation> SharingOperations();          // dsw/sharing.cpp: GetToken
std::span<const Operation> RefusedDswOperations();       // dsw/refused.cpp
std::span<const Operation> WorkspaceOperations();        // workspace/workspaces.cpp
std::span<const Operation> MemberOperations();           // workspace/members.cpp
std::span<const Operation> RamOperations();              // ram/ram.cpp (users, keys, policies, roles)
std::span<const Operation> StsOperations();              // ram/sts.cpp
std::span<const Operation> EmulatorOperations();         // emulator/clock.cpp

// Helpers that handlers share (access.cpp) ------------------------------------------------------------

/// The viewer for directory queries.
directory::Viewer ViewerOf(const Services& services, const identity::Caller& caller);

/// The instance of {InstanceId} if the caller may do `access` to it.
/// A caller who may not see it gets PermissionDenied/NoPermissionError whether it exists or not, unless he
/// administers something it could be in; NotFound/UnknownInstance otherwise (contract/errors.md section 5:
/// 403 and 404 must not tell strangers what exists). `token`: a sharing token that grants kRead.
Result<directory::InstancePtr> FindInstance(const Context& context, const model::InstanceId& id,
                                            identity::Access access, std::string_view token = {});

/// The workspace gate for operations without an instance.
Status CheckWorkspace(const Context& context, const model::WorkspaceId& workspace, identity::Access access);

/// "No permission <Action> for resource: acs:paidsw:<region>:<account>:workspace/<id>"
Error NoPermission(const Context& context, const model::WorkspaceId& workspace);

}  // namespace atelier::api
