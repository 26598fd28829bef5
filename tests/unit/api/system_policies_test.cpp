// System policies cover what their names say, over every operation that this server knows, those
// that are added later included (docs/contract/ram-policy.md section 5).
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "api/operation.h"
#include "identity/caller.h"
#include "support/api_world.h"

namespace atelier::api {
namespace {

using test::ApiWorld;

const std::map<Product, std::string> kCodes = {{Product::kDsw, "paidsw"},
                                               {Product::kEas, "eas"},
                                               {Product::kAirec, "airec"},
                                               {Product::kWorkspace, "paiworkspace"},
                                               {Product::kRam, "ram"}};

// Operations that read by the documents, and are no GET.
const std::set<std::string_view> kReadsOtherwise = {
    "QueryAutoShutdownPolicies", "ListItems",          "ListFlowControlTaskInvalidItems",
    "ListTagResources",          "GetPayAsYouGoPrice", "ListWorkspacePermissions"};
// A GET, and yet no part of reading: what gives a right away, what makes something, and what
// end users' requests are answered with.
const std::set<std::string_view> kGetsOtherwise = {"GetToken", "CreateServiceInstanceToken",
                                                   "Recommend", "ColdStartRank",
                                                   "CheckRankingModelReachable"};

bool Reads(const Operation& row) {
  if (row.product == Product::kRam)
    return row.name.starts_with("Get") || row.name.starts_with("List");
  return kReadsOtherwise.contains(row.name) ||
         (row.method == "GET" && !kGetsOtherwise.contains(row.name));
}

class SystemPolicy : public testing::Test {
 protected:
  /// What a holder of this policy alone may do of the operations of `products`.
  void ExpectAllows(const std::string& policy, const std::set<Product>& products, bool reading) {
    const auto user = world_.MakeUser("of" + policy.substr(0, 40), policy);
    const auto caller = identity::CallerOf(world_.identities, user.id);
    ASSERT_TRUE(caller);
    for (const Operation& row : Operations()) {
      const auto code = kCodes.find(row.product);
      if (code == kCodes.end()) continue;
      const std::string action = code->second + ":" + std::string(row.name);
      const bool expected = products.contains(row.product) && (!reading || Reads(row));
      const auto decision =
          identity::Evaluate(world_.identities, *caller, {action}, "*", {}, world_.clock.Wall());
      EXPECT_EQ(decision.allowed(), expected) << policy << " " << action;
      if (reading && row.mutates) {
        EXPECT_FALSE(decision.allowed()) << policy << " " << action << " changes something";
      }
    }
  }
  ApiWorld world_;
};

TEST_F(SystemPolicy, ThoseOfReadersAllowEveryReadingOperationAndNoOther) {
  ExpectAllows("AliyunPAIReadOnlyAccess",
               {Product::kDsw, Product::kEas, Product::kAirec, Product::kWorkspace}, true);
  ExpectAllows("AliyunPAIDSWReadOnlyAccess", {Product::kDsw}, true);
  ExpectAllows("AliyunPAIEASReadOnlyAccess", {Product::kEas}, true);
  ExpectAllows("AliyunAIRecReadOnlyAccess", {Product::kAirec}, true);
  ExpectAllows("AliyunRAMReadOnlyAccess", {Product::kRam}, true);
  ExpectAllows("ReadOnlyAccess",
               {Product::kDsw, Product::kEas, Product::kAirec, Product::kWorkspace, Product::kRam},
               true);
}

TEST_F(SystemPolicy, FullAccessAllowsEveryOperationOfItsProducts) {
  ExpectAllows("AliyunPAIFullAccess", {Product::kDsw, Product::kEas, Product::kWorkspace}, false);
  ExpectAllows("AliyunPAIDSWFullAccess", {Product::kDsw}, false);
  ExpectAllows("AliyunPAIEASFullAccess", {Product::kEas}, false);
  ExpectAllows("AliyunAIRecFullAccess", {Product::kAirec}, false);
  ExpectAllows("AliyunRAMFullAccess", {Product::kRam}, false);
  ExpectAllows("AdministratorAccess",
               {Product::kDsw, Product::kEas, Product::kAirec, Product::kWorkspace, Product::kRam},
               false);
  ExpectAllows("PowerUserAccess",
               {Product::kDsw, Product::kEas, Product::kAirec, Product::kWorkspace}, false);
}

// What everybody attaches before AssumeRole.
TEST_F(SystemPolicy, AssumeRoleAccessIsEnoughToAssumeARoleAndForNothingElse) {
  world_.MakeRole("Runner", "AliyunPAIReadOnlyAccess");
  const auto user = world_.MakeUser("ada", "AliyunSTSAssumeRoleAccess");
  test::Extra extra{.version = "2015-04-01", .action = "AssumeRole"};
  extra.query = {{"RoleArn", "acs:ram::" + world_.account.str() + ":role/Runner"},
                 {"RoleSessionName", "visit"}};
  const test::Reply made = world_.Call(user.key, "POST", "/", extra);
  EXPECT_EQ(made.status, 200) << made.text;
  ExpectAllows("AliyunSTSAssumeRoleAccess", {}, false);
}

// A reader of everything reads an instance, and what the answer shows only to those who may change
// it stays hidden.
TEST_F(SystemPolicy, AReaderReadsInstancesAndServicesButNoSecretOfThem) {
  model::Instance instance = world_.Sample("dsw-1");
  instance.accessibility = model::Accessibility::PUBLIC;
  instance.environment = {{"SECRET", "kanarienvogel"}};
  world_.Put(instance);
  const auto reader = world_.MakeUser("reader", "AliyunPAIReadOnlyAccess",
                                      {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  const test::Reply read = world_.Get(reader.key, "/api/v2/instances/dsw-1");
  EXPECT_EQ(read.status, 200) << read.text;
  EXPECT_EQ(read.text.find("kanarienvogel"), std::string::npos);
  const test::Reply token = world_.Get(reader.key, "/api/v2/tokens", {{"InstanceId", "dsw-1"}});
  EXPECT_EQ(token.status, 403) << token.text;
  EXPECT_EQ(token.code(), "NoPermission");
}

}  // namespace
}  // namespace atelier::api
