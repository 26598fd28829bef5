#include "console/console.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "support/fake_exchange.h"
#include "support/run.h"

namespace atelier::console {
namespace {

constexpr auto kFiles = std::to_array<Asset>({
    {.path = "assets/app-1.js",
     .type = "text/javascript; charset=utf-8",
     .plain = {"plain script", "\"p\""},
     .brotli = {"br script", "\"b\""},
     .gzip = {"gz script", "\"g\""}},
    {.path = "favicon.png", .type = "image/png", .plain = {"picture", "\"i\""}},
    {.path = "index.html", .type = "text/html; charset=utf-8", .plain = {"page", "\"x\""}},
});

http::RequestHead Head(std::string method, std::string target,
                       std::initializer_list<http::Headers::Entry> headers = {}) {
  http::RequestHead head{.method = std::move(method), .target = std::move(target)};
  for (const auto& [name, value] : headers) head.headers.Add(name, value);
  return head;
}

http::Response Answer(const http::RequestHead& head, std::span<const Asset> files = kFiles) {
  test::FakeExchange exchange(head, "");
  const Console console(files);
  boost::asio::io_context io;
  test::Run(io, console.Handle(exchange));
  return exchange.response().value_or(http::Response{.status = 0});
}

http::Response Get(std::string target, std::initializer_list<http::Headers::Entry> headers = {}) {
  return Answer(Head("GET", std::move(target), headers));
}

TEST(Console, OwnsItsFolderAndTheRootForBrowsers) {
  const http::Headers::Entry browser{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"};
  EXPECT_TRUE(Console::Owns(Head("GET", "/", {browser})));
  EXPECT_TRUE(Console::Owns(Head("HEAD", "/", {browser})));
  EXPECT_TRUE(Console::Owns(Head("GET", "/console")));
  EXPECT_TRUE(Console::Owns(Head("GET", "/console?lang=zh")));
  EXPECT_TRUE(Console::Owns(Head("POST", "/console/instances")));

  EXPECT_FALSE(Console::Owns(Head("GET", "/")));
  EXPECT_FALSE(Console::Owns(Head("GET", "/", {{"Accept", "application/json, */*"}})));
  EXPECT_FALSE(Console::Owns(Head("GET", "/", {{"Accept", "text/html;q=0, */*"}})));
  EXPECT_FALSE(Console::Owns(Head("GET", "/?Action=GetCallerIdentity", {browser})));
  EXPECT_FALSE(Console::Owns(Head("POST", "/", {browser})));
  EXPECT_FALSE(Console::Owns(Head("GET", "/consoles", {browser})));
  EXPECT_FALSE(Console::Owns(Head("GET", "/api/v2/instances", {browser})));
}

TEST(Console, LeadsToItsPages) {
  for (const char* target : {"/", "/console", "/console?x=1"}) {
    const auto answer = Get(target);
    EXPECT_EQ(answer.status, 302) << target;
    EXPECT_EQ(answer.headers.Get("Location"), "/console/") << target;
    EXPECT_EQ(answer.headers.Get("Cache-Control"), "no-store") << target;
  }
}

TEST(Console, AnyPageIsTheIndexAndAMissingFileIsNot) {
  struct Case {
    const char* target;
    const char* accept;
    int status;
  };
  for (const Case& c : {
           Case{"/console/", "*/*", 200},
           {"/console/instances?q=gpu%3E0", "text/html", 200},
           {"/console/instances/dsw-1/logs", "*/*", 200},
           {"/console/services/resnet.v2", "text/html,*/*;q=0.8", 200},
           {"/console/favicon.png", "image/*", 200},
           {"/console/robots.txt", "*/*", 404},
           {"/console/assets/app-0.js", "*/*", 404},
           {"/console/assets/app-0.js", "text/html", 404},
           {"/console/assets/", "text/html", 404},
           {"/console/../etc/passwd", "*/*", 200},  // the index: no path is a path of the disk
       }) {
    const auto answer = Get(c.target, {{"Accept", c.accept}});
    EXPECT_EQ(answer.status, c.status) << c.target << " " << c.accept;
    if (c.status == 404) {
      EXPECT_EQ(answer.headers.Get("Cache-Control"), "no-store") << c.target;
    }
  }
  EXPECT_EQ(Get("/console/a").body, "page");
}

TEST(Console, SendsTheFormThatTheClientLikesBest) {
  struct Case {
    const char* accept;
    const char* coding;
    const char* etag;
    const char* body;
  };
  for (const Case& c : {
           Case{"gzip, deflate, br, zstd", "br", "\"b\"", "br script"},
           {"gzip", "gzip", "\"g\"", "gz script"},
           {"GZIP;q=0.5", "gzip", "\"g\"", "gz script"},
           {"br;q=0.5, gzip;q=0.8", "gzip", "\"g\"", "gz script"},
           {"br;q=0, *;q=0.1", "gzip", "\"g\"", "gz script"},
           {"*", "br", "\"b\"", "br script"},
           {"identity;q=1, br;q=0.5", "", "\"p\"", "plain script"},
           {"", "", "\"p\"", "plain script"},
           {"deflate", "", "\"p\"", "plain script"},
           {"br;q=nonsense", "", "\"p\"", "plain script"},
           {"identity;q=0", "", "\"p\"", "plain script"},
       }) {
    const auto answer = Get("/console/assets/app-1.js", {{"Accept-Encoding", c.accept}});
    EXPECT_EQ(answer.status, 200) << c.accept;
    EXPECT_EQ(answer.headers.Get("Content-Encoding"), c.coding) << c.accept;
    EXPECT_EQ(answer.headers.Get("ETag"), c.etag) << c.accept;
    EXPECT_EQ(answer.headers.Get("Vary"), "Accept-Encoding") << c.accept;
    EXPECT_EQ(answer.headers.Get("Content-Length"), std::to_string(std::string_view(c.body).size()))
        << c.accept;
    EXPECT_EQ(answer.body, c.body) << c.accept;
  }
  // A file that compressing does not make smaller has one form.
  EXPECT_EQ(Get("/console/favicon.png", {{"Accept-Encoding", "br"}}).body, "picture");
}

TEST(Console, HashedNamesAreKeptAndOthersAskedForAgain) {
  EXPECT_EQ(Get("/console/assets/app-1.js").headers.Get("Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(Get("/console/").headers.Get("Cache-Control"), "no-cache");
  for (const char* tags : {"\"x\"", "W/\"x\"", "\"old\", \"x\"", "*"}) {
    const auto answer = Get("/console/home", {{"If-None-Match", tags}});
    EXPECT_EQ(answer.status, 304) << tags;
    EXPECT_EQ(answer.headers.Get("ETag"), "\"x\"") << tags;
    EXPECT_EQ(answer.body, "") << tags;
  }
  EXPECT_EQ(Get("/console/", {{"If-None-Match", "\"old\""}}).status, 200);
  // The tag is of what is sent: that of one form is not that of another.
  const auto other =
      Get("/console/assets/app-1.js", {{"If-None-Match", "\"p\""}, {"Accept-Encoding", "gzip"}});
  EXPECT_EQ(other.status, 200);
}

TEST(Console, EveryAnswerForbidsWhatThePagesDoNotNeed) {
  for (const char* target : {"/", "/console/", "/console/assets/app-1.js", "/console/no.txt"}) {
    const auto answer = Get(target);
    const auto policy = answer.headers.Get("Content-Security-Policy");
    for (const char* rule :
         {"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'",
          "base-uri 'none'", "require-trusted-types-for 'script'"}) {
      EXPECT_NE(policy.find(rule), std::string_view::npos) << target << " " << rule;
    }
    EXPECT_EQ(policy.find("unsafe"), std::string_view::npos) << target;
    EXPECT_EQ(answer.headers.Get("X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(answer.headers.Get("Referrer-Policy"), "no-referrer") << target;
    EXPECT_EQ(answer.headers.Get("Cross-Origin-Opener-Policy"), "same-origin") << target;
    EXPECT_FALSE(answer.headers.Has("Strict-Transport-Security")) << target;
  }
  auto head = Head("GET", "/console/");
  head.tls = true;
  EXPECT_EQ(Answer(head).headers.Get("Strict-Transport-Security"), "max-age=31536000");
}

TEST(Console, APageMayCallWhereItIsToldAndNowhereElse) {
  boost::asio::io_context io;
  const Console console(kFiles, [](const http::RequestHead& head) {
    return "http://" + std::string(head.headers.Get("Host")) + ":81/api/predict/";
  });
  test::FakeExchange exchange(Head("GET", "/console/", {{"Host", "h"}}), "");
  test::Run(io, console.Handle(exchange));
  const auto answer = exchange.response().value_or(http::Response{.status = 0});
  EXPECT_TRUE(answer.headers.Get("Content-Security-Policy")
                  .ends_with("; connect-src 'self' http://h:81/api/predict/"));
  EXPECT_TRUE(
      Get("/console/").headers.Get("Content-Security-Policy").ends_with("; connect-src 'self'"));
}

TEST(Console, IsReadOnly) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    const auto answer = Answer(Head(method, "/console/"));
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.headers.Get("Allow"), "GET, HEAD") << method;
  }
  const auto head = Answer(Head("HEAD", "/console/assets/app-1.js"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.Get("Content-Length"), "12");
  EXPECT_EQ(head.body, "");
}

TEST(Console, SaysThatItWasNotBuilt) {
  const auto answer = Answer(Head("GET", "/console/", {{"Accept", "text/html"}}), {});
  EXPECT_EQ(answer.status, 404);
  EXPECT_NE(answer.body.find("built without its web console"), std::string::npos);
}

TEST(Console, TheBuiltFilesAreSortedAndHaveTheirForms) {
  const auto files = BuiltAssets();
  EXPECT_TRUE(std::ranges::is_sorted(files, {}, &Asset::path));
  for (const Asset& file : files) {
    EXPECT_FALSE(file.plain.etag.empty()) << file.path;
    for (const auto* body : {&file.brotli, &file.gzip}) {
      EXPECT_LE(body->bytes.size(), file.plain.bytes.size()) << file.path;
      EXPECT_EQ(body->bytes.empty(), body->etag.empty()) << file.path;
    }
  }
  if (!files.empty()) {
    EXPECT_EQ(Answer(Head("GET", "/console/"), files).status, 200);
  }
}

}  // namespace
}  // namespace atelier::console
