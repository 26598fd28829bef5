// Promise 8 for callers who sign instead of sending a service's token, as the vendor's prediction
// clients do. The signatures were made with another program's HMAC.
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "service_world.h"
#include "support/http_raw.h"

namespace atelier::gateway {
namespace {

using test::RawClient;
using test::RawListener;
using test::RawResponse;

/// A POST as these clients send it; by default of [1,2] to the service "foo".
struct Signed {
  std::string path = "/api/predict/foo";
  std::string signature = "NNcJB+SnNxgOvlpFmv7CKuPy3SM=";  // of the path of the name alone
  std::string body = "[1,2]";
  std::string md5 = "f79408e5ca998cd53faf44af31e6eb45";
  std::string type = "application/octet-stream";
  std::string date = "Sun, 29 Nov 2026 01:02:03 GMT";
  std::string method = "POST";
  std::string more = {};  // headers

  std::string Head() const {
    return method + " " + path + " HTTP/1.1\r\nHost: h\r\nContent-MD5: " + md5 +
           "\r\nDate: " + date + "\r\nContent-Type: " + type + "\r\nAuthorization: EAS " +
           signature + "\r\n" + more;
  }
  std::string Text() const {
    return Head() + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

class SignedCallTest : public ServiceGatewayTest {
 protected:
  SignedCallTest() { PutReplica("a", a_.port()); }

  RawResponse Send(const Signed& call) { return RawClient(server_.port()).Ask(call.Text()); }
  void PutService(const std::string& name, const std::string& token, const std::string& group) {
    model::Service service;
    service.id = model::ServiceId("eas-m-" + name);
    service.name = name;
    service.token = token;
    service.group = group;
    service.config = R"({"name":")" + name + R"(","containers":[{"script":"x"}]})";
    Apply(store::Kind::kService, name, service);
    PutReplica(name, a_.port(), [&](model::Replica& replica) { replica.service = service.id; });
  }
};

TEST_F(SignedCallTest, IsAdmittedAndTheSignatureStays) {
  const RawResponse got = Send({});
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "a POST / [1,2]");
}

TEST_F(SignedCallTest, TheVendorsClientsAreAdmitted) {
  PutService("echo", "tok-1", "");
  PutService("pred", "tok1", "");
  PutService("iris", "ZmFrZQ==", "grp");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(Send({.path = "/api/predict/echo",
                  .signature = "VRvdSYgwJzad7N22cMx07B7vhGU=",
                  .body = "",
                  .md5 = "d41d8cd98f00b204e9800998ecf8427e"})
                .body,
            "a POST / ");
  EXPECT_EQ(Send({.path = "/api/predict/echo",
                  .signature = "VCfnpwH9pmXz0/8d2N2kwe6ISHY=",
                  .body = "[{}]",
                  .md5 = "a21cafb4c405e6997671a02e578b9b1e",
                  .type = "application/json"})
                .body,
            "a POST / [{}]");
  EXPECT_EQ(Send({.path = "/api/predict/grp.iris",
                  .signature = "uBtU+jIVlKGsLalQKNm3H9WvR5o=",
                  .body = all,
                  .md5 = "e2c865db4162bed963bfaa9ef6ac18f0"})
                .body,
            "a POST / " + all);
  EXPECT_EQ(Send({.path = "/api/predict/pred",
                  .signature = "8+Z38YjDfgYT8deL2go3J9uexEA=",
                  .date = "Sun, 29 Nov 2026 01:16:11 GMT"})
                .body,
            "a POST / [1,2]");
}

TEST_F(SignedCallTest, ThePathMayBeSignedAloneOrWithWhatFollows) {
  const std::string alone = "NNcJB+SnNxgOvlpFmv7CKuPy3SM=";
  const std::string with_path = "6X/c0szAL6YPNegOWzXLY4G3mdA=";   // /v1
  const std::string with_query = "3fINQ+qSJIIvsrCtbJN6VhtC95Q=";  // /v1?x=1
  for (const std::string& signature : {alone, with_path, with_query}) {
    EXPECT_EQ(Send({.path = "/api/predict/foo/v1?x=1", .signature = signature}).body,
              "a POST /v1?x=1 [1,2]");
  }
  EXPECT_EQ(Send({.path = "/api/predict/foo/v1", .signature = with_query}).status, 401);
  EXPECT_EQ(Send({.path = "/api/predict/foo/v1?x=2", .signature = with_query}).status, 401);
  EXPECT_EQ(Send({.path = "/api/predict/foo/v2", .signature = with_path}).status, 401);
  EXPECT_EQ(Send({.path = "/api/predict/foo", .signature = with_path}).status, 401);
}

TEST_F(SignedCallTest, WhatALibraryEscapesOnItsWayWasSignedAsWritten) {
  // Signed was "/v1/\xE5\x9B\xBE a?q=b c".
  const std::string signature = "Zku8XwjlI3svvDrqI/NeZzuGcN4=";
  EXPECT_EQ(
      Send({.path = "/api/predict/foo/v1/%E5%9B%BE%20a?q=b%20c", .signature = signature}).body,
      "a POST /v1/%E5%9B%BE%20a?q=b%20c [1,2]");
  // Another path, though its escapes say the same letters.
  EXPECT_EQ(
      Send({.path = "/api/predict/foo/v1%2F%E5%9B%BE%20a?q=b%20c", .signature = signature}).status,
      401);
  EXPECT_EQ(
      Send({.path = "/api/predict/foo/v1/%E5%9B%BE%20a%3Fq=b%20c", .signature = signature}).status,
      401);
}

TEST_F(SignedCallTest, WhateverIsChangedIs401AndReachesNobody) {
  PutService("bar", "secret", "");
  const int before = a_.arrived();
  const std::vector<Signed> wrong = {
      {.signature = "NNcJB+SnNxgOvlpFmv7CKuPy3SA="},
      {.signature = ""},
      {.signature = "secret"},
      {.signature = "NNcJB+SnNxgOvlpFmv7CKuPy3SM= "
                    "x"},
      {.path = "/api/predict/bar"},  // though its token is the same
      {.path = "/api/predict/nobody"},
      {.path = "/api/predict/nobody", .signature = "bDxiohJUo6a8c+ovfZYkzgwAmPY="},  // empty token
      {.body = "[1,3]"},
      {.body = "[1,2] "},
      {.body = "[1,2"},
      {.body = ""},
      {.body = "[1,3]", .md5 = "689e1b934020b6eb3917c155d94a9a0f"},
      {.type = "application/json"},
      {.date = "Sun, 29 Nov 2026 01:02:04 GMT"},
      {.method = "PUT"},
      {.method = "DELETE"},
      {.signature = "cXrmXEz0TXMTu9ECBo+nbpuRBwg=", .method = "GET"},  // of a first line GET
      // Neither of the two is the one that was signed.
      {.more = "Content-Type: text/html\r\n"},
      {.more = "Content-MD5: d41d8cd98f00b204e9800998ecf8427e\r\n"},
      {.more = "Authorization: secret\r\n"},
      // Signed, but of no body: of an empty Content-MD5, and of another spelling.
      {.signature = "PnpeaO89JBoniGvGTuHMv8fzTpw=", .md5 = ""},
      {.signature = "5gBkJQNcbw6wlhCCB3gOwfMrHBs=", .md5 = "95QI5cqZjNU/r0SvMebrRQ=="},
  };
  for (const Signed& call : wrong) EXPECT_EQ(Send(call).status, 401) << call.Text();
  EXPECT_EQ(a_.arrived(), before);
}

TEST_F(SignedCallTest, HowTheBodyIsSaidToBeCompressedChangesNothing) {
  EXPECT_EQ(Send({.body = "[1,3]", .more = "Content-Encoding: snappy\r\n"}).status, 401);
  EXPECT_EQ(Send({.more = "Content-Encoding: snappy\r\n"}).status, 200);
}

TEST_F(SignedCallTest, Md5IsANumber) {
  // Java's client drops the zeros before 0007...
  EXPECT_EQ(Send({.signature = "GlQMef7cPzgcpLhbJwWCwnbWsmw=",
                  .body = "[167]",
                  .md5 = "76e2a6f794fda308f7f3bc94aeb49"})
                .body,
            "a POST / [167]");
  EXPECT_EQ(Send({.signature = "GlQMef7cPzgcpLhbJwWCwnbWsmw=",
                  .body = "[168]",
                  .md5 = "76e2a6f794fda308f7f3bc94aeb49"})
                .status,
            401);
  EXPECT_EQ(
      Send({.signature = "pODOSaKSiqUQEnilLHFW7fxFP9g=", .md5 = "F79408E5CA998CD53FAF44AF31E6EB45"})
          .status,
      200);
}

TEST_F(SignedCallTest, TheMomentDoesNotMatter) {
  // Clients write local time and call it GMT; this one is from another year than the test's clock.
  EXPECT_EQ(Send({}).status, 200);
  EXPECT_EQ(Send({}).status, 200);
}

TEST_F(SignedCallTest, BodiesOfEverySizePassAsTheyAre) {
  struct Sized {
    std::size_t size;
    std::string md5;
    std::string signature;
  };
  for (const Sized& one :
       {Sized{65'535, "465343584a4bb82ce18ba0afea0a58f6", "0I1kyQjWvPPNfBqIPVy7CPDVT34="},
        Sized{65'536, "598bf98d5c865461aef3eaa8d95a0fd9", "WYWfcmKoLVxgNrd+ZA8MzlFcKz4="},
        Sized{65'537, "558715a61caa9d0cd83b83b0e7f7db34", "ZTjwWwwYfOFVqCkhDkYFU416mIw="},
        Sized{81'920, "b25c2f57f502d3bea046a6019916471a", "ZLHzkAC+lO/xVeRiVZ0pfmtJ94o="}}) {
    const std::string body(one.size, 'x');
    EXPECT_EQ(Send({.signature = one.signature, .body = body, .md5 = one.md5}).body,
              "a POST / " + body);
  }
}

std::string Large() {
  std::string body;
  for (int i = 0; i < 19'200; ++i) body += "0123456789abcdef";
  return body;
}
const Signed kLarge{.signature = "Pzs8hF9RjKjJKt51QAKSw55nX/M=",
                    .body = Large(),
                    .md5 = "b3932a46297f5787bb0a559347eea966"};

std::string InChunks(const Signed& call) {
  std::string text = call.Head() + "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < call.body.size(); at += 0x1000)
    text += "1000\r\n" + call.body.substr(at, 0x1000) + "\r\n";
  return text + "0\r\n\r\n";
}

TEST_F(SignedCallTest, LargeOnesPassWithAndWithoutALength) {
  EXPECT_EQ(Send(kLarge).body, "a POST / " + kLarge.body);
  EXPECT_EQ(RawClient(server_.port()).Ask(InChunks(kLarge)).body, "a POST / " + kLarge.body);
}

/// The test itself is the replica.
class ChangedBodyTest : public SignedCallTest {
 protected:
  ChangedBodyTest() {
    PutReplica("a", a_.port(), [](model::Replica& replica) { replica.ready = false; });
    PutReplica("raw", replica_.port());
  }
  RawListener replica_;
};

TEST_F(ChangedBodyTest, AReplicaNeverGetsTheWholeOfALargeOne) {
  Signed changed = kLarge;
  for (const std::size_t at : {std::size_t{0}, changed.body.size() - 1}) {
    changed.body = kLarge.body;
    changed.body[at] ^= 1;
    for (const std::string& request : {changed.Text(), InChunks(changed)}) {
      RawResponse answer;
      std::thread client([&] { answer = RawClient(server_.port()).Ask(request); });
      RawClient peer = replica_.Accept();
      const std::string got = peer.ReadAll();
      client.join();
      EXPECT_EQ(answer.status, 401);
      EXPECT_NE(answer.body.find("Content-MD5"), std::string::npos) << answer.body;
      EXPECT_LT(got.size(), request.size() - 60'000);
      EXPECT_FALSE(got.ends_with("0\r\n\r\n"));
    }
  }
}

TEST_F(ChangedBodyTest, AnAnswerThatHasBegunIsCut) {
  Signed changed = kLarge;
  changed.body.back() ^= 1;
  const std::string request = changed.Text();
  RawClient client(server_.port());
  client.Send(request.substr(0, request.size() - 1));
  RawClient peer = replica_.Accept();
  peer.ReadSome();
  peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
  std::string got = client.ReadSome();
  client.Send(request.substr(request.size() - 1));
  got += client.ReadAll();
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200")) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\nab")) << got;
}

/// A group "duo" with the service "one".
class SignedGroupTest : public SignedCallTest {
 protected:
  SignedGroupTest() {
    PutService("one", "secret", "duo");
    model::ServiceGroup group;
    group.name = "duo";
    group.sealed_token = "shared";
    Apply(store::Kind::kServiceGroup, "duo", group);
  }
};

TEST_F(SignedGroupTest, AGroupIsCalledWithItsToken) {
  EXPECT_EQ(Send({.path = "/api/predict/duo", .signature = "bX4vL0zHn/w6lh33hmYe9QKxoKs="}).body,
            "a POST / [1,2]");
}

TEST_F(SignedGroupTest, AServiceOfAGroupIsCalledWithItsOwn) {
  const Signed signed_call{.path = "/api/predict/duo.one",
                           .signature = "gtocVB6rte/qv9OEegxp/VAHnJ8="};
  EXPECT_EQ(Send(signed_call).body, "a POST / [1,2]");
  EXPECT_EQ(Ask("duo.one/v1?x=1").body, "a GET /v1?x=1 ");
  EXPECT_EQ(Ask("duo.one", "shared").status, 401);  // the group's
  EXPECT_EQ(Ask("other.one").status, 401);
  EXPECT_EQ(Ask(".one").status, 401);
  EXPECT_EQ(Ask("duo.").status, 401);
  EXPECT_EQ(Ask("duo.foo").status, 401);
  EXPECT_EQ(Ask("duo.one.one").status, 401);
  EXPECT_EQ(Ask(".foo").status, 401);  // of no group
}

}  // namespace
}  // namespace atelier::gateway
