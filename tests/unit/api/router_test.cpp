#include "api/framework/router.h"

#include <array>

#include <gtest/gtest.h>

namespace atelier::api {
namespace {

constexpr auto kOperations = std::to_array<Operation>({
    {.name = "Get", .method = "GET", .path = "/v/{Id}"},
    {.name = "Special", .method = "GET", .path = "/v/special"},
    {.name = "Put", .method = "PUT", .path = "/v/{Id}"},
    {.name = "Part", .method = "GET", .path = "/v/{Id}/parts/{Part}"},
    {.name = "OfOne", .version = "1", .method = "GET", .path = "/shared"},
    {.name = "OfTwo", .version = "2", .method = "GET", .path = "/shared/"},
    {.name = "Literal", .version = "1", .method = "GET", .path = "/shared/data"},
    {.name = "Any", .version = "2", .method = "GET", .path = "/shared/{Id}"},
    {.name = "Rpc", .version = "1", .method = "POST", .path = "/"},
    {.name = "Rpc", .version = "2", .method = "POST", .path = "/"},
});

std::string NameOf(const Router& router, std::string_view method, std::string_view path,
                   std::string_view version = "") {
  const auto match = router.Find(method, path, version);
  return match ? std::string(match->operation->name) : "none";
}

TEST(Router, MethodAndPathSelectTheRow) {
  const Router router(kOperations);
  EXPECT_EQ(NameOf(router, "GET", "/v/1"), "Get");
  EXPECT_EQ(NameOf(router, "PUT", "/v/1"), "Put");
  EXPECT_EQ(NameOf(router, "DELETE", "/v/1"), "none");
  EXPECT_EQ(NameOf(router, "get", "/v/1"), "none");
  EXPECT_EQ(NameOf(router, "GET", "/v"), "none");
  EXPECT_EQ(NameOf(router, "GET", "/v/1/parts"), "none");
  EXPECT_EQ(NameOf(router, "GET", ""), "none");
}

TEST(Router, LiteralPieceWinsOverParameter) {
  const Router router(kOperations);
  EXPECT_EQ(NameOf(router, "GET", "/v/special"), "Special");
  EXPECT_EQ(NameOf(router, "GET", "/v/speci%61l"), "Special");
  EXPECT_EQ(NameOf(router, "PUT", "/v/special"), "Put");
}

TEST(Router, EscapedSlashStaysWithinItsPiece) {
  const Router router(kOperations);
  const auto match = router.Find("GET", "/v/a%2Fb+c/parts/%C3%A9", "");
  ASSERT_TRUE(match);
  const RawParams expected = {{"Id", "a/b+c"}, {"Part", "é"}};
  EXPECT_EQ(match->path, expected);
}

TEST(Router, EmptyPieceMatchesNothing) {
  const Router router(kOperations);
  EXPECT_EQ(NameOf(router, "GET", "/v/"), "none");
  EXPECT_EQ(NameOf(router, "GET", "/v//parts/x"), "none");
  EXPECT_EQ(NameOf(router, "GET", "/v/1/"), "none");
}

TEST(Router, OfProductsThatShareAPathTheVersionChooses) {
  const Router router(kOperations);
  EXPECT_EQ(NameOf(router, "GET", "/shared", "1"), "OfOne");
  EXPECT_EQ(NameOf(router, "GET", "/shared", "2"), "OfTwo");
  EXPECT_EQ(NameOf(router, "GET", "/shared", ""), "OfOne") << "the earlier row";
  EXPECT_EQ(NameOf(router, "GET", "/shared", "3"), "OfOne") << "the version check then refuses it";
  EXPECT_EQ(NameOf(router, "GET", "/shared/data", "2"), "Any") << "before the literal";
  EXPECT_EQ(NameOf(router, "GET", "/shared/data", "1"), "Literal");
}

TEST(Router, ASlashAtTheEndOfARowsPathIsOptional) {
  const Router router(kOperations);
  EXPECT_EQ(NameOf(router, "GET", "/shared/", "2"), "OfTwo");
  EXPECT_EQ(NameOf(router, "GET", "/shared/data/", "1"), "none");
}

TEST(Router, RpcIsFoundByNameInTheVersionAskedFor) {
  const Router router(kOperations);
  EXPECT_EQ(router.FindRpc("Rpc", "2")->version, "2");
  EXPECT_EQ(router.FindRpc("Rpc", "3")->version, "1");  // the version check then refuses it
  EXPECT_EQ(router.FindRpc("Other", "1"), nullptr);
}

TEST(RouterDeathTest, TwoRowsForTheSameRequestsAreABrokenInvariant) {
  constexpr auto kTwins = std::to_array<Operation>({
      {.name = "A", .method = "GET", .path = "/v/{Id}"},
      {.name = "B", .method = "GET", .path = "/v/{Name}"},
  });
  EXPECT_DEATH(Router{kTwins}, "requests of its own");
}

}  // namespace
}  // namespace atelier::api
