// An app behind the gateway does not see the prefix of its own URLs: it is told, and where it leads
// its clients nevertheless they stay with it.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "gateway_world.h"
#include "service_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawListener;

/// The header `name` of the answer as the client gets it. The replica's request goes to `seen`.
std::string Led(std::uint16_t gateway, const RawListener& app, const std::string& request,
                const std::string& name, const std::string& value, std::string* seen = nullptr) {
  RawClient client(gateway);
  client.Send(request);
  RawClient peer = app.Accept();
  const std::string head = peer.ReadSome();
  if (seen != nullptr) *seen = head;
  peer.Send("HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\nContent-Length: 0\r\n" + name +
            ": " + value + "\r\n\r\n");
  return client.Read().Header(name);
}

using Table = std::vector<std::pair<std::string, std::string>>;

class ServiceMount : public ServiceGatewayTest {
 protected:
  ServiceMount() { PutReplica("a", app_.port()); }
  std::string Location(const std::string& value, const std::string& target = "foo/v1/models",
                       const std::string& host = "gate:8080") {
    return Led(server_.port(), app_,
               "GET /api/predict/" + target + " HTTP/1.1\r\nHost: " + host +
                   "\r\nAuthorization: secret\r\n\r\n",
               "Location", value, &seen_);
  }
  RawListener app_;
  std::string seen_;
};

TEST_F(ServiceMount, TheReplicaIsToldItsPrefix) {
  Location("/");
  EXPECT_TRUE(seen_.starts_with("GET /v1/models HTTP/1.1\r\n")) << seen_;
  EXPECT_NE(seen_.find("\r\nX-Forwarded-Prefix: /api/predict/foo\r\n"), std::string::npos) << seen_;
}

TEST_F(ServiceMount, ALocationOfTheOwnHostStaysBelowThePrefix) {
  for (const auto& [said, led] : Table{
           {"/v1/models/", "/api/predict/foo/v1/models/"},
           {"/", "/api/predict/foo/"},
           {"/login?next=/x#y", "/api/predict/foo/login?next=/x#y"},
           {"/api/predict/bar/", "/api/predict/foo/api/predict/bar/"},
           {"/api/predict/foobar", "/api/predict/foo/api/predict/foobar"},
           {"http://gate:8080/v1/models/", "/api/predict/foo/v1/models/"},
           {"HTTP://GATE:8080/v1/", "/api/predict/foo/v1/"},
           {"https://gate:8080/v1/", "/api/predict/foo/v1/"},  // TLS ends in front
           {"//gate:8080/v1/", "/api/predict/foo/v1/"},
           {"http://gate:8080", "/api/predict/foo/"},
       }) {
    EXPECT_EQ(Location(said), led) << said;
  }
  // Default ports count.
  EXPECT_EQ(Location("http://gate:80/v1/", "foo", "gate"), "/api/predict/foo/v1/");
  EXPECT_EQ(Location("https://gate/v1/", "foo", "gate:443"), "/api/predict/foo/v1/");
}

TEST_F(ServiceMount, EveryOtherLocationIsLeftAlone) {
  for (const std::string said :
       {"/api/predict/foo", "/api/predict/foo?x=1", "/api/predict/foo/v1/",  // it knows its prefix
        "http://gate:8080/api/predict/foo/v1/", "https://elsewhere/v1/", "http://gate:9090/v1/",
        "//elsewhere/v1/", "/\\elsewhere/v1/", "http://gate:8080@elsewhere/v1/",
        "http://gate.elsewhere:8080/", "models/", "../models/", "?page=2", "#end",
        "mailto:someone@gate", "urn:x/y"}) {
    EXPECT_EQ(Location(said), said);
  }
}

TEST_F(ServiceMount, WhereTheClientLeftOutTheSlashRelativeOnesMeanTheRoot) {
  EXPECT_EQ(Location("docs/", "foo"), "/api/predict/foo/docs/");
  EXPECT_EQ(Location("docs?x=http://y", "foo?a=1"), "/api/predict/foo/docs?x=http://y");
  EXPECT_EQ(Location("?page=2", "foo"), "?page=2");
  EXPECT_EQ(Location("docs/", "foo/"), "docs/");
}

TEST_F(ServiceMount, ContentLocationLikewise) {
  EXPECT_EQ(Led(server_.port(), app_, Request("foo/v1"), "Content-Location", "/v1/1"),
            "/api/predict/foo/v1/1");
}

class NotebookMount : public testing::Test {
 protected:
  std::string Location(const std::string& path, const std::string& value) {
    return Led(
        world_.port(), app_,
        "GET " + path + " HTTP/1.1\r\nHost: gate\r\n" + world_.Cookie("dsw-a", "201") + "\r\n",
        "Location", value, &seen_);
  }
  RawListener app_;
  GatewayWorld world_{app_.port()};
  std::string seen_;
};

// Jupyter takes "/dsw-a/proxy/9000" off for the app, and leads back only what names no host.
TEST_F(NotebookMount, AnAppBehindAPortStaysBelowIt) {
  for (const auto& [said, led] : Table{
           {"http://gate/sub/", "/dsw-a/proxy/9000/sub/"},
           {"/sub/", "/dsw-a/proxy/9000/sub/"},
           {"/dsw-a/proxy/9000/sub/", "/dsw-a/proxy/9000/sub/"},
           {"http://gate/dsw-a/lab/", "http://gate/dsw-a/lab/"},
           {"https://elsewhere/sub/", "https://elsewhere/sub/"},
           {"sub/", "sub/"},
       }) {
    EXPECT_EQ(Location("/dsw-a/proxy/9000/sub", said), led) << said;
  }
  EXPECT_EQ(Location("/dsw-a/proxy/127.0.0.1:9000/", "http://gate/sub/"),
            "/dsw-a/proxy/127.0.0.1:9000/sub/");
}

TEST_F(NotebookMount, WhoIsAskedForTheWholePathIsLeftAlone) {
  for (const std::string path : {"/dsw-a/lab/", "/dsw-a/proxy/absolute/9000/sub", "/dsw-a/proxy"}) {
    for (const std::string said : {"http://gate/sub/", "/sub/"})
      EXPECT_EQ(Location(path, said), said) << path;
  }
}

TEST_F(NotebookMount, ANotebookSeesItsWholePathAndIsToldNoPrefix) {
  Location("/dsw-a/lab/", "/");
  EXPECT_EQ(seen_.find("X-Forwarded-Prefix"), std::string::npos) << seen_;
}

}  // namespace
}  // namespace atelier::gateway
