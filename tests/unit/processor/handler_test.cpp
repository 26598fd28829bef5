#include "processor/host/handler.h"

#include <gtest/gtest.h>

#include "processor/processor.h"
#include "support/fake_exchange.h"
#include "support/run.h"

namespace atelier::processor {
namespace {

class ProcessorHandler : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = Library::Open(ATELIER_SAMPLE_PROCESSOR);
    ASSERT_TRUE(opened) << opened.error().message();
    library_ = *opened;
    ASSERT_TRUE(library_.Initialize("m", "c"));
  }

  http::Response Ask(test::FakeExchange& exchange) {
    Handler handler(library_, workers_);
    test::Run(io_, handler.Handle(exchange));
    EXPECT_TRUE(exchange.response());
    return exchange.response().value_or(http::Response{.status = 0});
  }
  http::Response Ask(std::string method, std::string target, std::string body) {
    test::FakeExchange exchange({.method = std::move(method), .target = std::move(target)},
                                std::move(body));
    return Ask(exchange);
  }

  asio::io_context io_;
  Pool workers_{2};
  Library library_;
};

TEST_F(ProcessorHandler, AnyPathAndMethodIsARequestToTheLibrary) {
  const auto answer = Ask("PUT", "/anything?x=1", "hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "m|c|hello");
  EXPECT_EQ(Ask("GET", "/", "").body, "m|c|");
}

TEST_F(ProcessorHandler, APingIsNone) {
  const auto answer = Ask("GET", "/api/builtin/ping", "");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
}

TEST_F(ProcessorHandler, AStatusWithoutABodyHasNone) {
  const auto answer = Ask("POST", "/", "code 204");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
}

TEST_F(ProcessorHandler, ABodyThatIsTooLargeNeverReachesTheLibrary) {
  test::FakeExchange exchange({.method = "POST", .target = "/"}, "x");
  exchange.FailBody(Error(Code::kResourceExhausted, "The body is too large."));
  const auto answer = Ask(exchange);
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.body, R"({"Message":"The body is too large."})");
}

TEST(ProcessorInvocation, KeepsTheConfigurationOffTheCommandLine) {
  const auto call = InvocationOf({.library = "/processor/libx.so",
                                  .model_entry = "/model",
                                  .model_config = "secret",
                                  .port = 8080,
                                  .threads = 5});
  EXPECT_EQ(call.arguments,
            (std::vector<std::string>{"processor", "8080", "5", "/processor/libx.so", "/model"}));
  EXPECT_EQ(call.environment.at("ATELIER_MODEL_CONFIG"), "secret");
}

TEST(ProcessorInvocation, OtherArgumentsAreAMistakeOfTheCaller) {
  std::string name = "processor", port = "0", threads = "5", library = "x", entry;
  char* wrong[] = {name.data(), port.data(), threads.data(), library.data(), entry.data()};
  EXPECT_EQ(ProcessorMain(5, wrong), 2);
  EXPECT_EQ(ProcessorMain(2, wrong), 2);
}

}  // namespace
}  // namespace atelier::processor
