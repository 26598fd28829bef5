#include "api/framework/ram_gate.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "directory/directory.h"
#include "identity/policy.h"

namespace atelier::api {

namespace {

/// The RAM code of a product: what stands before the colon of its actions
/// (docs/contract/ram-policy.md section 4).
std::string_view RamCode(Product product) {
  switch (product) {
    case Product::kDsw:
      return "paidsw";
    case Product::kEas:
      return "eas";
    case Product::kAirec:
      return "airec";
    case Product::kWorkspace:
      return "paiworkspace";
    case Product::kStudio:
      return "pai";
    case Product::kRam:
      return "ram";
    case Product::kSts:
      return "sts";
    case Product::kAtelier:
      return "atelier";
  }
  return "";
}

/// Of each row of Operations().
const std::vector<std::vector<std::string>>& Actions() {
  static const std::vector<std::vector<std::string>> kAll = [] {
    std::vector<std::vector<std::string>> all;
    for (const Operation& operation : Operations()) {
      std::vector<std::string>& actions = all.emplace_back();
      actions.push_back(fmt::format("{}:{}", RamCode(operation.product), operation.name));
      std::ranges::move(SplitList(operation.also_actions), std::back_inserter(actions));
    }
    return all;
  }();
  return kAll;
}

/// The name of what is acted on, for RAM policies (docs/contract/ram-policy.md section 2.2). The
/// region is the one that the path names, if it names one.
std::string ResourceOf(const Operation& operation, const RawParams& path,
                       const identity::Caller& caller, std::string_view home) {
  if (operation.resource.empty()) return "*";
  const std::string_view named = FirstValue(path, "ClusterId");
  std::string name =
      fmt::format("acs:{}:{}:{}:", RamCode(operation.resource_of.value_or(operation.product)),
                  named.empty() ? home : named, caller.account.str());
  std::string_view rest = operation.resource;
  while (!rest.empty()) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    const std::size_t close = std::min(rest.find('}'), rest.size());
    name += rest.substr(0, open);
    if (open < close) name += FirstValue(path, rest.substr(open + 1, close - open - 1));
    rest.remove_prefix(std::min(std::max(open, close) + 1, rest.size()));
  }
  return name;
}

/// True if the request carries a sharing token that is good for the instance it names. A token
/// whose issuer has lost their right stands for nothing, also where the bearer's role would do.
bool TokenOpens(const Services& services, const RamQuestion& question) {
  const bool takes_token = std::ranges::any_of(
      question.operation.params(), [](const Param& param) { return param.name == "Token"; });
  const std::string_view token =
      takes_token ? FirstValue(question.query, "Token") : std::string_view();
  if (token.empty()) return false;
  std::string_view instance = FirstValue(question.path, "InstanceId");
  if (instance.empty()) instance = FirstValue(question.query, "InstanceId");
  const directory::InstancePtr found = services.dsw.directory.Find(model::InstanceId(instance));
  return found != nullptr && TokenReads(services, question.caller, token, *found);
}

}  // namespace

const std::vector<std::string>& ActionsOf(const Operation& operation) {
  return Actions()[static_cast<std::size_t>(&operation - Operations().data())];
}

const Operation* FindByAction(std::string_view action) {
  static const std::map<std::string_view, const Operation*> kRows = [] {
    std::map<std::string_view, const Operation*> rows;
    for (const Operation& operation : Operations()) {
      const Operation*& row = rows[ActionsOf(operation).front()];
      if (row == nullptr || row->handler == nullptr) row = &operation;
    }
    return rows;
  }();
  const auto found = kRows.find(action);
  return found == kRows.end() ? nullptr : found->second;
}

Status Authorise(const Services& services, const Options& options, const RamQuestion& question,
                 RamGate& gate) {
  const auto& [operation, caller, path, query] = question;
  if (identity::MayDoEverything(caller)) return Ok();
  identity::Decision decision = identity::Evaluate(
      services.identities, caller, ActionsOf(operation),
      ResourceOf(operation, path, caller, options.region), {}, services.clock.Wall());
  const bool waits = decision.asks_for_keys && operation.enforces_ram;
  if (decision.allowed() && !waits) return Ok();
  gate = RamGate(ActionsOf(operation), operation.open_to_all || TokenOpens(services, question));
  if (!waits) return gate.Enforce(decision);
  gate.Wait();
  return Ok();
}

}  // namespace atelier::api
