// Events of instances are told by a signed POST, in order, and nobody waits for who does not take
// them.
#include "serve/wiring/webhook.h"

#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/codec.h"
#include "support/http_fixture.h"
#include "support/recorded_log.h"
#include "support/temp_dir.h"

namespace atelier::serve {
namespace {

using test::TestServer;

constexpr const char* kSecret = "a secret of thirty-two characters";

TEST(WebhookTarget, IsAUrlWithASecretInAFile) {
  const test::TempDir dir;
  const std::string file = dir.path() + "/secret";
  std::ofstream(file) << kSecret << "\n";
  const auto target = ParseWebhook("https://chat.example:8443/hooks/1?room=a", file);
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->address.host, "chat.example");
  EXPECT_EQ(target->address.port, 8443);
  EXPECT_TRUE(target->address.tls);
  EXPECT_EQ(target->host, "chat.example:8443");
  EXPECT_EQ(target->path, "/hooks/1?room=a");
  EXPECT_EQ(target->secret, kSecret);
  EXPECT_EQ(ParseWebhook("http://127.0.0.1:9", file)->path, "/");
  for (const char* bad : {"chat.example/x", "ftp://a/b", "https://", "http://a b/c",
                          "https://a/b c", "https://a/b#c", "https://user@a/b"}) {
    EXPECT_FALSE(ParseWebhook(bad, file).has_value()) << bad;
  }
  std::ofstream(file) << "short";
  EXPECT_FALSE(ParseWebhook("https://a/b", file).has_value());
  EXPECT_FALSE(ParseWebhook("https://a/b", dir.path() + "/none").has_value());
  EXPECT_FALSE(ParseWebhook("https://a/b", "/dev/zero").has_value());
}

class WebhookTest : public testing::Test {
 protected:
  /// `status` answers the call of each number, from 1.
  void Start(std::function<int(int)> status) {
    server_ = std::make_unique<TestServer>([this, status](http::Exchange& exchange) -> Task<void> {
      const auto body = co_await exchange.ReadBody(1U << 20U);
      const int number = ++calls_;
      if (hold_) co_await server_->clock().Sleep(Duration(50));
      heads_.push_back(exchange.head());
      bodies_.push_back(body.value_or(""));
      http::Response response;
      response.status = status(number);
      [[maybe_unused]] const Status sent = co_await exchange.Send(std::move(response));
    });
    server_->io().Call([&] {
      client_ = http::MakeClient({}, server_->io().executor(), server_->clock());
      model::Instance instance;
      instance.id = model::InstanceId("dsw-1");
      instance.name = "training";
      instance.workspace = model::WorkspaceId("42");
      instance.owner = model::UserId("7");
      instance.status = model::InstanceStatus::Running;
      instance.environment = {{"PASSWORD", "hunter2"}};
      Change(instances_, store::Kind::kInstance, "dsw-1", ToJson(instance));
      hook_ = std::make_unique<Webhook>(
          WebhookTarget{.address = {.host = "127.0.0.1", .port = server_->port()},
                        .host = "chat.test",
                        .path = "/hook",
                        .secret = kSecret},
          instances_, *client_, server_->clock(), *random_, log_, server_->io().executor());
    });
  }
  ~WebhookTest() override {
    if (!hook_) return;
    server_->io().Await(Stopped());
    server_->io().Call([&] {
      hook_.reset();
      client_.reset();
    });
  }
  Task<int> Stopped() {
    co_await hook_->Stop();
    co_return 0;
  }

  static void Change(store::Listener& listener, store::Kind kind, const std::string& key,
                     const std::string& body) {
    const store::Change change{.record = {.kind = kind, .key = key, .revision = 1, .body = body}};
    listener.Apply({&change, 1});
  }
  void Note(std::int64_t number, const std::string& message) {
    const model::Event event{.number = number,
                             .time = *ParseIso8601("2024-05-01T12:00:00Z"),
                             .level = model::EventLevel::Warning,
                             .message = message};
    server_->io().Call([&] {
      Change(*hook_, store::Kind::kEvent, "dsw-1/" + std::to_string(number), ToJson(event));
    });
  }
  bool Arrived(std::size_t calls) {
    return server_->io().Eventually([&] { return bodies_.size() >= calls; });
  }

  std::unique_ptr<Random> random_ = MakeSeededRandom(7);
  test::RecordedLog log_;
  directory::InstanceDirectory instances_;
  bool hold_ = false;
  int calls_ = 0;
  std::vector<http::RequestHead> heads_;
  std::vector<std::string> bodies_;
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<http::Client> client_;
  std::unique_ptr<Webhook> hook_;
};

TEST_F(WebhookTest, TellsTheEventWithAllThatItsReaderNeedsAndNoSecret) {
  Start([](int) { return 204; });
  Note(3, "Idle for 50.0 minutes. Without use it will be stopped in 10.0 minutes.");
  ASSERT_TRUE(Arrived(1));
  EXPECT_EQ(*ParseJson(bodies_[0]), *ParseJson(R"({"Id":"dsw-1/3","Type":"InstanceEvent",
      "Time":"2024-05-01T12:00:00Z","Level":"Warning","InstanceId":"dsw-1",
      "Message":"Idle for 50.0 minutes. Without use it will be stopped in 10.0 minutes.",
      "InstanceName":"training","Status":"Running","WorkspaceId":"42","UserId":"7"})"));
  EXPECT_EQ(heads_[0].target, "/hook");
  EXPECT_EQ(heads_[0].headers.Get("Host"), "chat.test");
  EXPECT_EQ(bodies_[0].find("hunter2"), std::string::npos);
}

TEST_F(WebhookTest, SignsTheTimeAndTheBody) {
  Start([](int) { return 200; });
  Note(1, "Created.");
  ASSERT_TRUE(Arrived(1));
  const std::string time(heads_[0].headers.Get("X-Atelier-Time"));
  const std::string signature(heads_[0].headers.Get("X-Atelier-Signature"));
  ASSERT_EQ(signature.size(), 7U + 64U);
  // As `openssl dgst -sha256 -hmac` signs the same bytes.
  const std::string command = "printf '%s\\n%s' '" + time + "' '" + bodies_[0] +
                              "' | openssl dgst -sha256 -hmac '" + kSecret + "'";
  FILE* pipe = ::popen(command.c_str(), "r");
  char line[256] = {};
  ASSERT_NE(::fgets(line, sizeof line, pipe), nullptr);
  ::pclose(pipe);
  EXPECT_NE(std::string(line).find(signature.substr(7)), std::string::npos) << line;
}

TEST_F(WebhookTest, KeepsTheOrderAndGoesOnAfterWhatIsRefused) {
  Start([](int number) { return number == 2 ? 400 : 200; });
  for (int i = 1; i <= 4; ++i) Note(i, "event " + std::to_string(i));
  ASSERT_TRUE(Arrived(4)) << "400 is not asked again";
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(ParseJson(bodies_.at(static_cast<std::size_t>(i)))->at("Message"),
              json::value("event " + std::to_string(i + 1)));
}

TEST_F(WebhookTest, SendsAgainWhatMayPass) {
  Start([](int number) { return number == 1 ? 503 : 200; });
  Note(1, "once more");
  ASSERT_TRUE(Arrived(2));
  EXPECT_EQ(bodies_[0], bodies_[1]);
}

TEST_F(WebhookTest, NobodyWaitsForItAndWhatWaitsIsBounded) {
  hold_ = true;
  Start([](int) { return 200; });
  for (int i = 1; i <= 3'000; ++i) Note(i, "flood");
  EXPECT_LE(server_->io().Call([&] { return hook_->waiting(); }), Webhook::kMaxWaiting);
}

}  // namespace
}  // namespace atelier::serve
