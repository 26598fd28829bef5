#include "api/errors.h"

#include <array>
#include <set>

#include <gtest/gtest.h>

namespace atelier::api {
namespace {

constexpr auto kProducts =
    std::to_array({Product::kDsw, Product::kEas, Product::kAirec, Product::kWorkspace,
                   Product::kRam, Product::kSts, Product::kAtelier});

http::Response Render(Code code, std::string reason, Product product) {
  return RenderError(Error(code, "What happened.", std::move(reason)), product, "REQ", "host");
}

/// Rows of docs/contract/errors.md section 5, DSW column, that have no reason of their own.
struct Case {
  Code code;
  std::string reason;
  int status;
  std::string wire_code;
  bool dsw_shape;
};

class DswErrors : public testing::TestWithParam<Case> {};

TEST_P(DswErrors, HaveTheirStatusCodeAndShape) {
  const auto& [code, reason, status, wire_code, dsw_shape] = GetParam();
  const http::Response response = Render(code, reason, Product::kDsw);
  EXPECT_EQ(response.status, status);
  const json::object body = ParseJson(response.body)->as_object();
  EXPECT_EQ(body.at("Code"), json::value(wire_code));
  EXPECT_EQ(body.at("RequestId"), "REQ");
  EXPECT_TRUE(body.at("Message").is_string());
  EXPECT_EQ(body.contains("HttpStatusCode"), dsw_shape);
  EXPECT_EQ(body.contains("HostId"), !dsw_shape);
}

INSTANTIATE_TEST_SUITE_P(
    All, DswErrors,
    testing::Values(
        Case{Code::kUnauthenticated, "MissingAccessKeyId", 400, "MissingAccessKeyId", false},
        Case{Code::kUnauthenticated, "IncompleteSignature", 400, "IncompleteSignature", false},
        Case{Code::kUnauthenticated, "InvalidAccessKeyId.NotFound", 404,
             "InvalidAccessKeyId.NotFound", false},
        Case{Code::kUnauthenticated, "InvalidAccessKeyId.Inactive", 400,
             "InvalidAccessKeyId.Inactive", false},
        Case{Code::kUnauthenticated, "SignatureDoesNotMatch", 400, "SignatureDoesNotMatch", false},
        Case{Code::kUnauthenticated, "ContentMD5NotMatched", 400, "ContentMD5NotMatched", false},
        Case{Code::kUnauthenticated, "InvalidTimeStamp.Format", 400, "InvalidTimeStamp.Format",
             false},
        Case{Code::kUnauthenticated, "InvalidTimeStamp.Expired", 400, "InvalidTimeStamp.Expired",
             false},
        Case{Code::kUnauthenticated, "SignatureNonceUsed", 400, "SignatureNonceUsed", false},
        Case{Code::kUnauthenticated, "MissingSecurityToken", 400, "MissingSecurityToken", false},
        Case{Code::kUnauthenticated, "InvalidSecurityToken.Malformed", 400,
             "InvalidSecurityToken.Malformed", false},
        Case{Code::kUnauthenticated, "InvalidSecurityToken.MismatchWithAccessKey", 400,
             "InvalidSecurityToken.MismatchWithAccessKey", false},
        Case{Code::kUnauthenticated, "InvalidSecurityToken.Expired", 400,
             "InvalidSecurityToken.Expired", false},
        Case{Code::kUnauthenticated, "InvalidSignatureMethod", 400, "InvalidSignatureMethod",
             false},
        Case{Code::kPermissionDenied, "NoPermission", 403, "NoPermission", false},
        Case{Code::kPermissionDenied, "NoPermissionError", 403, "NoPermissionError", true},
        Case{Code::kNotFound, "InvalidAction.NotFound", 404, "InvalidAction.NotFound", false},
        Case{Code::kNotFound, "UnknownInstance", 404, "InternalError", true},
        Case{Code::kInvalidArgument, "", 400, "ValidationError", true},
        Case{Code::kResourceExhausted, "BodyTooLarge", 413, "ValidationError", true},
        Case{Code::kAlreadyExists, "DuplicateName", 400, "ValidationError", true},
        Case{Code::kFailedPrecondition, "WrongState", 400, "ValidationError", true},
        Case{Code::kAborted, "ClientTokenConflict", 400, "ValidationError", true},
        Case{Code::kUnimplemented, "", 400, "ValidationError", true},
        Case{Code::kResourceExhausted, "InstanceLimit", 400, "ValidationError", true},
        Case{Code::kResourceExhausted, "Throttling.User", 429, "Throttling.User", false},
        Case{Code::kInternal, "", 500, "InternalError", true},
        Case{Code::kDataLoss, "", 500, "InternalError", true},
        Case{Code::kUnavailable, "", 503, "ServiceUnavailable", false},
        Case{Code::kDeadlineExceeded, "", 503, "ServiceUnavailable", false},
        // The store's disk is full: passes, so 5xx.
        Case{Code::kResourceExhausted, "", 503, "ServiceUnavailable", false}));

// The AIRec column: both letter cases, and the gateway's with them.
TEST(AirecErrors, HaveTheirStatusCodeAndBothCases) {
  struct Row {
    Code code;
    std::string reason;
    int status;
    std::string wire_code;
    bool gateway_shape;
  };
  const auto rows = std::to_array<Row>({
      {Code::kUnauthenticated, "MissingAccessKeyId", 400, "MissingAccessKeyId", true},
      {Code::kPermissionDenied, "NoPermission", 403, "NoPermission", true},
      {Code::kNotFound, "InvalidAction.NotFound", 404, "InvalidAction.NotFound", true},
      {Code::kNotFound, "UnknownRecommender", 404, "InstanceNotExist", false},
      {Code::kNotFound, "UnknownDataSet", 404, "DataSetNotExist", false},
      {Code::kInvalidArgument, "", 400, "ValidationError", false},
      {Code::kInvalidArgument, "NameFormatError", 400, "NameFormatError", false},
      {Code::kInvalidArgument, "NotExistIndustry", 400, "NotExistIndustry", false},
      {Code::kResourceExhausted, "BodyTooLarge", 413, "ValidationError", false},
      {Code::kResourceExhausted, "RecommenderQuota", 400, "ValidationError", false},
      {Code::kFailedPrecondition, "Locked", 400, "ValidationError", false},
      {Code::kUnimplemented, "", 400, "ValidationError", false},
      {Code::kResourceExhausted, "Throttling.User", 429, "Throttling.User", true},
      {Code::kInternal, "", 500, "InternalServerError", false},
      {Code::kUnavailable, "", 503, "ServiceUnavailable", true},
  });
  for (const Row& row : rows) {
    SCOPED_TRACE(row.wire_code);
    const http::Response response = Render(row.code, row.reason, Product::kAirec);
    EXPECT_EQ(response.status, row.status);
    const json::object body = ParseJson(response.body)->as_object();
    for (const char* name : {"code", "Code"}) EXPECT_EQ(body.at(name), json::value(row.wire_code));
    EXPECT_EQ(body.at("message"), body.at("Message"));
    for (const char* name : {"requestId", "RequestId"}) EXPECT_EQ(body.at(name), "REQ");
    EXPECT_EQ(body.contains("HostId"), row.gateway_shape);
  }
}

TEST(ErrorTable, EveryCodeOfEveryProductHasARow) {
  for (const Product product : kProducts) {
    for (int code = 0; code <= static_cast<int>(Code::kInternal); ++code) {
      const Error error(static_cast<Code>(code), "What happened.");
      const ErrorRow& row = RowFor(error, product);
      EXPECT_TRUE(!row.code || *row.code == error.code()) << ToString(error.code());
    }
  }
}

TEST(ErrorTable, EveryRowKeepsTheRulesThatClientsRelyOn) {
  for (const ErrorRow& row : ErrorTable()) {
    SCOPED_TRACE(row.wire_code);
    EXPECT_GE(row.http_status, 400);  // only the status makes an SDK raise
    EXPECT_FALSE(row.wire_code.empty());
    // Terraform reads these words as "try again" and "gone".
    EXPECT_EQ(row.wire_code.find("Throttling") != std::string_view::npos, row.http_status == 429);
    if (row.wire_code.find("NotFound") != std::string_view::npos) EXPECT_EQ(row.http_status, 404);
    // 5xx only for what may pass, or for our own faults.
    const bool passes = !row.code || *row.code == Code::kUnavailable ||
                        *row.code == Code::kDeadlineExceeded || *row.code == Code::kCancelled ||
                        *row.code == Code::kResourceExhausted || *row.code == Code::kInternal ||
                        *row.code == Code::kDataLoss;
    if (row.http_status >= 500) EXPECT_TRUE(passes);
  }
}

TEST(ErrorTable, NoRowIsHiddenByAnEarlierOne) {
  for (const ErrorRow& row : ErrorTable()) {
    const Error error(row.code.value_or(Code::kUnauthenticated), "x", std::string(row.reason));
    bool reached = false;
    for (const Product product : kProducts) reached |= &RowFor(error, product) == &row;
    EXPECT_TRUE(reached) << row.wire_code << " for reason " << row.reason;
  }
}

TEST(RenderError, MessageOfOurOwnFaultsIsGeneral) {
  const auto response =
      RenderError(Error(Code::kInternal, "secret detail"), Product::kDsw, "R", "");
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST(RenderError, HostIsEscaped) {
  const auto response =
      RenderError(Error(Code::kUnavailable, "Later."), Product::kDsw, "R", "a\"b\\c");
  EXPECT_EQ(ParseJson(response.body)->at("HostId"), "a\"b\\c");
}

}  // namespace
}  // namespace atelier::api
