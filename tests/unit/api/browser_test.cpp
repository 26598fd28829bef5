// A browser that is signed in (docs/security.md): what its cookie opens, and what no page but the
// console's own can do with it.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using test::ApiWorld;
using test::Reply;
using namespace std::chrono_literals;

using Fields = std::map<std::string, std::string>;

constexpr const char* kSessions = "/atelier/v1/sessions";

/// What the console's own pages send.
Fields OwnPage() {
  return {{"Sec-Fetch-Site", "same-origin"},
          {"Origin", "http://localhost:8080"},
          {"Content-Type", "application/json"},
          {"X-Atelier-Console", "1"}};
}

class Browser : public testing::Test {
 protected:
  explicit Browser(Options options = {}) : world_(std::move(options)) {}

  Reply Ask(std::string_view method, std::string_view path, Fields fields, std::string body = {},
            bool tls = false) {
    http::RequestHead head = ApiWorld::Head(method, path);
    head.tls = tls;
    fields.try_emplace("Host", "localhost:8080");
    for (auto& [name, value] : fields) {
      if (!value.empty()) head.headers.Add(name, value);
    }
    return world_.Send(std::move(head), std::move(body));
  }
  std::string Ticket(const identity::NewKey& key) {
    const Reply made = world_.Call(key, "POST", "/atelier/v1/sign-in-links", {.version = ""});
    ExpectOk(made);
    return made.Text("Ticket");
  }
  Reply SignIn(const std::string& ticket, Fields fields = OwnPage(), bool tls = false) {
    return Ask("POST", "/atelier/v1/sign-in", std::move(fields), R"({"Ticket":")" + ticket + "\"}",
               tls);
  }
  static std::string CookieOf(const Reply& reply) {
    const std::string_view set = reply.headers.Get("Set-Cookie");
    return std::string(set.substr(0, set.find(';')));
  }
  /// The cookie of a new session of whoever has this key.
  std::string Cookie(const identity::NewKey& key) {
    const Reply reply = SignIn(Ticket(key));
    ExpectOk(reply);
    return CookieOf(reply);
  }
  /// As a page of the console asks.
  Reply ByPage(const std::string& cookie, std::string_view method, std::string_view path,
               std::string body = {}) {
    Fields fields = OwnPage();
    fields["Cookie"] = cookie;
    return Ask(method, path, std::move(fields), std::move(body));
  }
  std::vector<std::string> Audits(std::string_view operation) {
    std::vector<std::string> all;
    EXPECT_TRUE(world_.store->LoadBlocking(store::Kind::kAudit, [&](const auto& record) {
      const auto audit = *FromRecord<model::AuditRecord>(record.body);
      if (audit.actor.operation == operation)
        all.push_back(audit.actor.principal + " " + audit.target + " " + audit.actor.source_ip);
    }));
    return all;
  }

  ApiWorld world_;
};

TEST_F(Browser, SignsInByALinkAndIsItsUser) {
  const auto ada = world_.MakeUser("ada", "");
  const Reply made = world_.Call(ada.key, "POST", "/atelier/v1/sign-in-links", {.version = ""});
  ExpectOk(made);
  EXPECT_EQ(made.Text("Url"),
            "http://workshop.test:8080/console/sign-in#ticket=" + made.Text("Ticket"));
  EXPECT_EQ(made.Text("ExpiresAt"), "2024-05-01T12:01:00Z");
  EXPECT_EQ(Audits("CreateSignInLink"),
            std::vector<std::string>{"acs:ram::" + world_.account.str() +
                                     ":user/ada user/ada 192.0.2.7"});

  const Reply in = SignIn(made.Text("Ticket"));
  ExpectOk(in);
  EXPECT_EQ(in.Text("UserId"), ada.id.str());
  EXPECT_EQ(in.Text("UserName"), "ada");
  EXPECT_EQ(in.Text("DisplayName"), "ada");
  EXPECT_EQ(in.Text("ExpiresAt"), "2024-05-08T12:00:00Z");
  EXPECT_EQ(in.headers.Get("Cache-Control"), "no-store");
  const std::string set(in.headers.Get("Set-Cookie"));
  EXPECT_TRUE(set.starts_with("atelier-session=")) << set;
  EXPECT_NE(set.find("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax"), std::string::npos) << set;
  EXPECT_EQ(set.find("Secure"), std::string::npos) << set;
  EXPECT_EQ(set.find("Domain"), std::string::npos) << set;
  EXPECT_EQ(in.text.find(CookieOf(in).substr(16)), std::string::npos) << "for the cookie alone";

  const Reply shown = ByPage(CookieOf(in), "GET", "/atelier/v1/session");
  ExpectOk(shown);
  EXPECT_EQ(shown.Text("UserName"), "ada");
  EXPECT_EQ(shown.Text("ExpiresAt"), "2024-05-08T12:00:00Z");
  EXPECT_FALSE(shown.headers.Has("Set-Cookie"));

  const Reply nobody = Ask("GET", "/atelier/v1/session", OwnPage());
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(json::serialize(nobody.body.at("SignInMethods")), R"(["Link"])");
}

TEST_F(Browser, OfTheMainAccountIsTheMainAccount) {
  const Reply in = SignIn(Ticket(world_.root));
  EXPECT_EQ(in.Text("UserId"), world_.account.str());
  EXPECT_EQ(in.Text("UserName"), "workshop");
  ExpectOk(ByPage(CookieOf(in), "GET", "/atelier/v1/orphans"));
}

TEST_F(Browser, Promise8PassesTheSameTwoGates) {
  const auto ada = world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                                   {{world_.workspace, model::WorkspaceRole::AlgoDeveloper}});
  const auto bob = world_.MakeUser("bob", "AliyunPAIDSWFullAccess");
  model::Instance instance = world_.Sample("dsw-ada");
  instance.owner = ada.id;
  world_.Put(instance);
  const std::string hers = Cookie(ada.key);
  const std::string his = Cookie(bob.key);
  const std::string path = "/api/v2/instances/dsw-ada";
  ExpectOk(ByPage(hers, "GET", path));
  EXPECT_EQ(ByPage(hers, "GET", path).headers.Get("Cache-Control"), "no-store");
  ExpectRefused(ByPage(his, "GET", path), 403, "NoPermissionError");
  ExpectRefused(ByPage(hers, "GET", "/atelier/v1/orphans"), 403, "NoPermission");
  ExpectOk(ByPage(hers, "PUT", path, R"({"InstanceName":"renamed"})"));
  world_.Detach("AliyunPAIDSWFullAccess", "ada");
  ExpectRefused(ByPage(hers, "GET", path), 403, "NoPermission");
}

TEST_F(Browser, Promise8NoOtherPageReadsByIt) {
  const std::string cookie = Cookie(world_.root);
  const auto status = [&](std::string site, std::string origin) {
    return Ask("GET", kSessions,
               {{"Cookie", cookie},
                {"Sec-Fetch-Site", std::move(site)},
                {"Origin", std::move(origin)}})
        .status;
  };
  EXPECT_EQ(status("same-origin", ""), 200);
  EXPECT_EQ(status("same-origin", "http://localhost:8080"), 200);
  EXPECT_EQ(status("", "http://localhost:8080"), 200) << "a browser that does not say more";
  for (const char* site : {"same-site", "cross-site", "none", "SAME-ORIGIN", "same-origin, none"})
    EXPECT_EQ(status(site, ""), 403) << site;
  for (const char* origin : {"", "null", "http://localhost:8081", "https://localhost:8080",
                             "http://localhost", "http://evil.example"})
    EXPECT_EQ(status("", origin), 403) << origin;
  EXPECT_EQ(status("same-origin", "http://localhost:8081"), 403) << "the two must agree";
  ExpectRefused(Ask("GET", kSessions, {{"Cookie", cookie}}), 403, "CrossOriginRequest");
  EXPECT_EQ(Ask("GET", "/atelier/v1/session", {{"Cookie", cookie}}).status, 401);
}

TEST_F(Browser, Promise8AChangeNeedsWhatNoOtherPageCanSend) {
  const std::string cookie = Cookie(world_.root);
  const auto create = [&](const std::string& without, const std::string& instead) {
    Fields fields = OwnPage();
    fields["Cookie"] = cookie;
    if (!without.empty()) fields[without] = instead;
    return Ask("POST", "/api/v1/workspaces", fields,
               R"({"WorkspaceName":"made_by_page","Description":"d","EnvTypes":["prod"]})");
  };
  const auto before = Dump(world_);
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"X-Atelier-Console", ""},
      {"X-Atelier-Console", "0"},
      {"Content-Type", ""},
      {"Content-Type", "text/plain"},
      {"Content-Type", "text/plain; application/json"},
      {"Content-Type", "application/x-www-form-urlencoded"},
      {"Content-Type", "multipart/form-data"},
      {"Sec-Fetch-Site", "same-site"},
      {"Sec-Fetch-Site", "none"},
      {"Origin", "http://localhost:8081"},
      {"Origin", "null"},
      {"Cookie", ""}};
  for (const auto& [name, value] : wrong) {
    const Reply reply = create(name, value);
    EXPECT_NE(reply.status, 200) << name << ": " << value;
  }
  ExpectRefused(create("X-Atelier-Console", ""), 403, "CrossOriginRequest");
  ExpectRefused(create("Content-Type", "text/plain"), 403, "CrossOriginRequest");
  ExpectRefused(create("Cookie", ""), 401, "InvalidSession");
  EXPECT_EQ(Dump(world_), before);
  ExpectOk(create("Content-Type", "application/json; charset=utf-8"));
}

TEST_F(Browser, Promise8AnRpcChangeIsAChangeWhateverItsMethod) {
  const std::string cookie = Cookie(world_.root);
  const std::string make = "/?Action=CreateUser&Version=2015-05-01&UserName=eve";
  ExpectRefused(Ask("GET", make, {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}}), 403,
                "CrossOriginRequest");
  EXPECT_EQ(world_.identities.FindUserByName("eve"), nullptr);
  ExpectOk(Ask("GET", "/?Action=ListUsers&Version=2015-05-01",
               {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}}));
  ExpectOk(ByPage(cookie, "POST", make));
  EXPECT_NE(world_.identities.FindUserByName("eve"), nullptr);
}

TEST_F(Browser, Promise8TheBodyOfAStrangerIsNotWaitedFor) {
  Fields fields = OwnPage();
  fields["Cookie"] = "atelier-session=" + std::string(43, 'x');
  http::RequestHead head = ApiWorld::Head("POST", "/api/v1/workspaces");
  for (auto& [name, value] : fields) head.headers.Add(name, value);
  head.headers.Add("Host", "localhost:8080");
  test::FakeExchange exchange(std::move(head), "{}");
  ExpectRefused(world_.Send(exchange), 401, "InvalidSession");
  EXPECT_FALSE(exchange.body_was_read());
}

TEST_F(Browser, Promise8ASessionThatEndsWhileItsBodyArrivesChangesNothing) {
  Fields fields = OwnPage();
  fields["Cookie"] = Cookie(world_.root);
  http::RequestHead head = ApiWorld::Head("POST", "/api/v1/workspaces");
  for (auto& [name, value] : fields) head.headers.Add(name, value);
  head.headers.Add("Host", "localhost:8080");
  test::FakeExchange exchange(
      std::move(head), R"({"WorkspaceName":"too_late","Description":"d","EnvTypes":["prod"]})");
  exchange.WhileReading([&] { world_.clock.Advance(12h); });
  ExpectRefused(world_.Send(exchange), 401, "InvalidSession");
  EXPECT_EQ(world_.identities.FindWorkspaceByName("too_late"), nullptr);
}

TEST_F(Browser, Promise8ASignatureDecidesWhereThereIsOne) {
  const auto ada = world_.MakeUser("ada", "");
  const std::string cookie = Cookie(world_.root);
  http::RequestHead head = world_.Signed(ada.key, "GET", "/atelier/v1/orphans", {.version = ""});
  head.headers.Add("Cookie", cookie);
  head.headers.Add("Sec-Fetch-Site", "same-origin");
  ExpectRefused(world_.Send(std::move(head)), 403, "NoPermission");
  // And it never makes a session.
  const Reply signed_only = world_.Call(world_.root, "POST", "/atelier/v1/sign-in",
                                        {.body = R"({"Ticket":""})", .version = ""});
  ExpectRefused(signed_only, 403, "CrossOriginRequest");
  EXPECT_FALSE(signed_only.headers.Has("Set-Cookie"));
}

TEST_F(Browser, Promise8OfTwoSessionsNeitherIsBelieved) {
  const auto eve = world_.MakeUser("eve", "");
  const std::string own = Cookie(world_.root);
  const std::string planted = Cookie(eve.key);
  EXPECT_EQ(ByPage(planted + "; " + own, "GET", kSessions).code(), "InvalidSession");
  EXPECT_EQ(ByPage(own + "; " + planted, "GET", kSessions).code(), "InvalidSession");
  ExpectOk(ByPage("atelier-session=junk; " + own + "; " + own, "GET", kSessions));
}

TEST_F(Browser, Promise8NobodySignsSomebodyElseIn) {
  const auto eve = world_.MakeUser("eve", "");
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"X-Atelier-Console", ""},       {"Content-Type", "text/plain"},
      {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "cross-site"},
      {"Sec-Fetch-Site", "none"},      {"Origin", "http://evil.example"}};
  const std::string ticket = Ticket(eve.key);
  for (const auto& [name, value] : wrong) {
    Fields fields = OwnPage();
    fields[name] = value;
    const Reply reply = SignIn(ticket, fields);
    ExpectRefused(reply, 403, "CrossOriginRequest");
    EXPECT_FALSE(reply.headers.Has("Set-Cookie"));
  }
  ExpectOk(SignIn(ticket));  // nor is it used up
}

TEST_F(Browser, Promise8AFailedSignInSaysNothingAndIsWrittenDown) {
  const std::string used = Ticket(world_.root);
  ExpectOk(SignIn(used));
  const std::string late = Ticket(world_.root);
  world_.clock.Advance(60s);
  std::set<std::string> answers;
  for (const std::string& ticket : {used, late, std::string("nonsense"), std::string(5000, 'x')}) {
    world_.clock.Advance(1s);
    const Reply reply = SignIn(ticket);
    ExpectRefused(reply, 401, "SignInFailed");
    EXPECT_FALSE(reply.headers.Has("Set-Cookie"));
    answers.insert(reply.message());
  }
  EXPECT_EQ(answers.size(), 1U);
  const auto audits = Audits("SignIn");
  EXPECT_EQ(audits.size(), 5U);
  EXPECT_EQ(std::ranges::count(audits, "acs:atelier::anonymous session/refused 192.0.2.7"), 4);
  for (const char* body : {"", "{}", "[]", R"({"Ticket":1})", "nonsense"})
    EXPECT_EQ(Ask("POST", "/atelier/v1/sign-in", OwnPage(), body).status, 400) << body;
  for (const char* body : {R"({"UserName":"ada","Password":"x"})", R"({"Provider":"corp"})"})
    ExpectRefused(Ask("POST", "/atelier/v1/sign-in", OwnPage(), body), 400, "InvalidParameter");
}

TEST_F(Browser, Promise10FailuresAreBoundedAndLockNobodyOut) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(SignIn("wrong").status, 401) << i;
  ExpectRefused(SignIn("wrong"), 429, "Throttling.User");
  EXPECT_EQ(Audits("SignIn").size(), 1U) << "one a second";
  ExpectOk(SignIn(Ticket(world_.root)));
  world_.clock.Advance(6s);
  EXPECT_EQ(SignIn("wrong").status, 401);
  EXPECT_EQ(SignIn("wrong").status, 429);
}

TEST_F(Browser, ANewSignInIsANewSessionAndEndsTheOneBefore) {
  const std::string before = Cookie(world_.root);
  Fields fields = OwnPage();
  fields["Cookie"] = before;
  const Reply again = SignIn(Ticket(world_.root), fields);
  ExpectOk(again);
  EXPECT_NE(CookieOf(again), before);
  EXPECT_EQ(ByPage(before, "GET", kSessions).status, 401);
  ExpectOk(ByPage(CookieOf(again), "GET", kSessions));
}

TEST_F(Browser, Promise8OfTheMainAccountMakesNoWayInLongAfterItsSignIn) {
  const auto ada = world_.MakeUser("ada", "AdministratorAccess");
  const std::string root = Cookie(world_.root);
  const std::string hers = Cookie(ada.key);
  const std::string make = "/?Action=CreateUser&Version=2015-05-01&UserName=";
  const std::string link = R"({"UserId":")" + ada.id.str() + "\"}";
  world_.clock.Advance(15min - 1ms);
  ExpectOk(ByPage(root, "POST", make + "one"));
  world_.clock.Advance(1ms);
  ExpectRefused(ByPage(root, "POST", make + "two"), 403, "ReauthenticationRequired");
  ExpectRefused(ByPage(root, "GET", make + "two"), 403, "ReauthenticationRequired");
  ExpectRefused(ByPage(root, "POST", "/atelier/v1/sign-in-links", link), 403,
                "ReauthenticationRequired");
  ExpectRefused(ByPage(root, "DELETE", "/atelier/v1/users/ada/password"), 403,
                "ReauthenticationRequired");
  EXPECT_EQ(world_.identities.Users().size(), 2U);
  // What lets nobody in, and whoever is not the main account, is not asked.
  ExpectOk(ByPage(root, "GET", kSessions));
  ExpectOk(ByPage(root, "POST", "/?Action=ListUsers&Version=2015-05-01"));
  ExpectOk(ByPage(hers, "POST", make + "three"));
  Fields fields = OwnPage();
  fields["Cookie"] = root;
  ExpectOk(ByPage(CookieOf(SignIn(Ticket(world_.root), fields)), "POST", make + "two"));
}

TEST_F(Browser, TellsTheMainAccountWhatNeedsANewSignIn) {
  const auto ada = world_.MakeUser("ada", "AdministratorAccess");
  const std::string root = Cookie(world_.root);
  const std::string hers = Cookie(ada.key);
  const auto may = [&](const std::string& cookie) {
    const Reply reply = ByPage(cookie, "POST", "/atelier/v1/can",
                               R"({"Questions":[{"Action":"ram:CreateUser"},
        {"Action":"atelier:SetUserPassword","Resource":"ada"},{"Action":"ram:ListUsers"},
        {"Action":"paiworkspace:CreateWorkspace"}]})");
    ExpectOk(reply);
    std::string codes;
    for (const json::value& one : reply.body.at("Permissions").as_array())
      codes += (one.at("Allowed").as_bool() ? "yes" : TextOf(one.as_object(), "Code")) + " ";
    return codes;
  };
  world_.clock.Advance(15min - 1ms);
  EXPECT_EQ(may(root), "yes yes yes yes ");
  world_.clock.Advance(1ms);
  EXPECT_EQ(may(root), "ReauthenticationRequired ReauthenticationRequired yes yes ");
  EXPECT_EQ(may(hers), "yes yes yes yes ");
}

TEST_F(Browser, SignsOut) {
  const std::string cookie = Cookie(world_.root);
  const std::string other = Cookie(world_.root);
  Fields elsewhere = OwnPage();
  elsewhere["Cookie"] = cookie;
  elsewhere["Sec-Fetch-Site"] = "same-site";
  ExpectRefused(Ask("POST", "/atelier/v1/sign-out", elsewhere), 403, "CrossOriginRequest");
  ExpectOk(ByPage(cookie, "GET", kSessions));
  const Reply out = ByPage(cookie, "POST", "/atelier/v1/sign-out");
  ExpectOk(out);
  EXPECT_TRUE(out.headers.Get("Set-Cookie").starts_with("atelier-session=; Path=/; Max-Age=0;"));
  EXPECT_EQ(ByPage(cookie, "GET", kSessions).status, 401);
  ExpectOk(ByPage(other, "GET", kSessions));
  ExpectOk(ByPage(cookie, "POST", "/atelier/v1/sign-out"));
  EXPECT_EQ(Audits("SignOut").size(), 1U);
}

TEST_F(Browser, Promise8ACookieThatCouldBeReadOnItsWayIsNotGiven) {
  const std::string ticket = Ticket(world_.root);
  for (const char* host :
       {"lab.example", "192.0.2.1:8080", "localhost.example", "127.evil.example"}) {
    Fields fields = OwnPage();
    fields["Host"] = host;
    fields["Origin"] = std::string("http://") + host;
    ExpectRefused(SignIn(ticket, fields), 403, "SecureTransportRequired");
  }
  Fields fields = OwnPage();
  fields["Host"] = "lab.example";
  fields["Origin"] = "https://lab.example";
  const Reply in = SignIn(ticket, fields, true);
  ExpectOk(in);
  const std::string set(in.headers.Get("Set-Cookie"));
  EXPECT_TRUE(set.starts_with("__Host-atelier=")) << set;
  EXPECT_TRUE(set.ends_with("; HttpOnly; SameSite=Lax; Secure")) << set;
  fields["Cookie"] = CookieOf(in);
  EXPECT_EQ(Ask("GET", kSessions, fields, "", true).status, 200);
  // The same secret under the name that neighbours can set is nobody's.
  fields["Cookie"] = "atelier-session=" + CookieOf(in).substr(15);
  EXPECT_EQ(Ask("GET", kSessions, fields, "", true).status, 401);
}

class BehindAProxy : public Browser {
 protected:
  BehindAProxy() : Browser({.public_url = "https://lab.example"}) {}
};

TEST_F(BehindAProxy, TheNamedAddressIsTheConsoles) {
  const Reply made = world_.Call(world_.root, "POST", "/atelier/v1/sign-in-links", {.version = ""});
  EXPECT_TRUE(made.Text("Url").starts_with("https://lab.example/console/sign-in#ticket="));
  Fields fields = OwnPage();
  fields["Host"] = "lab.example";
  fields["Origin"] = "https://lab.example";
  const Reply in = SignIn(made.Text("Ticket"), fields);
  ExpectOk(in);
  EXPECT_TRUE(in.headers.Get("Set-Cookie").starts_with("__Host-atelier="));
  fields["Origin"] = "http://lab.example";
  fields["Sec-Fetch-Site"] = "";
  fields["Cookie"] = CookieOf(in);
  EXPECT_EQ(Ask("GET", kSessions, fields).status, 403);
}

class SharedOrigin : public Browser {
 protected:
  SharedOrigin() : Browser({.sign_in = false}) {}
};

TEST_F(SharedOrigin, Promise8LetsNobodySignIn) {
  ExpectRefused(world_.Call(world_.root, "POST", "/atelier/v1/sign-in-links", {.version = ""}), 403,
                "SharedOrigin");
  const std::string ticket =
      world_.sessions.MakeTicket(model::UserId(world_.account.str()), world_.root.id).text;
  ExpectRefused(SignIn(ticket), 403, "SharedOrigin");
  const Reply nobody = Ask("GET", "/atelier/v1/session", OwnPage());
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(json::serialize(nobody.body.at("SignInMethods")), "[]");
}

class TwoOrigins : public Browser {
 protected:
  TwoOrigins() : Browser({.apps_port = [] { return std::uint16_t{8081}; }}) {}
};

TEST_F(TwoOrigins, LinksToNotebooksNameTheOther) {
  world_.Put(world_.Sample("dsw-apart"));
  const Reply signed_one = world_.Get(world_.root, "/api/v2/instances/dsw-apart");
  EXPECT_EQ(signed_one.Text("JupyterlabUrl"), "http://workshop.test:8081/dsw-apart/lab/");
  const std::string cookie = Cookie(world_.root);
  EXPECT_EQ(ByPage(cookie, "GET", "/api/v2/instances/dsw-apart").Text("JupyterlabUrl"),
            "http://localhost:8081/dsw-apart/lab/");
  EXPECT_TRUE(world_.Call(world_.root, "POST", "/atelier/v1/sign-in-links", {.version = ""})
                  .Text("Url")
                  .starts_with("http://workshop.test:8080/console/"));
}

TEST_F(TwoOrigins, ALinkToANotebookHasItsSecretBehindTheHash) {
  world_.Put(world_.Sample("dsw-apart"));
  const Reply made =
      ByPage(Cookie(world_.root), "POST", "/atelier/v1/instances/dsw-apart/open-links",
             R"({"Path":"lab/tree/x"})");
  ExpectOk(made);
  EXPECT_EQ(made.Text("ExpiresAt"), "2024-05-01T12:01:00Z");
  // Browsers take the name for their own host; who does not has the port.
  const std::string by_name = "http://dsw-apart.localhost:8081/_open#ticket=";
  const std::string by_port = "http://localhost:8081/_open#ticket=";
  ASSERT_TRUE(made.Text("Url").starts_with(by_name)) << made.text;
  ASSERT_TRUE(made.Text("PortUrl").starts_with(by_port)) << made.text;
  const std::string ticket = made.Text("Url").substr(by_name.size());
  EXPECT_EQ(made.Text("PortUrl"), by_port + ticket);
  const auto grant = world_.openings.Take(ticket);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->instance.str(), "dsw-apart");
  EXPECT_EQ(grant->user.str(), world_.account.str());
  EXPECT_EQ(grant->target, "/dsw-apart/lab/tree/x");
  EXPECT_FALSE(grant->session.empty());
  const Reply elsewhere = world_.Call(
      world_.root, "POST", "/atelier/v1/instances/dsw-apart/open-links", {.version = ""});
  EXPECT_TRUE(elsewhere.Text("Url").starts_with("http://workshop.test:8081/_open#ticket="));
}

TEST_F(Browser, Promise8ATicketSignsInOrOpensAndNeverBoth) {
  world_.Put(world_.Sample("dsw-a"));
  const std::string path = "/atelier/v1/instances/dsw-a/open-links";
  const Reply made = world_.Call(world_.root, "POST", path, {.version = ""});
  ExpectOk(made);
  const std::string url = made.Text("Url");
  ExpectRefused(SignIn(url.substr(url.find('=') + 1)), 401, "SignInFailed");
  EXPECT_FALSE(world_.openings.Take(Ticket(world_.root)));
}

TEST_F(Browser, Promise8ALinkToANotebookIsForWhoMayOpenIt) {
  world_.Put(world_.Sample("dsw-a"));
  const auto bob = world_.MakeUser("bob", "AliyunPAIDSWFullAccess");
  const std::string path = "/atelier/v1/instances/dsw-a/open-links";
  ExpectRefused(world_.Call(bob.key, "POST", path, {.version = ""}), 403, "NoPermission");
  EXPECT_TRUE(Audits("CreateOpenLink").empty());
  ExpectOk(world_.Call(world_.root, "POST", path, {.version = ""}));
  EXPECT_EQ(Audits("CreateOpenLink").size(), 1U);
  for (const char* bad : {"/lab", "../dsw-b/lab", "lab/../../dsw-b", "lab/%2E%2e/x", "lab\\\\x",
                          "//evil.example", "lab/./x"})
    ExpectRefused(world_.Call(world_.root, "POST", path,
                              {.body = R"({"Path":")" + std::string(bad) + "\"}", .version = ""}),
                  400, "InvalidParameter");
}

class NamedHosts : public Browser {
 protected:
  NamedHosts()
      : Browser({.public_url = "https://lab.example", .apps_url = "https://*.apps.example"}) {}
};

TEST_F(NamedHosts, EveryUrlNamesTheHostOfItsInstance) {
  world_.Put(world_.Sample("dsw-a"));
  EXPECT_EQ(world_.Get(world_.root, "/api/v2/instances/dsw-a").Text("JupyterlabUrl"),
            "https://dsw-a.apps.example/dsw-a/lab/");
  const Reply made =
      world_.Call(world_.root, "POST", "/atelier/v1/instances/dsw-a/open-links", {.version = ""});
  EXPECT_TRUE(made.Text("Url").starts_with("https://dsw-a.apps.example/_open#ticket="));
  EXPECT_EQ(made.Text("Url"), made.Text("PortUrl"));
  Fields fields = OwnPage();
  fields["Host"] = "lab.example";
  fields["Origin"] = "https://lab.example";
  EXPECT_EQ(Ask("GET", "/atelier/v1/session", fields).Text("AppsOrigin"), "Names");
}

TEST_F(Browser, Promise8AHostThatIsNotTheConsolesHasNoSession) {
  // A page of evil.example whose name leads here is of its own origin to the browser.
  const std::string ticket = Ticket(world_.root);
  const std::string cookie = Cookie(world_.root);
  for (const char* host : {"evil.example:8080", "dsw-a.localhost:8080"}) {
    Fields fields = OwnPage();
    fields["Host"] = host;
    fields["Origin"] = std::string("http://") + host;
    ExpectRefused(SignIn(ticket, fields), 403, "SecureTransportRequired");
    fields["Cookie"] = cookie;
    ExpectRefused(Ask("GET", kSessions, fields), 403, "SecureTransportRequired");
    fields["Origin"] = "";
    ExpectRefused(Ask("GET", kSessions, fields), 403, "SecureTransportRequired");
  }
}

TEST_F(BehindAProxy, Promise8AHostThatIsNotTheConsolesHasNoSession) {
  const std::string ticket =
      world_.sessions.MakeTicket(model::UserId(world_.account.str()), world_.root.id).text;
  Fields fields = OwnPage();
  fields["Host"] = "evil.example";
  fields["Origin"] = "";
  ExpectRefused(SignIn(ticket, fields), 403, "CrossOriginRequest");
  fields["Host"] = "lab.example";
  ExpectOk(SignIn(ticket, fields));
}

TEST_F(Browser, Promise8SeesItsOwnersSessionsAndEndsThemAlone) {
  const auto ada = world_.MakeUser("ada", "");
  const std::string hers = Cookie(ada.key);
  const std::string roots = Cookie(world_.root);
  const Reply mine = ByPage(hers, "GET", kSessions);
  ExpectOk(mine);
  ASSERT_EQ(mine.body.at("TotalCount"), json::value(1)) << mine.text;
  const auto& session = mine.body.at("Sessions").at(0).as_object();
  EXPECT_EQ(session.at("UserName"), "ada");
  EXPECT_EQ(session.at("Method"), "Link");
  EXPECT_EQ(session.at("GmtCreateTime"), "2024-05-01T12:00:00Z");
  EXPECT_EQ(session.at("ExpiresAt"), "2024-05-08T12:00:00Z");
  EXPECT_EQ(session.at("SourceIp"), "192.0.2.7");
  EXPECT_EQ(session.at("Current"), json::value(true));
  ExpectRefused(world_.Get(ada.key, kSessions, {{"UserId", "ALL"}}), 403, "NoPermission");
  ExpectRefused(world_.Get(ada.key, kSessions, {{"UserId", world_.account.str()}}), 403,
                "NoPermission");
  const Reply all = world_.Get(world_.root, kSessions, {{"UserId", "ALL"}});
  ASSERT_EQ(all.body.at("TotalCount"), json::value(2)) << all.text;
  std::string of_root;
  for (const auto& one : all.body.at("Sessions").as_array()) {
    if (one.at("UserId").as_string() == world_.account.str())
      of_root = one.at("SessionId").as_string();
  }
  const auto end = [&](const identity::NewKey& key, const std::string& id) {
    return world_.Call(key, "DELETE", kSessions + ("/" + id), {.version = ""});
  };
  ExpectRefused(end(ada.key, of_root), 403, "NoPermission");
  ExpectRefused(end(ada.key, "none"), 403, "NoPermission");  // as if it were somebody's
  ExpectRefused(end(world_.root, "none"), 404, "InvalidSession.NotFound");
  ExpectOk(end(world_.root, std::string(session.at("SessionId").as_string())));
  EXPECT_EQ(ByPage(hers, "GET", kSessions).status, 401);
  ExpectOk(ByPage(roots, "GET", kSessions));
}

TEST_F(Browser, Promise8ALinkIsForOneselfUnlessRamAllowsMore) {
  const auto ada = world_.MakeUser("ada", "");
  const auto bob = world_.MakeUser("bob", "");
  const auto ask = [&](const identity::NewKey& key, const std::string& user) {
    return world_.Call(key, "POST", "/atelier/v1/sign-in-links",
                       {.body = R"({"UserId":")" + user + "\"}", .version = ""});
  };
  ExpectOk(ask(ada.key, ada.id.str()));
  ExpectRefused(ask(ada.key, bob.id.str()), 403, "NoPermission");
  ExpectRefused(ask(ada.key, "1111"), 403, "NoPermission");
  const Reply lent = ask(world_.root, bob.id.str());
  ExpectOk(lent);
  const Reply in = SignIn(lent.Text("Ticket"));
  EXPECT_EQ(in.Text("UserName"), "bob");
  EXPECT_EQ(ask(world_.root, "1111").status, 404);
  // All but identities is not enough: bob may be an administrator.
  world_.Attach("PowerUserAccess", "ada");
  ExpectRefused(ask(ada.key, bob.id.str()), 403, "NoPermission");
  world_.Attach("AdministratorAccess", "ada");
  ExpectOk(ask(ada.key, bob.id.str()));
  ExpectRefused(ask(ada.key, world_.account.str()), 403, "NoPermission");
  // Neither a temporary key, nor a session for its own user.
  world_.MakeRole("Runner", "AdministratorAccess");
  const auto temporary = world_.Assume("Runner");
  ExpectRefused(ask(temporary, bob.id.str()), 403, "NoPermission");
  ExpectRefused(world_.Call(temporary, "POST", "/atelier/v1/sign-in-links", {.version = ""}), 403,
                "NoPermission");
  ExpectRefused(ByPage(CookieOf(in), "POST", "/atelier/v1/sign-in-links"), 403, "NoPermission");
  world_.MakePolicy("deny", R"({"Effect":"Deny","Action":"atelier:*","Resource":"*"})");
  world_.Attach("deny", "bob");
  ExpectRefused(ask(bob.key, bob.id.str()), 403, "NoPermission");
}

TEST_F(Browser, Promise8AWorkloadsOwnNetworkIsNoBrowsers) {
  const std::string ticket = Ticket(world_.root);
  http::RequestHead head = ApiWorld::Head("POST", "/atelier/v1/sign-in");
  head.inside = true;
  for (auto& [name, value] : OwnPage()) head.headers.Add(name, value);
  head.headers.Add("Host", "localhost:8080");
  EXPECT_EQ(world_.Send(std::move(head), R"({"Ticket":")" + ticket + "\"}").status, 404);
  ExpectOk(SignIn(ticket));
}

class Passwords : public Browser {
 protected:
  Passwords() : Browser({.passwords = true}) { ada_ = world_.MakeUser("ada", ""); }

  Reply Set(const std::string& password, const identity::NewKey& key) {
    return world_.Call(key, "PUT", "/atelier/v1/users/ada/password",
                       {.body = R"({"Password":")" + password + "\"}", .version = ""});
  }
  Reply Try(const std::string& name, const std::string& password) {
    return Ask("POST", "/atelier/v1/sign-in", OwnPage(),
               R"({"UserName":")" + name + R"(","Password":")" + password + "\"}");
  }

  ApiWorld::Person ada_;
};

TEST_F(Passwords, OneSignsItsUserIn) {
  EXPECT_EQ(json::serialize(Ask("GET", "/atelier/v1/session", OwnPage()).body.at("SignInMethods")),
            R"(["Link","Password"])");
  ExpectOk(Set("correct horse", world_.root));
  const Reply in = Try("ada", "correct horse");
  ExpectOk(in);
  EXPECT_EQ(in.Text("UserId"), ada_.id.str());
  const Reply sessions = ByPage(CookieOf(in), "GET", kSessions);
  ExpectOk(sessions);
  EXPECT_EQ(sessions.body.at("Sessions").at(0).at("Method"), "Password");
  ExpectRefused(ByPage(CookieOf(in), "GET", "/atelier/v1/orphans"), 403, "NoPermission");
  ExpectRefused(ByPage(CookieOf(in), "POST", "/atelier/v1/sign-in-links"), 403, "NoPermission");
  EXPECT_EQ(Audits("SignIn").size(), 1U);
  EXPECT_EQ(Audits("SetUserPassword").size(), 1U);
}

TEST_F(Passwords, Promise8NothingTellsWhatWasWrong) {
  ExpectOk(Set("correct horse", world_.root));
  const auto bob = world_.MakeUser("bob", "");
  std::set<std::string> answers;
  for (const auto& [name, password] :
       std::vector<std::pair<std::string, std::string>>{{"ada", "wrong horse"},
                                                        {"ada", ""},
                                                        {"bob", ""},
                                                        {"bob", "correct horse"},
                                                        {"nobody", "correct horse"},
                                                        {"workshop", "correct horse"},
                                                        {"ada", std::string(4000, 'x')}}) {
    const Reply reply = Try(name, password);
    ExpectRefused(reply, 401, "SignInFailed");
    answers.insert(reply.message());
  }
  EXPECT_EQ(answers.size(), 1U);
}

TEST_F(Passwords, Promise8OneIsKeptAsAHashAlone) {
  ExpectOk(Set("correct horse", world_.root));
  const auto hash = [&] { return world_.identities.FindUserByName("ada")->password->hash; };
  const std::string first = hash();
  EXPECT_TRUE(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << first;
  ExpectOk(Set("correct horse", world_.root));
  EXPECT_NE(hash(), first) << "salted";
  for (const std::string& record : Dump(world_))
    EXPECT_EQ(record.find("correct horse"), std::string::npos) << record;
}

TEST_F(Passwords, Promise8AChangeEndsTheSessionsByTheOneBefore) {
  ExpectOk(Set("correct horse", world_.root));
  const std::string old = CookieOf(Try("ada", "correct horse"));
  const std::string by_link = Cookie(ada_.key);
  ExpectOk(ByPage(old, "GET", kSessions));
  world_.clock.Advance(1s);
  ExpectOk(Set("battery staple", world_.root));
  EXPECT_EQ(ByPage(old, "GET", kSessions).status, 401);
  ExpectOk(ByPage(by_link, "GET", kSessions));
  EXPECT_EQ(Try("ada", "correct horse").status, 401);
  const std::string fresh = CookieOf(Try("ada", "battery staple"));
  ExpectOk(ByPage(fresh, "GET", kSessions));
  ExpectOk(world_.Call(world_.root, "DELETE", "/atelier/v1/users/ada/password", {.version = ""}));
  EXPECT_EQ(ByPage(fresh, "GET", kSessions).status, 401);
  EXPECT_EQ(Try("ada", "battery staple").status, 401);
}

TEST_F(Passwords, Promise8TheyAreSetByWhoMayMakeKeys) {
  ExpectRefused(Set("correct horse", ada_.key), 403, "NoPermission");
  world_.Attach("PowerUserAccess", "ada");
  ExpectRefused(Set("correct horse", ada_.key), 403, "NoPermission");
  for (const char* bad : {"short", "ends with a line\\n"})
    EXPECT_EQ(Set(bad, world_.root).status, 400) << bad;
  EXPECT_EQ(Set(std::string(129, 'x'), world_.root).status, 400);
  EXPECT_EQ(world_
                .Call(world_.root, "PUT", "/atelier/v1/users/nobody/password",
                      {.body = R"({"Password":"correct horse"})", .version = ""})
                .status,
            404);
  EXPECT_FALSE(world_.identities.FindUserByName("ada")->password);
}

TEST_F(Passwords, Promise10TriesWaitLongerAndLonger) {
  ExpectOk(Set("correct horse", world_.root));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Try("ada", "guess " + std::to_string(i)).status, 401) << i;
  ExpectRefused(Try("ada", "correct horse"), 429, "Throttling.User");
  world_.clock.Advance(1s);
  EXPECT_EQ(Try("ada", "guess").status, 401);
  world_.clock.Advance(1s);
  EXPECT_EQ(Try("ada", "guess").status, 429) << "two seconds now";
  ExpectOk(SignIn(Ticket(ada_.key)));  // a link is another way
  world_.clock.Advance(1h);
  ExpectOk(Try("ada", "correct horse"));
}

TEST_F(Browser, Promise9OtherMethodsAreNotThere) {
  for (const auto& [method, path] :
       std::vector<std::pair<const char*, const char*>>{{"GET", "/atelier/v1/sign-in"},
                                                        {"POST", "/atelier/v1/session"},
                                                        {"GET", "/atelier/v1/sign-out"},
                                                        {"DELETE", "/atelier/v1/session"}})
    ExpectRefused(Ask(method, path, OwnPage()), 404, "InvalidAction.NotFound");
}

}  // namespace
}  // namespace atelier::api
