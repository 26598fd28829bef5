#pragma once
#include <deque>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "base/codec.h"
#include "cli/run/cli_environment.h"
#include "http/server.h"
#include "support/temp_dir.h"

/// The commands against a server of the test that answers as it is told to and remembers what it
/// was asked.
namespace atelier::cli {

struct Asked {
  std::string action;
  std::string version;
  std::string method;
  std::string target;
  std::string authorization;
  std::string body;
};

/// Answers each action with the scripted answers in turn; the last one again and again.
class FakeApi final : public http::Handler {
 public:
  Task<void> Handle(http::Exchange& exchange) override {
    const http::RequestHead head = exchange.head();
    const auto body = co_await exchange.ReadBody(1U << 20U);
    const http::Response answer =
        AnswerTo({.action = std::string(head.headers.Get("x-acs-action")),
                  .version = std::string(head.headers.Get("x-acs-version")),
                  .method = head.method,
                  .target = head.target,
                  .authorization = std::string(head.headers.Get("Authorization")),
                  .body = body.value_or("")});
    static_cast<void>(co_await exchange.Send(answer));  // a client that is gone fails its own test
  }
  http::Response Refuse(const Error&) override {
    return {.status = 400, .headers = {}, .body = "{}"};
  }

  void Script(const std::string& action, std::string body, int status = 200) {
    const std::scoped_lock lock(mutex_);
    script_[action].push_back({.status = status, .headers = {}, .body = std::move(body)});
  }
  /// What an action without a script answers; empty: that there is no such action.
  void set_standard(std::string body) {
    const std::scoped_lock lock(mutex_);
    standard_ = std::move(body);
  }
  std::vector<Asked> asked() {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

 private:
  http::Response AnswerTo(Asked asked) {
    const std::scoped_lock lock(mutex_);
    std::deque<http::Response>& answers = script_[asked.action];
    asked_.push_back(std::move(asked));
    if (answers.empty() && !standard_.empty())
      return {.status = 200, .headers = {}, .body = standard_};
    if (answers.empty())
      return {.status = 404, .headers = {}, .body = R"({"Code":"InvalidAction.NotFound"})"};
    http::Response answer = answers.front();
    if (answers.size() > 1) answers.pop_front();
    return answer;
  }

  std::mutex mutex_;
  std::string standard_;
  std::map<std::string, std::deque<http::Response>> script_;
  std::vector<Asked> asked_;
};

class CommandTest : public testing::Test {
 protected:
  CommandTest() {
    EXPECT_TRUE(server_->Start());
    endpoint_ = "http://127.0.0.1:" + std::to_string(server_->port());
    thread_ = std::thread([this] { io_.run(); });
  }
  ~CommandTest() override {
    io_.stop();
    thread_.join();
  }
  CommandTest(const CommandTest&) = delete;
  CommandTest& operator=(const CommandTest&) = delete;

  Exit RunLine(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    environment_["ATELIER_ENDPOINT"] = endpoint_;
    return cli::Run(std::move(arguments), env_);
  }
  std::string FileWith(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::vector<std::string> Actions() {
    std::vector<std::string> actions;
    for (const Asked& asked : api_.asked()) actions.push_back(asked.action);
    return actions;
  }
  /// The last request of this operation; empty: there was none.
  Asked LastOf(const std::string& action) {
    Asked last{};
    for (const Asked& asked : api_.asked()) {
      if (asked.action == action) last = asked;
    }
    return last;
  }
  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }
  /// The same without how long it took.
  std::string states() const {
    static const std::regex kTook(R"( \(\d+ s\))");
    return std::regex_replace(err_.str(), kTook, "");
  }

  asio::io_context io_;
  SystemClock clock_;
  std::unique_ptr<Logger> log_ = MakeNullLogger();
  FakeApi api_;
  std::unique_ptr<http::Server> server_ =
      http::MakeServer({}, api_, io_.get_executor(), clock_, *log_);
  std::thread thread_;
  std::string endpoint_;

  test::TempDir folder_;
  std::map<std::string, std::string> environment_ = {{"ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAItest"},
                                                     {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret"}};
  std::ostringstream out_;
  std::ostringstream err_;
  std::unique_ptr<Random> random_ = MakeSeededRandom(1);
  SystemClock command_clock_;
  CliEnvironment env_{.out = out_,
                      .err = err_,
                      .environment = [this](const char* name) -> std::optional<std::string> {
                        const auto found = environment_.find(name);
                        if (found == environment_.end()) return std::nullopt;
                        return found->second;
                      },
                      .clock = command_clock_,
                      .random = *random_,
                      .server_options = {"--data", "--listen", "--tls-certificate", "--tls-key"},
                      .poll_every = Duration(1)};
};

}  // namespace atelier::cli
