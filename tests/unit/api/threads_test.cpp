// Reads on several threads (docs/decisions/0050-request-threads.md). What they are answered
// from is never older than what was acknowledged or taken away before they were asked; and, under
// ThreadSanitizer, nothing is touched on two threads that is not made for it.
#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "unit/api/write_support.h"

namespace atelier::api {
namespace {

using model::WorkspaceRole;
using test::ApiWorld;
using test::FakeExchange;
using test::Reply;

constexpr std::size_t kThreads = 3;  // the control thread is the first
constexpr const char* kPath = "/api/v2/instances/dsw-1";
constexpr const char* kList = "/api/v2/instances";

/// What `fn` gives on a thread of its own.
template <class Fn>
auto Elsewhere(Fn fn) {
  decltype(fn()) result{};
  std::thread([&] { result = fn(); }).join();
  return result;
}

class Threads : public testing::Test {
 protected:
  Threads()
      : ada_(world_.MakeUser("ada", "AliyunPAIDSWFullAccess",
                             {{world_.workspace, WorkspaceRole::AlgoDeveloper}})) {
    model::Instance instance = world_.Sample("dsw-1");
    instance.owner = ada_.id;
    instance.name = "name_0";
    instance.driver = "0";
    world_.Put(instance);
  }

  /// nullopt: that thread hands it on.
  std::optional<Reply> AnswerOn(std::size_t thread, const http::RequestHead& head,
                                const std::string& body = {}) {
    return Elsewhere([&]() -> std::optional<Reply> {
      FakeExchange exchange(head, body);
      const auto response = world_.api.AnswerAtOnce(exchange, thread);
      if (!response) return std::nullopt;
      return ApiWorld::ReplyOf(*response);
    });
  }
  Reply Ask(std::size_t thread, const http::RequestHead& head) {
    if (thread == 0) return world_.Send(head);
    return AnswerOn(thread, head).value_or(Reply());
  }
  Reply Get(std::size_t thread, const identity::NewKey& key, const std::string& token = {}) {
    Extra extra;
    if (!token.empty()) extra.query.emplace_back("Token", token);
    return Ask(thread, world_.Signed(key, "GET", kPath, extra));
  }
  Reply List(std::size_t thread, const identity::NewKey& key) {
    return Ask(thread, world_.Signed(key, "GET", kList,
                                     {.query = {{"WorkspaceId", world_.workspace.str()}}}));
  }
  /// Answered twice on each thread, so that whatever is kept is kept and has been used.
  void ExpectKnown(const identity::NewKey& key) {
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      for (int i = 0; i < 2; ++i) {
        ExpectOk(Get(thread, key));
        ExpectOk(List(thread, key));
      }
    }
  }
  void OnEach(const std::function<void(std::size_t thread)>& expect) {
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      SCOPED_TRACE("thread " + std::to_string(thread));
      expect(thread);
    }
  }
  template <class T>
  void Do(Task<T> task) {
    ApiWorld::Check(test::Run(world_.io, std::move(task)));
  }
  void Leave(const ApiWorld::Person& person) {
    Do(world_.identity.DeleteMembers(
        world_.workspace, {world_.workspace.str() + "-" + person.id.str()}, world_.actor));
  }

  using Extra = test::Extra;
  ApiWorld world_{{.threads = kThreads}};
  ApiWorld::Person ada_;
};

TEST_F(Threads, TheSameRequestHasTheSameAnswerOnEach) {
  std::vector<json::object> answers;
  OnEach([&](std::size_t thread) {
    Reply reply = Get(thread, ada_.key);
    ExpectOk(reply);
    reply.body.erase("RequestId");
    answers.push_back(std::move(reply.body));
  });
  EXPECT_EQ(answers.at(1), answers.at(0));
  EXPECT_EQ(answers.at(2), answers.at(0));
  EXPECT_EQ(answers.at(0).at("InstanceId"), "dsw-1");
}

TEST_F(Threads, WhatNeedsMoreThanMemoryIsHandedOn) {
  const auto handed_on = [&](const http::RequestHead& head, const std::string& body = {}) {
    EXPECT_FALSE(AnswerOn(1, head, body)) << head.method << " " << head.target;
  };
  handed_on(world_.Signed(ada_.key, "PUT", std::string(kPath) + "/stop"));
  handed_on(world_.Signed(ada_.key, "GET", std::string(kPath) + "/events"));
  handed_on(world_.Signed(ada_.key, "GET", "/api/v2/nothing"));
  // Functions as well, and not for every thread: by their type.
  handed_on(world_.Signed(ada_.key, "POST", "/atelier/v1/can"));
  handed_on(world_.Signed(ada_.key, "GET", "/atelier/v1/instances/counts"));
  handed_on(world_.Signed(ada_.key, "GET", kPath, {.body = "x"}), "x");
  handed_on(ApiWorld::Head("GET", "/healthz"));
  handed_on(ApiWorld::Head("GET", "/metrics"));
  http::RequestHead page = ApiWorld::Head("GET", kPath);
  page.headers.Add("X-Atelier-Console", "1");
  handed_on(page);
  EXPECT_TRUE(AnswerOn(1, world_.Signed(ada_.key, "GET", kPath)));
  EXPECT_EQ(AnswerOn(1, ApiWorld::Head("GET", kPath))->status, 400) << "a stranger's, refused here";
}

TEST_F(Threads, ANonceWorksOnceOnAll) {
  using Pair = std::pair<std::size_t, std::size_t>;
  for (const auto& [first, second] : {Pair(0, 1), Pair(1, 0), Pair(1, 2), Pair(2, 2)}) {
    const http::RequestHead head = world_.Signed(ada_.key, "GET", kPath);
    ExpectOk(Ask(first, head));
    ExpectRefused(Ask(second, head), 400, "SignatureNonceUsed");
  }
}

TEST_F(Threads, APolicyEndsWithTheNextRequestOnEach) {
  ExpectKnown(ada_.key);
  world_.Detach("AliyunPAIDSWFullAccess", "ada");
  OnEach([&](std::size_t thread) {
    ExpectRefused(Get(thread, ada_.key), 403, "NoPermission");
    ExpectRefused(List(thread, ada_.key), 403, "NoPermission");
  });
  world_.Attach("AliyunPAIDSWFullAccess", "ada");
  ExpectKnown(ada_.key);
}

TEST_F(Threads, AKeyEndsWithTheNextRequestOnEach) {
  ExpectKnown(ada_.key);
  Do(world_.identity.SetAccessKeyState(ada_.key.id, model::KeyState::Inactive, world_.actor));
  OnEach([&](std::size_t thread) {
    EXPECT_EQ(Get(thread, ada_.key).code(), "InvalidAccessKeyId.Inactive");
  });
  Do(world_.identity.SetAccessKeyState(ada_.key.id, model::KeyState::Active, world_.actor));
  ExpectKnown(ada_.key);
  Do(world_.identity.DeleteAccessKey(ada_.key.id, world_.actor));
  OnEach([&](std::size_t thread) {
    EXPECT_EQ(Get(thread, ada_.key).code(), "InvalidAccessKeyId.NotFound");
    EXPECT_EQ(List(thread, ada_.key).code(), "InvalidAccessKeyId.NotFound");
  });
}

TEST_F(Threads, AMembershipEndsWithTheNextRequestOnEach) {
  ExpectKnown(ada_.key);
  Leave(ada_);
  OnEach([&](std::size_t thread) {
    EXPECT_EQ(Get(thread, ada_.key).status, 403);
    EXPECT_EQ(List(thread, ada_.key).status, 403);
  });
}

TEST_F(Threads, ASharingTokenEndsWithTheRightOfItsIssuerOnEach) {
  const ApiWorld::Person bob = world_.MakeUser("bob", "");
  const Reply made =
      world_.Get(ada_.key, "/api/v2/tokens",
                 {{"InstanceId", "dsw-1"}, {"Type", "View"}, {"ExpireTime", "3600"}});
  ExpectOk(made);
  const std::string token = made.Text("Token");
  OnEach([&](std::size_t thread) {
    for (int i = 0; i < 2; ++i) ExpectOk(Get(thread, bob.key, token));
  });
  Leave(ada_);
  OnEach([&](std::size_t thread) { EXPECT_EQ(Get(thread, bob.key, token).status, 403); });
}

TEST_F(Threads, NamesAreThoseOfNowOnEach) {
  ExpectKnown(ada_.key);
  model::User user = *world_.identities.FindUser(ada_.id);
  user.display_name = "Ada L.";
  world_.Write(store::Kind::kUser, "ada", ToJson(user));
  OnEach([&](std::size_t thread) { EXPECT_EQ(Get(thread, ada_.key).Text("UserName"), "Ada L."); });
}

TEST_F(Threads, MetricsCountTheRequestsOfAll) {
  OnEach([&](std::size_t thread) { ExpectOk(Get(thread, ada_.key)); });
  const std::string page = world_.Send(ApiWorld::Head("GET", "/metrics")).text;
  EXPECT_NE(
      page.find(R"(atelier_requests_total{product="DSW",operation="GetInstance",code="OK"} 3)"),
      std::string::npos)
      << page.substr(0, 2000);
}

TEST_F(Threads, WhoHasNoPlaceLeftIsRefusedOnEach) {
  ApiWorld full({.max_requests_under_way = 0, .threads = kThreads});
  const auto head = [&] { return full.Signed(full.root, "GET", kPath); };
  EXPECT_EQ(full.Send(head()).status, 503);
  FakeExchange exchange(head(), "");
  EXPECT_EQ(full.api.AnswerAtOnce(exchange, 1)->status, 503);
}

/// Readers on their threads while this one writes: every answer is of one state, which is none of
/// before the latest write that was acknowledged when they asked.
TEST_F(Threads, ReadersSeeWhatWasAcknowledgedWhileAnotherWrites) {
  std::atomic<int> acknowledged = 0;
  std::atomic<bool> over = false;
  std::array<std::atomic<int>, kThreads> answers{};
  const auto number = [](const std::string& name) {
    return std::stoi(name.substr(name.find('_') + 1));
  };
  const WallTime now = world_.clock.Wall();
  const auto signed_by_itself = [&](std::size_t thread, int n, bool list) {
    identity::SigningInput input;
    input.access_key_id = ada_.key.id;
    input.access_key_secret = ada_.key.secret;
    input.method = "GET";
    input.host = "workshop.test:8080";
    input.path = list ? kList : kPath;
    if (list) input.query = {{"WorkspaceId", world_.workspace.str()}};
    input.action = "Anything";
    input.version = "2022-01-01";
    input.date = now;
    const std::string nonce = std::to_string(thread) + "/" + std::to_string(n);
    input.nonce = nonce;
    http::RequestHead head = ApiWorld::Head("GET", input.path, input.query);
    for (auto& [name, value] : identity::SignAcs3(input)) head.headers.Add(name, value);
    return head;
  };
  const auto read = [&](std::size_t thread) {
    for (int n = 0; !over; ++n) {
      const int before = acknowledged;
      FakeExchange exchange(signed_by_itself(thread, n, n % 2 == 1), "");
      const auto response = world_.api.AnswerAtOnce(exchange, thread);
      ASSERT_TRUE(response);
      const Reply reply = ApiWorld::ReplyOf(*response);
      if (reply.status == 403) continue;  // between a Detach and an Attach
      ASSERT_EQ(reply.status, 200) << reply.text;
      const json::object& shown =
          n % 2 == 1 ? reply.body.at("Instances").at(0).as_object() : reply.body;
      const int name = number(TextOf(shown, "InstanceName"));
      EXPECT_GE(name, before);
      EXPECT_EQ(TextOf(shown, "Driver"), std::to_string(name)) << "one state";
      ++answers.at(thread);
    }
  };
  std::vector<std::thread> readers;
  for (std::size_t thread = 1; thread < kThreads; ++thread)
    readers.emplace_back([&, thread] { read(thread); });
  model::Instance instance = world_.Sample("dsw-1");
  instance.owner = ada_.id;
  for (int i = 1; i <= 300 || answers.at(1) == 0 || answers.at(2) == 0; ++i) {
    instance.name = "name_" + std::to_string(i);
    instance.driver = std::to_string(i);
    world_.Put(instance);
    acknowledged = i;
    if (i % 10 == 0) {
      world_.Detach("AliyunPAIDSWFullAccess", "ada");
      world_.Attach("AliyunPAIDSWFullAccess", "ada");
    }
    if (i % 7 == 0) world_.MakeUser("user" + std::to_string(i), "AliyunPAIReadOnlyAccess");
    ExpectOk(Get(0, ada_.key));
  }
  over = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace atelier::api
