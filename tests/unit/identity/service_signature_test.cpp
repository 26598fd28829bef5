// The signature that the vendor's prediction clients send instead of a service's token.
#include "identity/service_signature.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace atelier::identity {
namespace {

struct Vector {
  std::string token;
  std::string body;
  std::string md5;
  std::string type;
  std::string date;
  std::string path;
  std::string signature;
};

std::string EveryByte() {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  return all;
}

const std::string kOctets = "application/octet-stream";
const std::string kDate = "Sun, 29 Nov 2026 01:02:03 GMT";

/// Made by the vendor's Python client; the last one caught on its way.
const std::array<Vector, 4> kVectors{{
    {"tok-1", "", "d41d8cd98f00b204e9800998ecf8427e", kOctets, kDate, "/api/predict/echo",
     "VRvdSYgwJzad7N22cMx07B7vhGU="},
    {"tok-1", "[{}]", "a21cafb4c405e6997671a02e578b9b1e", "application/json", kDate,
     "/api/predict/echo", "VCfnpwH9pmXz0/8d2N2kwe6ISHY="},
    {"ZmFrZQ==", EveryByte(), "e2c865db4162bed963bfaa9ef6ac18f0", kOctets, kDate,
     "/api/predict/grp.iris", "uBtU+jIVlKGsLalQKNm3H9WvR5o="},
    {"tok1", "[1,2]", "f79408e5ca998cd53faf44af31e6eb45", kOctets, "Sun, 29 Nov 2026 01:16:11 GMT",
     "/api/predict/pred", "8+Z38YjDfgYT8deL2go3J9uexEA="},
}};

ServiceCall CallOf(const Vector& one) {
  return {.content_md5 = one.md5, .content_type = one.type, .date = one.date, .path = one.path};
}

bool IsMd5Of(const std::string& body, const std::string& text) {
  BodyMd5 md5;
  for (const char c : body) md5.Add({&c, 1});
  return md5.Is(text);
}

TEST(ServiceSignature, IsTheOneOfTheVendorsClients) {
  for (const Vector& one : kVectors) {
    EXPECT_TRUE(IsSignedWith(one.token, CallOf(one), one.signature)) << one.path;
    EXPECT_TRUE(IsMd5Of(one.body, one.md5)) << one.path;
  }
}

TEST(ServiceSignature, CoversEveryLineAndTheToken) {
  const Vector& right = kVectors[3];
  for (std::string Vector::* part : {&Vector::token, &Vector::md5, &Vector::type, &Vector::date,
                                     &Vector::path, &Vector::signature}) {
    Vector changed = right;
    (changed.*part).back() ^= 1;
    EXPECT_FALSE(IsSignedWith(changed.token, CallOf(changed), changed.signature));
    (changed.*part).clear();
    EXPECT_FALSE(IsSignedWith(changed.token, CallOf(changed), changed.signature));
  }
}

TEST(ServiceSignature, NobodySignsWithAnEmptyToken) {
  Vector one = kVectors[3];
  one.path = "/api/predict/foo";
  one.date = kDate;
  // What an empty key gives for these lines.
  EXPECT_FALSE(IsSignedWith("", CallOf(one), "Sg1pAwaHYwzXM3T2GBrjIKwJVcs="));
}

TEST(BodyMd5, IsComparedAsANumber) {
  EXPECT_TRUE(IsMd5Of("[167]", "00076e2a6f794fda308f7f3bc94aeb49"));
  EXPECT_TRUE(IsMd5Of("[167]", "76e2a6f794fda308f7f3bc94aeb49"));
  EXPECT_TRUE(IsMd5Of("[167]", "76E2A6F794FDA308F7F3BC94AEB49"));
  for (const char* wrong : {"", "0", "6e2a6f794fda308f7f3bc94aeb49", "0x76e2a6f794fda308f7f3bc94ae",
                            "000076e2a6f794fda308f7f3bc94aeb49"}) {
    EXPECT_FALSE(IsMd5Of("[167]", wrong)) << wrong;
  }
}

}  // namespace
}  // namespace atelier::identity
