// rooms: identity
// Arbitrary policy documents, actions and resources. Invariants: Deny wins whatever else is
// attached; what passes the upload check means the same when it is read from the store; a wildcard
// agrees with its own text, and `*` with everything. A slow evaluation shows as libFuzzer's
// time-out.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "identity/policy/document.h"
#include "identity/policy/matcher.h"

namespace atelier::identity {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1795307504)};
constexpr const char* kDenyAll =
    R"({"Version":"1","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})";

std::string TakeLine(std::string_view& rest) {
  const std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  return std::string(line);
}

/// `document` with its statements twice, once as they are and once behind a Deny of everything.
std::string WithDeny(std::string_view document) {
  const auto value = ParseJson(document);
  json::object object = value->get_object();
  json::array statements;
  const json::value& own = object.at("Statement");
  if (own.is_array()) {
    statements = own.get_array();
  } else {
    statements.push_back(own);
  }
  statements.push_back(json::object{{"Effect", "Deny"}, {"Action", "*"}, {"Resource", "*"}});
  object["Statement"] = statements;
  return json::serialize(object);
}

void CheckMatcher(std::string_view pattern, std::string_view text) {
  ATELIER_CHECK(WildcardMatch("*", text, Case::kSensitive), "a star matches everything");
  if (text.find_first_of("*?") == std::string_view::npos) {
    ATELIER_CHECK(WildcardMatch(text, text, Case::kSensitive), "a plain text matches itself");
  }
  if (WildcardMatch(pattern, text, Case::kSensitive)) {
    ATELIER_CHECK(WildcardMatch(pattern, text, Case::kInsensitive), "less strict matches more");
    ATELIER_CHECK(WildcardMatch(std::string(pattern) + "*", text, Case::kSensitive),
                  "a star more matches more");
  }
}

}  // namespace
}  // namespace atelier::identity

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace atelier;
  using namespace atelier::identity;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> actions = {TakeLine(rest)};
  const std::string resource = TakeLine(rest);
  Caller caller;
  caller.account = model::AccountId("1");
  caller.user = model::UserId("2");
  caller.arn = "acs:ram::1:user/alice";
  caller.source_ip = TakeLine(rest);
  const ConditionKeys keys = {{"pai:Accessibility", TakeLine(rest)}};
  const RequestContext context{.caller = caller, .keys = keys, .now = kNow};
  const PolicyQuery query{.actions = actions, .resource = resource, .context = context};

  CheckMatcher(resource, actions.front());
  for (const PolicyKind kind : {PolicyKind::kIdentity, PolicyKind::kTrust}) {
    const PolicyDocument stored = PolicyDocument::FromStored(rest, kind);
    const auto checked = PolicyDocument::Parse(rest, kind);
    if (!checked) {
      stored.Decide(query);
      continue;
    }
    ATELIER_CHECK(checked->Decide(query) == stored.Decide(query),
                  "an accepted document means the same when it is read again");
    if (kind == PolicyKind::kTrust) continue;
    ATELIER_CHECK(
        PolicyDocument::FromStored(WithDeny(rest), kind).Decide(query) == Verdict::kExplicitDeny,
        "a Deny that matches wins");
  }
  ATELIER_CHECK(PolicyDocument::FromStored(kDenyAll, PolicyKind::kIdentity).Decide(query) ==
                    Verdict::kExplicitDeny,
                "Deny everything denies everything");
  return 0;
}
