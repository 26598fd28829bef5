#include "api/operator/bulk_judge.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "api/dsw/list_items.h"
#include "api/errors.h"
#include "api/framework/ask_gates.h"
#include "api/framework/params.h"
#include "api/framework/ram_gate.h"
#include "api/text.h"
#include "base/check.h"
#include "identity/delegation.h"
#include "identity/identity_directory.h"

namespace atelier::api {

namespace {

/// Who asked, as they are today. A browser that was signed out does not end its user's jobs; a key
/// that is disabled does.
std::optional<identity::Caller> CallerToday(const Services& services, const model::Asker& asker) {
  identity::TokenClaims claims;
  claims.issuer = asker.user;
  if (!asker.key.empty()) claims.key = asker.key;
  return identity::IssuerOf(
      services.identities, claims,
      {.source_ip = asker.source_ip, .secure_transport = asker.secure_transport},
      services.clock.Wall());
}

class Judge {
 public:
  Judge(const Services& services, const Options& options)
      : services_(services), options_(options) {}

  Status Allow(const model::BulkJob& job, const model::InstanceId& id) {
    const auto caller = CallerToday(services_, job.asker);
    if (!caller) {
      return Error(Code::kPermissionDenied, "Who asked for the job, or their key, is gone.",
                   "NoPermission");
    }
    return AskGates({.services = services_,
                     .options = options_,
                     .caller = *caller,
                     .operation = OperationOf(job.action),
                     .subject = id.str(),
                     .list_items = items_});
  }

  bool Matches(const model::BulkJob& job, const directory::InstancePtr& instance) {
    const auto caller = CallerToday(services_, job.asker);
    const Conditions* conditions = ConditionsOf(job);
    if (!caller || conditions == nullptr) return false;
    // Where ids are asked for, a job is for nothing else.
    directory::InstanceQuery query = conditions->query;
    query.ids = {instance->id};
    query.page_size = 1;
    const directory::Page page = services_.dsw.directory.List(ViewerOf(services_, *caller), query);
    return page.total == 1 && page.instances.front() == instance;
  }

  static std::string CodeOf(const Error& error) {
    return std::string(RowFor(error, Product::kDsw).wire_code);
  }

 private:
  /// Of the last job that was asked about: there are few at once, and each is asked often.
  struct Conditions {
    std::string job;
    directory::InstanceQuery query;
  };

  const Conditions* ConditionsOf(const model::BulkJob& job) {
    const auto found = std::ranges::find(kept_, job.id, &Conditions::job);
    if (found != kept_.end()) return &*found;
    const auto values = DecodeConditions(job.query);
    if (!values) return nullptr;  // a later server's query
    const Args<kInstanceConditions> args(values->all());
    auto query = BuildConditions(args);
    if (!query) return nullptr;
    if (args.Text("WorkspaceId") != "ALL")
      query->workspace = model::WorkspaceId(args.Text("WorkspaceId"));
    if (kept_.size() == control::BulkJobs::kMaxRunning) kept_.erase(kept_.begin());
    query->ids.reset();
    return &kept_.emplace_back(Conditions{.job = job.id, .query = *std::move(query)});
  }

  Services services_;
  const Options options_;
  ListItems items_{0};
  std::vector<Conditions> kept_;
};

}  // namespace

const Operation& OperationOf(model::BulkAction action) {
  const Operation* operation = FindByAction("paidsw:" + std::string(EnumName(action)) + "Instance");
  ATELIER_CHECK(operation != nullptr, "each action of jobs is an operation");
  return *operation;
}

Result<ArgValues> DecodeConditions(const std::map<std::string, std::string>& query) {
  RawParams raw;
  Problems problems;
  for (const auto& [name, value] : query) {
    // ListInstances ignores what it does not know; here that would be a job for everything.
    if (std::ranges::find(kInstanceConditions, name, &Param::name) == kInstanceConditions.end())
      problems.Add("Query." + name, "is no condition of ListInstances");
    else if (value.empty())
      problems.Add("Query." + name, "must not be empty");
    raw.push_back({name, value});
  }
  if (!problems.empty()) return Invalid(problems);
  return DecodeArgs(kInstanceConditions, {}, raw);
}

control::BulkJudge MakeBulkJudge(const Services& services, const Options& options) {
  const auto judge = std::make_shared<Judge>(services, options);
  return {.allow = [judge](const model::BulkJob& job,
                           const model::InstanceId& id) { return judge->Allow(job, id); },
          .matches =
              [judge](const model::BulkJob& job, const directory::InstancePtr& instance) {
                return judge->Matches(job, instance);
              },
          .code = &Judge::CodeOf};
}

}  // namespace atelier::api
