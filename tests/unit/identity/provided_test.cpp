// Whom an OpenID provider names, and what its groups give them (docs/openid.md).
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "identity/identity_service.h"
#include "identity/provider_rules.h"
#include "identity/sessions.h"
#include "support/run.h"

namespace atelier::identity {
namespace {

using model::WorkspaceRole;

TEST(ProviderRules, GiveWhatTheGroupsOfAUserGive) {
  const auto rules = ParseProviderRules(R"({"Rules":[
    {"Group":"ml","Workspace":"Vision","Roles":["AlgoDeveloper"]},
    {"Group":"leads","Workspace":"vision","Roles":["WorkspaceAdmin","AlgoDeveloper"]},
    {"Group":"ops","Workspace":"speech","Roles":["AlgoOperator"],"Policies":["Ops"]},
    {"Group":"*","Policies":["AliyunPAIReadOnlyAccess"]},
    {"Group":"leads","Policies":["ops"]}]})");
  ASSERT_TRUE(rules) << rules.error().message();
  using Roles = std::map<std::string, std::vector<WorkspaceRole>>;
  using Policies = std::map<std::string, bool>;
  const Grants none = GrantsOf(*rules, {});
  EXPECT_EQ(none.workspaces, (Roles{{"speech", {}}, {"vision", {}}}));
  EXPECT_EQ(none.policies, (Policies{{"aliyunpaireadonlyaccess", true}, {"ops", false}}));
  const Grants both = GrantsOf(*rules, {"leads", "ml", "ML", "vision"});
  EXPECT_EQ(both.workspaces,
            (Roles{{"speech", {}},
                   {"vision", {WorkspaceRole::AlgoDeveloper, WorkspaceRole::WorkspaceAdmin}}}));
  EXPECT_TRUE(both.policies.at("ops"));
  EXPECT_TRUE(GrantsOf(*rules, {"Ml"}).workspaces.at("vision").empty()) << "groups have a case";
}

TEST(ProviderRules, ThatSayNothingOrTooMuchAreRefused) {
  for (const char* bad : {
           "",
           "[]",
           "{}",
           R"({"rules":[{"Group":"g","Policies":["P"]}]})",
           R"({"Rules":[{"Workspace":"w","Roles":["AlgoDeveloper"]}]})",
           R"({"Rules":[{"Group":"","Policies":["P"]}]})",
           R"({"Rules":[{"Group":"g"}]})",
           R"({"Rules":[{"Group":"g","Policy":["P"]}]})",
           R"({"Rules":[{"Group":"g","Workspace":"w"}]})",
           R"({"Rules":[{"Group":"g","Workspace":"w","Roles":[]}]})",
           R"({"Rules":[{"Group":"g","Roles":["AlgoDeveloper"]}]})",
           R"({"Rules":[{"Group":"g","Workspace":"w","Roles":["WorkspaceOwner"]}]})",
           R"({"Rules":[{"Group":"g","Workspace":"w","Roles":["King"]}]})",
       })
    EXPECT_FALSE(ParseProviderRules(bad)) << bad;
  std::string many = R"({"Rules":[)";
  for (int i = 0; i < 200; ++i) many += R"({"Group":"g","Policies":["P"]},)";
  EXPECT_FALSE(ParseProviderRules(many + R"({"Group":"g","Policies":["P"]}]})"));
  many.back() = ']';
  EXPECT_TRUE(ParseProviderRules(many + "}"));
}

class ProvidedUsers : public testing::Test {
 protected:
  ProvidedUsers() {
    store_->AddListener(directory_);
    Do(service_.Bootstrap("main")).value();
    account_ = model::UserId(directory_.account()->id.str());
    vision_ = Do(service_.CreateWorkspace("vision", "", "", {"prod"}, account_, By()))->id;
  }

  template <class T>
  T Do(Task<T> task) {
    return atelier::test::Run(io_, std::move(task));
  }
  static model::Actor By() {
    return {.principal = "https://id.example",
            .request_id = "r",
            .source_ip = "192.0.2.1",
            .operation = "SignIn"};
  }
  static ProvidedUser Who(std::string subject, std::string name, Grants grants = {}) {
    return {.subject = {.issuer = "https://id.example", .id = std::move(subject)},
            .name = std::move(name),
            .display_name = "Ada",
            .grants = std::move(grants)};
  }
  Result<IdentityService::Admitted> Admit(ProvidedUser who, bool make = true) {
    return Do(service_.AdmitSubject(std::move(who), make, By()));
  }
  void ExpectNotLetIn(const Result<IdentityService::Admitted>& admitted) {
    ASSERT_FALSE(admitted);
    EXPECT_EQ(admitted.error().reason(), "SignInFailed");
  }
  std::size_t Audits() {
    std::size_t found = 0;
    EXPECT_TRUE(store_->LoadBlocking(store::Kind::kAudit, [&](const store::Record&) { ++found; }));
    return found;
  }
  std::vector<WorkspaceRole> RolesOf(const model::UserId& user) {
    const model::Member* member = directory_.FindMember(vision_, user);
    return member == nullptr ? std::vector<WorkspaceRole>{} : member->roles;
  }

  asio::io_context io_;
  std::unique_ptr<store::Store> store_ = store::MakeMemoryStore(io_.get_executor());
  std::unique_ptr<Random> random_ = MakeSeededRandom(2);
  ManualClock clock_{WallTime(std::chrono::seconds(1'800'000'000))};
  SealedBox box_ = SealedBox::ForTest();
  IdentityDirectory directory_{box_};
  IdentityService service_{*store_, directory_, box_, clock_, *random_};
  model::UserId account_;
  model::WorkspaceId vision_;
};

TEST_F(ProvidedUsers, AreMadeOnceAndOnlyIfAsked) {
  ExpectNotLetIn(Admit(Who("s1", "ada"), false));
  EXPECT_EQ(directory_.FindUserByName("ada"), nullptr);
  const auto made = Admit(Who("s1", "ada"));
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(directory_.FindUserByName("ada")->display_name, "Ada");
  const std::size_t audits = Audits();
  EXPECT_EQ(Admit(Who("s1", "ada"))->user, made->user);
  EXPECT_EQ(Audits(), audits) << "it changes nothing";
  EXPECT_EQ(Admit(Who("s1", "renamed"))->user, made->user) << "the subject says who it is";
  EXPECT_EQ(directory_.FindUserByName("renamed"), nullptr);
}

TEST_F(ProvidedUsers, Promise8ANameOpensNobodyElse) {
  ASSERT_TRUE(Admit(Who("s1", "ada")));
  ExpectNotLetIn(Admit(Who("s2", "ADA")));
  for (const char* name : {"", "a b", "ada/x", "ada\n", "\xC3\xA4"})
    ExpectNotLetIn(Admit(Who("s3", name)));
  ExpectNotLetIn(Admit(Who("s3", std::string(65, 'x'))));
  ExpectNotLetIn(Admit(Who("s3", "main"), false));  // the main account is no user
  EXPECT_EQ(directory_.Users().size(), 1U);
}

TEST_F(ProvidedUsers, OfAnotherProviderAreKnownByNameAgain) {
  const model::User ada = *Do(service_.CreateUser("ada", "", By()));
  EXPECT_EQ(Admit(Who("s1", "Ada"), false)->user, ada.id) << "made by an administrator";
  ProvidedUser elsewhere = Who("s1", "ada");
  elsewhere.subject.issuer = "https://new.example";
  EXPECT_EQ(Admit(elsewhere, false)->user, ada.id);
  EXPECT_EQ(directory_.FindUser(ada.id)->subject->issuer, "https://new.example");
  ExpectNotLetIn(Admit(Who("s2", "nobody"), false));
}

TEST_F(ProvidedUsers, GetAndLoseWhatTheRulesName) {
  const Grants given{.workspaces = {{"vision", {WorkspaceRole::AlgoDeveloper}}, {"gone", {}}},
                     .policies = {{"aliyunpaifullaccess", true}, {"mine", true}}};
  const auto ada = Admit(Who("s1", "ada", given));
  ASSERT_TRUE(ada) << ada.error().message();
  EXPECT_EQ(ada->not_given, std::vector<std::string>{"policy mine"});
  EXPECT_EQ(RolesOf(ada->user), std::vector{WorkspaceRole::AlgoDeveloper});
  EXPECT_EQ(directory_.FindUser(ada->user)->policies,
            std::vector<std::string>{"AliyunPAIFullAccess"});
  ASSERT_TRUE(Do(service_.AttachPolicyToUser("AliyunPAIReadOnlyAccess", "ada", By())));
  const Grants taken{.workspaces = {{"vision", {}}},
                     .policies = {{"aliyunpaifullaccess", false}, {"mine", false}}};
  EXPECT_TRUE(Admit(Who("s1", "ada", taken))->not_given.empty());
  EXPECT_TRUE(RolesOf(ada->user).empty());
  EXPECT_EQ(directory_.FindUser(ada->user)->policies,
            std::vector<std::string>{"AliyunPAIReadOnlyAccess"});
  const Grants missing{.workspaces = {{"gone", {WorkspaceRole::AlgoDeveloper}}}, .policies = {}};
  EXPECT_EQ(Admit(Who("s1", "ada", missing))->not_given,
            std::vector<std::string>{"workspace gone"});
}

TEST_F(ProvidedUsers, KeepWhatIsTheirsByOtherWays) {
  const auto ada = Admit(Who("s1", "ada"));
  const auto own = Do(service_.CreateWorkspace("ada_own", "", "", {"prod"}, ada->user, By()));
  ASSERT_TRUE(own);
  const Grants rules{.workspaces = {{"ada_own", {}}, {"vision", {}}}, .policies = {}};
  EXPECT_TRUE(Admit(Who("s1", "ada", rules)));
  EXPECT_NE(directory_.FindMember(own->id, ada->user), nullptr) << "an owner stays";
}

TEST_F(ProvidedUsers, HaveNoMorePoliciesThanAnybody) {
  Grants many;
  for (int i = 0; i < 11; ++i) {
    const std::string name = "Own-" + std::to_string(i + 10);
    ASSERT_TRUE(Do(service_.CreatePolicy(name, "", R"({"Version":"1","Statement":[]})", By())));
    many.policies[RecordKey(name)] = true;
  }
  const auto ada = Admit(Who("s1", "ada", many));
  ASSERT_TRUE(ada) << ada.error().message();
  EXPECT_EQ(ada->not_given, std::vector<std::string>{"policy own-20"});
  EXPECT_EQ(directory_.FindUser(ada->user)->policies.size(), 10U);
}

TEST_F(ProvidedUsers, HaveNamesInWholeCharacters) {
  ProvidedUser who = Who("s1", "ada");
  who.display_name = std::string(511, 'x') + "\xC3\xA4";  // 513 bytes
  ASSERT_TRUE(Admit(who));
  EXPECT_EQ(directory_.FindUserByName("ada")->display_name, std::string(511, 'x'));
}

TEST_F(ProvidedUsers, AreSignedInUntilTheyAreGone) {
  Sessions sessions(*store_, directory_, clock_, *random_);
  const auto ada = Admit(Who("s1", "ada"));
  const auto opened =
      Do(sessions.SignInByProvider(ada->user, {.address = "192.0.2.1", .agent = "b"}, By()));
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(opened->session.method, model::SignInMethod::Oidc);
  EXPECT_TRUE(sessions.Identify(opened->secret, {}));
  ASSERT_TRUE(Do(service_.DeleteUser("ada", By())));
  EXPECT_FALSE(sessions.Identify(opened->secret, {}));
  // Who was never bound to a subject has no such session.
  const model::User bob = *Do(service_.CreateUser("bob", "", By()));
  EXPECT_FALSE(Do(sessions.SignInByProvider(bob.id, {}, By())));
}

}  // namespace
}  // namespace atelier::identity
