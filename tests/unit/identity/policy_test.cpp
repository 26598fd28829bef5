// The list of docs/contract/ram-policy.md section 7, one test each, then what else its text
// promises.
#include "identity/policy.h"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "identity/policy/matcher.h"
#include "unit/identity/world.h"

namespace atelier::identity {
namespace {

constexpr const char* kUserId = "200000000000000001";
// 2026-11-22T00:31:44Z
constexpr WallTime kNow{std::chrono::seconds(1795307504)};

std::string Document(const std::string& statements) {
  return R"({"Version":"1","Statement":[)" + statements + "]}";
}
std::string Allow(const std::string& action, const std::string& resource = "*") {
  return R"({"Effect":"Allow","Action":")" + action + R"(","Resource":")" + resource + R"("})";
}
std::string Deny(const std::string& action) {
  return R"({"Effect":"Deny","Action":")" + action + R"(","Resource":"*"})";
}
std::string AllowIf(const std::string& condition) {
  return R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":)" + condition + "}";
}
std::string DenyIf(const std::string& condition) {
  return R"({"Effect":"Deny","Action":"*","Resource":"*","Condition":)" + condition + "}";
}

class Policy : public ::testing::Test {
 protected:
  /// The verdict on user alice, to whom a policy of these statements is attached.
  Verdict Ask(const std::string& statements, const std::string& action,
              std::string_view resource = "*") {
    world_.PutPolicy("p", Document(statements));
    world_.PutUser(kUserId, "alice", {"p"});
    return Evaluate(world_.directory, caller_, {action}, resource, keys_, kNow).verdict;
  }
  bool Allows(const std::string& statements, const std::string& action,
              std::string_view resource = "*") {
    return Ask(statements, action, resource) == Verdict::kAllow;
  }
  bool Holds(const std::string& condition) {
    return Allows(AllowIf(condition), "paidsw:GetInstance");
  }

  test::World world_;
  Caller caller_ = test::World::User(kUserId, "alice");
  ConditionKeys keys_;
};

TEST_F(Policy, Case01NothingAttachedIsImplicitlyDenied) {
  world_.PutUser(kUserId, "alice");
  const Decision decision =
      Evaluate(world_.directory, caller_, {"paidsw:ListInstances"}, "*", {}, kNow);
  EXPECT_EQ(decision.verdict, Verdict::kImplicitDeny);
  EXPECT_EQ(decision.policy_type, "AccountLevelIdentityBasedPolicy");
}

TEST_F(Policy, Case02AllowEverythingAllows) {
  EXPECT_TRUE(Allows(Allow("*"), "paidsw:ListInstances"));
}

TEST_F(Policy, Case03DenyTakesOneActionOutOfAnAllow) {
  const std::string statements = Allow("paidsw:*") + "," + Deny("paidsw:GetInstance");
  EXPECT_EQ(Ask(statements, "paidsw:ListInstances"), Verdict::kAllow);
  EXPECT_EQ(Ask(statements, "paidsw:GetInstance"), Verdict::kExplicitDeny);
}

TEST_F(Policy, Case04TheTextBeforeTheColonIsFixed) {
  EXPECT_FALSE(Allows(Allow("pai:*"), "paidsw:ListInstances"));
  EXPECT_TRUE(Allows(Allow("pai*:*"), "paidsw:ListInstances"));
}

TEST_F(Policy, Case05ActionsIgnoreCase) {
  EXPECT_TRUE(Allows(Allow("PaiDSW:listinstances"), "paidsw:ListInstances"));
}

TEST_F(Policy, Case06OnlyStarsGrantAllResources) {
  EXPECT_FALSE(
      Allows(Allow("paidsw:ListInstances", "acs:paidsw:*:*:workspace/1"), "paidsw:ListInstances"));
  EXPECT_FALSE(Allows(Allow("paidsw:ListInstances", "?"), "paidsw:ListInstances"));
  EXPECT_TRUE(Allows(Allow("paidsw:ListInstances", "**"), "paidsw:ListInstances"));
}

TEST_F(Policy, Case07ResourcesOfOneService) {
  const auto asks = [&](const std::string& service, const std::string& asked) {
    return Allows(Allow("eas:ListServiceInstances", "acs:eas:cn-shanghai:1:" + service),
                  "eas:ListServiceInstances", asked);
  };
  EXPECT_TRUE(asks("service/foo", "acs:eas:cn-shanghai:1:service/foo"));
  EXPECT_FALSE(asks("service/foo", "acs:eas:cn-shanghai:1:service/bar"));
  EXPECT_TRUE(asks("service/f?o", "acs:eas:cn-shanghai:1:service/foo"));
  EXPECT_TRUE(asks("service/*", "acs:eas:cn-shanghai:1:service/foo"));
  EXPECT_FALSE(asks("service/foo", "acs:eas:cn-beijing:1:service/foo"));
  EXPECT_FALSE(asks("service/FOO", "acs:eas:cn-shanghai:1:service/foo"));
}

TEST_F(Policy, Case08NotActionAllowsTheRest) {
  const std::string statement = R"({"Effect":"Allow","NotAction":"ram:*","Resource":"*"})";
  EXPECT_TRUE(Allows(statement, "paidsw:ListInstances"));
  EXPECT_FALSE(Allows(statement, "ram:CreateUser"));
}

TEST_F(Policy, Case09SourceAddressInsideAndOutside) {
  const std::string inside = R"({"IpAddress":{"acs:SourceIp":["192.168.0.0/16","203.0.113.9"]}})";
  caller_.source_ip = "192.168.7.1";
  EXPECT_TRUE(Holds(inside));
  caller_.source_ip = "::ffff:192.168.7.1";
  EXPECT_TRUE(Holds(inside));
  caller_.source_ip = "203.0.113.9";
  EXPECT_TRUE(Holds(inside));
  caller_.source_ip = "192.169.0.1";
  EXPECT_FALSE(Holds(inside));
  caller_.source_ip = "::1";
  EXPECT_FALSE(Holds(inside));
}

TEST_F(Policy, Case10PlainHttpCanBeDenied) {
  const std::string statements =
      Allow("*") + "," + DenyIf(R"({"Bool":{"acs:SecureTransport":"false"}})");
  EXPECT_EQ(Ask(statements, "paidsw:GetInstance"), Verdict::kExplicitDeny);
  caller_.secure_transport = true;
  EXPECT_EQ(Ask(statements, "paidsw:GetInstance"), Verdict::kAllow);
}

TEST_F(Policy, Case11ADatePastNoLongerGrants) {
  EXPECT_FALSE(Holds(R"({"DateLessThan":{"acs:CurrentTime":"2026-11-22T00:31:44Z"}})"));
  EXPECT_TRUE(Holds(R"({"DateLessThan":{"acs:CurrentTime":"2026-11-22T00:31:45Z"}})"));
  EXPECT_TRUE(Holds(R"({"DateLessThan":{"acs:CurrentTime":"2026-11-22T08:31:45+08:00"}})"));
}

TEST_F(Policy, Case12AllOperatorsMustHold) {
  caller_.secure_transport = true;
  EXPECT_FALSE(Holds(R"({"Bool":{"acs:SecureTransport":"true"},
                         "StringEquals":{"acs:PrincipalARN":"someone"}})"));
  EXPECT_TRUE(Holds(R"({"Bool":{"acs:SecureTransport":"true"},
      "StringEquals":{"acs:PrincipalARN":"acs:ram::1234567890123456:user/alice"}})"));
}

TEST_F(Policy, Case13ASessionPolicyLimitsAndNeverAdds) {
  world_.PutPolicy("lists", Document(Allow("paidsw:List*") + "," + Allow("paidsw:GetInstance")));
  world_.PutRole("reader", "{}", {"lists"});
  const auto ask = [&](const std::string& session, const std::string& action) {
    return Evaluate(world_.directory, test::World::Session("reader", session), {action}, "*", {},
                    kNow);
  };
  const std::string narrower = Document(Allow("paidsw:GetInstance"));
  EXPECT_TRUE(ask("", "paidsw:ListInstances").allowed());
  EXPECT_TRUE(ask(narrower, "paidsw:GetInstance").allowed());
  EXPECT_FALSE(ask(narrower, "paidsw:ListInstances").allowed());
  EXPECT_EQ(ask(narrower, "paidsw:ListInstances").policy_type, "SessionPolicy");
  const std::string wider = Document(Allow("*"));
  EXPECT_FALSE(ask(wider, "paidsw:CreateInstance").allowed());
  EXPECT_EQ(ask(wider, "paidsw:CreateInstance").policy_type, "AccountLevelIdentityBasedPolicy");
}

TEST_F(Policy, Case14AssumingNeedsBothPolicies) {
  const std::string trusts_all =
      Document(R"({"Effect":"Allow","Action":"sts:AssumeRole",)"
               R"("Principal":{"RAM":["acs:ram::1234567890123456:root"]}})");
  const std::string trusts_bob =
      Document(R"({"Effect":"Allow","Action":"sts:AssumeRole",)"
               R"("Principal":{"RAM":"acs:ram::1234567890123456:user/bob"}})");
  world_.PutRole("Reader", trusts_all);
  world_.PutRole("Other", trusts_bob);
  const auto assumes = [&](const char* role, const std::string& statements) {
    world_.PutPolicy("p", Document(statements));
    world_.PutUser(kUserId, "alice", {"p"});
    return EvaluateAssumeRole(world_.directory, caller_, *world_.directory.FindRole(role), kNow);
  };
  const std::string may = Allow("sts:AssumeRole", "acs:ram:*:1234567890123456:role/reader");
  EXPECT_TRUE(assumes("Reader", may).allowed());
  EXPECT_FALSE(assumes("Reader", Allow("paidsw:*")).allowed());
  EXPECT_FALSE(assumes("Other", Allow("*")).allowed());
  EXPECT_EQ(assumes("Other", Allow("*")).policy_type, "AssumeRolePolicy");
  EXPECT_FALSE(EvaluateAssumeRole(world_.directory, test::World::Root(),
                                  *world_.directory.FindRole("Reader"), kNow)
                   .allowed())
      << "main accounts assume no roles";
}

TEST_F(Policy, Case15AHostilePatternEndsQuickly) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "a*";
  pattern += "b";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(WildcardMatch(pattern, std::string(4000, 'a'), Case::kSensitive));
  // 8 million steps at most; backtracking would take longer than the universe has.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST_F(Policy, Case16AnUnknownOperatorFailsClosed) {
  const std::string unknown = R"({"StringSounds":{"acs:SourceIp":"1"}})";
  EXPECT_EQ(Ask(Allow("*") + "," + DenyIf(unknown), "paidsw:GetInstance"), Verdict::kExplicitDeny);
  EXPECT_EQ(Ask(AllowIf(unknown), "paidsw:GetInstance"), Verdict::kImplicitDeny);
}

TEST_F(Policy, TheMainAccountPassesWithoutAnyPolicy) {
  EXPECT_TRUE(
      Evaluate(world_.directory, test::World::Root(), {"ram:CreateUser"}, "*", {}, kNow).allowed());
}

TEST_F(Policy, ADeletedUserOrRoleMayNothing) {
  EXPECT_FALSE(
      Evaluate(world_.directory, caller_, {"paidsw:GetInstance"}, "*", {}, kNow).allowed());
  EXPECT_FALSE(Evaluate(world_.directory, test::World::Session("gone"), {"paidsw:GetInstance"}, "*",
                        {}, kNow)
                   .allowed());
}

TEST_F(Policy, TheNamesOfOneOperationAreSynonyms) {
  const std::vector<std::string> names = {"paidsw:CreateInstance", "paidsw:CreatePostPaidInstance"};
  const auto ask = [&](const std::string& statements) {
    world_.PutPolicy("p", Document(statements));
    world_.PutUser(kUserId, "alice", {"p"});
    return Evaluate(world_.directory, caller_, names, "*", {}, kNow).verdict;
  };
  EXPECT_EQ(ask(Allow("paidsw:CreatePostPaidInstance")), Verdict::kAllow);
  EXPECT_EQ(ask(Allow("*") + "," + Deny("paidsw:CreatePostPaidInstance")), Verdict::kExplicitDeny);
  EXPECT_EQ(ask(R"({"Effect":"Allow","NotAction":"paidsw:CreateInstance","Resource":"*"})"),
            Verdict::kImplicitDeny);
}

TEST_F(Policy, ADenyInAnyAttachedPolicyWins) {
  world_.PutPolicy("no", Document(Deny("paidsw:DeleteInstance")));
  world_.PutUser(kUserId, "alice", {"AdministratorAccess", "no"});
  EXPECT_EQ(Evaluate(world_.directory, caller_, {"paidsw:DeleteInstance"}, "*", {}, kNow).verdict,
            Verdict::kExplicitDeny);
  EXPECT_TRUE(Evaluate(world_.directory, caller_, {"paidsw:GetInstance"}, "*", {}, kNow).allowed());
}

TEST_F(Policy, WildcardsMatchAsDocumented) {
  const auto match = [](std::string_view pattern, std::string_view text) {
    return WildcardMatch(pattern, text, Case::kSensitive);
  };
  EXPECT_TRUE(match("paiitag:*Get*", "paiitag:BatchGetTag"));
  EXPECT_TRUE(match("*", ""));
  EXPECT_TRUE(match("", ""));
  EXPECT_FALSE(match("", "a"));
  EXPECT_FALSE(match("?", ""));
  EXPECT_TRUE(match("a?c", "abc"));
  EXPECT_TRUE(match("a?c", "a中c"));
  EXPECT_FALSE(match("a??c", "a中c"));
  EXPECT_TRUE(match("*?c", "a中c"));
  EXPECT_FALSE(match("a*b", "ac"));
  EXPECT_TRUE(match("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(match("Abc", "abc"));
}

TEST_F(Policy, StringOperators) {
  keys_ = {{"pai:Accessibility", "PUBLIC"}};
  EXPECT_TRUE(Holds(R"({"StringEquals":{"pai:Accessibility":"PUBLIC"}})"));
  EXPECT_TRUE(Holds(R"({"StringEquals":{"PAI:accessibility":["PRIVATE","PUBLIC"]}})"));
  EXPECT_FALSE(Holds(R"({"StringEquals":{"pai:Accessibility":"public"}})"));
  EXPECT_TRUE(Holds(R"({"StringEqualsIgnoreCase":{"pai:Accessibility":"public"}})"));
  EXPECT_TRUE(Holds(R"({"StringLike":{"pai:Accessibility":"PUB*"}})"));
  EXPECT_FALSE(Holds(R"({"StringNotLike":{"pai:Accessibility":"PUB*"}})"));
  EXPECT_FALSE(Holds(R"({"StringNotEquals":{"pai:Accessibility":["PRIVATE","PUBLIC"]}})"));
  EXPECT_TRUE(Holds(R"({"StringNotEquals":{"pai:Accessibility":["PRIVATE"]}})"));
  EXPECT_FALSE(Holds(R"({"StringNotEqualsIgnoreCase":{"pai:Accessibility":"Public"}})"));
}

TEST_F(Policy, NumericOperatorsAlsoWithJsonNumbers) {
  keys_ = {{"x:Size", "10"}};
  EXPECT_TRUE(Holds(R"({"NumericEquals":{"x:Size":"10.0"}})"));
  EXPECT_TRUE(Holds(R"({"NumericEquals":{"x:Size":10}})"));
  EXPECT_FALSE(Holds(R"({"NumericNotEquals":{"x:Size":10}})"));
  EXPECT_TRUE(Holds(R"({"NumericLessThan":{"x:Size":"10.5"}})"));
  EXPECT_FALSE(Holds(R"({"NumericLessThan":{"x:Size":"10"}})"));
  EXPECT_TRUE(Holds(R"({"NumericLessThanEquals":{"x:Size":"10"}})"));
  EXPECT_TRUE(Holds(R"({"NumericGreaterThan":{"x:Size":"9"}})"));
  EXPECT_TRUE(Holds(R"({"NumericGreaterThanEquals":{"x:Size":"10"}})"));
  EXPECT_FALSE(Holds(R"({"NumericGreaterThan":{"x:Size":"10"}})"));
}

TEST_F(Policy, DateOperators) {
  const auto holds = [&](const std::string& operation, const std::string& date) {
    return Holds("{\"" + operation + R"(":{"acs:CurrentTime":")" + date + "\"}}");
  };
  EXPECT_TRUE(holds("DateEquals", "2026-11-22T00:31:44Z"));
  EXPECT_FALSE(holds("DateNotEquals", "2026-11-22T00:31:44Z"));
  EXPECT_TRUE(holds("DateLessThanEquals", "2026-11-22T00:31:44Z"));
  EXPECT_TRUE(holds("DateGreaterThan", "2026-11-22T00:31:43Z"));
  EXPECT_FALSE(holds("DateGreaterThan", "2026-11-22T00:31:44Z"));
  EXPECT_TRUE(holds("DateGreaterThanEquals", "2026-11-22T00:31:44Z"));
}

TEST_F(Policy, AddressOperatorsKnowBothFamilies) {
  caller_.source_ip = "2001:db8::7";
  EXPECT_TRUE(Holds(R"({"IpAddress":{"acs:SourceIp":"2001:db8::/32"}})"));
  EXPECT_FALSE(Holds(R"({"NotIpAddress":{"acs:SourceIp":"2001:db8::/32"}})"));
  EXPECT_FALSE(Holds(R"({"IpAddress":{"acs:SourceIp":"0.0.0.0/0"}})"));
  caller_.source_ip = "10.1.2.3";
  EXPECT_TRUE(Holds(R"({"IpAddress":{"acs:SourceIp":"0.0.0.0/0"}})"));
  EXPECT_TRUE(Holds(R"({"IpAddress":{"acs:SourceIp":"10.1.2.2/31"}})"));
  EXPECT_FALSE(Holds(R"({"IpAddress":{"acs:SourceIp":"10.1.2.4/31"}})"));
  EXPECT_FALSE(Holds(R"({"IpAddress":{"acs:SourceIp":"::/0"}})"));
}

TEST_F(Policy, AnAbsentKeyFailsPositiveAndPassesNegativeOperators) {
  EXPECT_FALSE(Holds(R"({"StringEquals":{"acs:SourceVpc":"vpc-1"}})"));
  EXPECT_TRUE(Holds(R"({"StringNotEquals":{"acs:SourceVpc":"vpc-1"}})"));
  EXPECT_FALSE(Holds(R"({"StringLike":{"acs:SourceVpc":"*"}})"));
  caller_.source_ip = "";
  EXPECT_FALSE(Holds(R"({"IpAddress":{"acs:SourceIp":"0.0.0.0/0"}})"));
}

TEST_F(Policy, TagKeysAreExactBehindTheSlash) {
  keys_ = {{"acs:RequestTag/Team", "blue"}};
  EXPECT_TRUE(Holds(R"({"StringEquals":{"acs:requesttag/Team":"blue"}})"));
  EXPECT_FALSE(Holds(R"({"StringEquals":{"acs:RequestTag/team":"blue"}})"));
}

TEST_F(Policy, PlainKeysHaveNoSecondFactor) {
  EXPECT_TRUE(Holds(R"({"Bool":{"acs:MFAPresent":"false"}})"));
  EXPECT_FALSE(Holds(R"({"Bool":{"acs:MFAPresent":true}})"));
}

TEST_F(Policy, AStoredDocumentThatCannotBeReadDenies) {
  for (const char* text : {"", "[]", "{", R"({"Version":"2","Statement":[]})"}) {
    world_.PutPolicy("p", text);
    world_.PutUser(kUserId, "alice", {"AdministratorAccess", "p"});
    EXPECT_EQ(Evaluate(world_.directory, caller_, {"paidsw:GetInstance"}, "*", {}, kNow).verdict,
              Verdict::kExplicitDeny)
        << text;
  }
}

TEST_F(Policy, ABrokenDenyStillDeniesAndABrokenAllowGrantsNothing) {
  for (const char* deny :
       {R"({"Effect":"Deny","Resource":"*"})", R"({"Effect":"Deny","Action":"*"})",
        R"({"Effect":"Deny","Action":7,"Resource":"*"})",
        R"({"Effect":"deny","Action":"*","Resource":"*"})",
        R"({"Effect":"Deny","Action":"*","Resource":"*","Conditions":{}})"}) {
    EXPECT_EQ(Ask(Allow("*") + "," + deny, "paidsw:GetInstance"), Verdict::kExplicitDeny) << deny;
  }
  EXPECT_EQ(Ask(R"({"Effect":"Allow","Action":"*","Resource":"*","Conditions":{}})",
                "paidsw:GetInstance"),
            Verdict::kImplicitDeny);
}

TEST(ValidatePolicyDocument, AcceptsWhatTheGrammarAllows) {
  for (const char* text :
       {R"({"Version":"1","Statement":[]})",
        R"({"Statement":{"Resource":"*","Action":"*","Effect":"Allow"},"Version":"1"})",
        R"({"Version":"1","Statement":[{"Effect":"Allow","Action":["paidsw:ListInstances",
           "paidsw:GetInstance"],"Resource":"*",
           "Condition":{"IpAddress":{"acs:SourceIp":["192.168.0.0/16"]}}}]})",
        R"({"Version":"1","Statement":[{"Effect":"Deny","NotAction":"ram:*",
           "Resource":["acs:pai*:*:*:*"],"Condition":{"Bool":{"acs:SecureTransport":false}}}]})"}) {
    const Status valid = ValidatePolicyDocument(text);
    EXPECT_TRUE(valid) << text << valid.error().ToString();
  }
}

TEST(ValidatePolicyDocument, RefusesEverythingElseByName) {
  for (
      const char* text :
      {"", "[]", "null", R"({"Statement":[]})", R"({"Version":1,"Statement":[]})",
       R"({"Version":"1"})", R"({"Version":"1","Statement":[],"Id":"x"})",
       R"({"Version":"1","Statement":["x"]})",
       R"({"Version":"1","Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Resource":"*"}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*"}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"List","Resource":"*"}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","NotResource":"*"}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":{}}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Conditon":{}}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
           "Condition":{"StringEqualsIfExists":{"a:b":"c"}}}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
           "Condition":{"IpAddress":{"acs:SourceIp":"10.0.0.0/33"}}}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
           "Condition":{"DateLessThan":{"acs:CurrentTime":"tomorrow"}}}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
           "Condition":{"NumericEquals":{"a:b":"ten"}}}]})",
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
           "Condition":{"Bool":{"a:b":"yes"}}}]})",
       // The second of two blocks of one operator would silently replace the first.
       R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*",
           "Condition":{"StringEquals":{"a:b":"c"},"StringEquals":{"d:e":"f"}}}]})"}) {
    const Status valid = ValidatePolicyDocument(text);
    ASSERT_FALSE(valid) << text;
    EXPECT_EQ(valid.error().reason(), "MalformedPolicyDocument") << text;
  }
  const std::string long_one = R"({"Version":"1","Statement":[]})" + std::string(6144, ' ');
  EXPECT_FALSE(ValidatePolicyDocument(long_one));
}

TEST(SystemPolicies, AreAllValid) {
  for (const auto& [name, document] : SystemPolicies()) {
    const Status valid = ValidatePolicyDocument(document);
    EXPECT_TRUE(valid) << name << valid.error().ToString();
  }
}

TEST_F(Policy, SystemPoliciesGrantWhatTheirNamesSay) {
  const auto with = [&](const char* policy, const char* action) {
    world_.PutUser(kUserId, "alice", {policy});
    return Evaluate(world_.directory, caller_, {action}, "*", {}, kNow).allowed();
  };
  EXPECT_TRUE(with("AdministratorAccess", "ram:CreateUser"));
  EXPECT_TRUE(with("PowerUserAccess", "paidsw:CreateInstance"));
  EXPECT_FALSE(with("PowerUserAccess", "ram:CreateUser"));
  EXPECT_TRUE(with("AliyunPAIFullAccess", "paidsw:DeleteInstance"));
  EXPECT_TRUE(with("AliyunPAIFullAccess", "paiworkspace:CreateWorkspace"));
  EXPECT_FALSE(with("AliyunPAIFullAccess", "ram:CreateUser"));
  EXPECT_TRUE(with("AliyunPAIReadOnlyAccess", "eas:ListServiceInstances"));
  EXPECT_TRUE(with("AliyunPAIReadOnlyAccess", "paidsw:ListInstances"));
  EXPECT_FALSE(with("AliyunPAIReadOnlyAccess", "paidsw:StopInstance"));
  EXPECT_FALSE(with("AliyunPAIReadOnlyAccess", "paidsw:GetToken"));
  EXPECT_TRUE(with("AliyunSTSAssumeRoleAccess", "sts:AssumeRole"));
  EXPECT_FALSE(with("AliyunSTSAssumeRoleAccess", "ram:ListUsers"));
  EXPECT_TRUE(with("AliyunPAIDSWFullAccess", "paidsw:ListInstances"));
  EXPECT_FALSE(with("AliyunPAIDSWFullAccess", "eas:ListServices"));
}

// Section 2.3: some keys are known only once the resource is loaded; the gate must learn that it
// has to ask again, and only for the actions that such a condition is about.
TEST_F(Policy, SaysWhenMoreKeysCouldChangeTheDecision) {
  const auto asks = [&](const std::string& statements, const char* action) {
    world_.PutPolicy("p", Document(statements));
    world_.PutUser(kUserId, "alice", {"AliyunPAIDSWFullAccess", "p"});
    return Evaluate(world_.directory, caller_, {action}, "*", keys_, kNow).asks_for_keys;
  };
  const auto if_key = [](const std::string& effect, const std::string& action,
                         const std::string& key) {
    return R"({"Effect":")" + effect + R"(","Action":")" + action +
           R"(","Resource":"*","Condition":{"StringEquals":{")" + key + R"(":"x"}}})";
  };
  for (const char* key : {"acs:ResourceTag/stage", "ACS:resourcetag/stage", "acs:RequestTag/a",
                          "pai:Accessibility", "pai:EntityAccessType"}) {
    EXPECT_TRUE(asks(if_key("Deny", "paidsw:Get*", key), "paidsw:GetInstance")) << key;
    EXPECT_TRUE(asks(if_key("Allow", "paidsw:Get*", key), "paidsw:GetInstance")) << key;
    EXPECT_FALSE(asks(if_key("Deny", "paidsw:Get*", key), "paidsw:StopInstance")) << key;
  }
  EXPECT_FALSE(asks(if_key("Deny", "*", "acs:PrincipalARN"), "paidsw:GetInstance"));
  EXPECT_FALSE(asks(if_key("Deny", "*", "bssapi:ProductCode"), "paidsw:GetInstance"));
  // A Deny without such a condition is final.
  EXPECT_FALSE(asks(Deny("paidsw:*"), "paidsw:GetInstance"));
}

TEST_F(Policy, TheKeysOfAnInstanceAreItsTagsItsAccessibilityAndWhoseItIs) {
  model::Instance instance;
  instance.owner = model::UserId(kUserId);
  instance.accessibility = model::Accessibility::PUBLIC;
  instance.tags = {{"stage", "prod"}, {"a/b", ""}};
  instance.labels = {{"mine", "x"}};
  EXPECT_EQ(InstanceKeys(caller_, instance), (ConditionKeys{{"acs:ResourceTag/stage", "prod"},
                                                            {"acs:ResourceTag/a/b", ""},
                                                            {"pai:Accessibility", "PUBLIC"},
                                                            {"pai:EntityAccessType", "CREATOR"}}));
  instance.owner = model::UserId("1");
  EXPECT_EQ(InstanceKeys(caller_, instance).at("pai:EntityAccessType"), "OTHERS");
}

TEST_F(Policy, TrustPolicyNamesAreOfTheRightKind) {
  const auto trusts = [&](const std::string& principal, const Caller& caller) {
    world_.PutUser(kUserId, "alice", {"AdministratorAccess"});
    world_.PutRole("first", "{}", {"AdministratorAccess"});
    world_.PutRole(
        "target",
        Document(R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":)" + principal + "}"));
    return EvaluateAssumeRole(world_.directory, caller, *world_.directory.FindRole("target"), kNow)
        .allowed();
  };
  const Caller session = test::World::Session("first");
  EXPECT_TRUE(trusts(R"({"RAM":"acs:ram::1234567890123456:user/Alice"})", caller_));
  EXPECT_TRUE(trusts(R"({"RAM":"acs:ram::1234567890123456:role/first"})", session));
  EXPECT_FALSE(trusts(R"({"RAM":"acs:ram::1234567890123456:role/first"})", caller_));
  EXPECT_FALSE(trusts(R"({"RAM":"acs:ram::9999999999999999:root"})", caller_));
  EXPECT_FALSE(trusts(R"({"Service":"pai.aliyuncs.com"})", caller_));
  EXPECT_FALSE(trusts(R"({"RAM":"*"})", caller_));
}

}  // namespace
}  // namespace atelier::identity
