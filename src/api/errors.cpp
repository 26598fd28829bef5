#include "api/errors.h"

#include <algorithm>
#include <array>

#include <boost/describe.hpp>

#include "base/codec.h"

namespace atelier::api {

namespace {

constexpr auto kDsw = Product::kDsw;
constexpr auto kEas = Product::kEas;
constexpr auto kAirec = Product::kAirec;
constexpr auto kWorkspace = Product::kWorkspace;
constexpr auto kRam = Product::kRam;
constexpr auto kSts = Product::kSts;
constexpr auto kDswShape = ErrorShape::kDsw;
constexpr auto kAirecShape = ErrorShape::kAirec;

/// Repeats of a throttled request are worth trying after this long.
constexpr std::string_view kRetryAfterMs = "1000";
constexpr std::string_view kRetryAfterSeconds = "1";

constexpr ErrorRow InvalidParam(std::string_view name) {
  return {.code = Code::kInvalidArgument,
          .reason = name,
          .product = {},
          .http_status = 400,
          .wire_code = name,
          .shape = ErrorShape::kGateway};
}

/// A code of docs/contract/lifecycle.md section 12: all are HTTP 400.
constexpr ErrorRow AirecParam(std::string_view name) {
  return {.code = Code::kInvalidArgument,
          .reason = name,
          .product = kAirec,
          .http_status = 400,
          .wire_code = name,
          .shape = kAirecShape};
}

// clang-format off
constexpr auto kTable = std::to_array<ErrorRow>({
    // The gateway's own codes: whoever finds the fault names the code as its reason (section 3).
    {.reason = "MissingAccessKeyId", .http_status = 400, .wire_code = "MissingAccessKeyId"},
    {.reason = "IncompleteSignature", .http_status = 400, .wire_code = "IncompleteSignature"},
    {.reason = "InvalidAccessKeyId.NotFound", .http_status = 404, .wire_code = "InvalidAccessKeyId.NotFound"},
    {.reason = "InvalidAccessKeyId.Inactive", .http_status = 400, .wire_code = "InvalidAccessKeyId.Inactive"},
    {.reason = "SignatureDoesNotMatch", .http_status = 400, .wire_code = "SignatureDoesNotMatch"},
    {.reason = "ContentMD5NotMatched", .http_status = 400, .wire_code = "ContentMD5NotMatched"},
    {.reason = "InvalidTimeStamp.Format", .http_status = 400, .wire_code = "InvalidTimeStamp.Format"},
    {.reason = "InvalidTimeStamp.Expired", .http_status = 400, .wire_code = "InvalidTimeStamp.Expired"},
    {.reason = "SignatureNonceUsed", .http_status = 400, .wire_code = "SignatureNonceUsed"},
    {.reason = "InvalidSignatureMethod", .http_status = 400, .wire_code = "InvalidSignatureMethod"},
    {.reason = "InvalidBearerToken", .http_status = 400, .wire_code = "InvalidBearerToken"},
    {.reason = "MissingSecurityToken", .http_status = 400, .wire_code = "MissingSecurityToken"},
    {.reason = "InvalidSecurityToken.Malformed", .http_status = 400, .wire_code = "InvalidSecurityToken.Malformed"},
    {.reason = "InvalidSecurityToken.MismatchWithAccessKey", .http_status = 400, .wire_code = "InvalidSecurityToken.MismatchWithAccessKey"},
    {.reason = "InvalidSecurityToken.Expired", .http_status = 400, .wire_code = "InvalidSecurityToken.Expired"},
    {.reason = "InvalidAction.NotFound", .http_status = 404, .wire_code = "InvalidAction.NotFound"},
    {.reason = "InvalidVersion", .http_status = 400, .wire_code = "InvalidVersion"},
    {.reason = "NoPermission", .http_status = 403, .wire_code = "NoPermission"},
    {.reason = "InvalidSession", .http_status = 401, .wire_code = "InvalidSession"},
    {.reason = "SignInFailed", .http_status = 401, .wire_code = "SignInFailed"},
    {.reason = "CrossOriginRequest", .http_status = 403, .wire_code = "CrossOriginRequest"},
    {.reason = "SharedOrigin", .http_status = 403, .wire_code = "SharedOrigin"},
    {.reason = "SecureTransportRequired", .http_status = 403, .wire_code = "SecureTransportRequired"},
    {.reason = "ReauthenticationRequired", .http_status = 403, .wire_code = "ReauthenticationRequired"},
    {.reason = "ProviderUnavailable", .http_status = 503, .wire_code = "ProviderUnavailable"},
    {.reason = "Throttling.User", .http_status = 429, .wire_code = "Throttling.User"},

    // The request as HTTP.
    {.reason = "BodyTooLarge", .product = kDsw, .http_status = 413, .wire_code = "ValidationError", .shape = kDswShape},
    {.reason = "BodyTooLarge", .product = kAirec, .http_status = 413, .wire_code = "ValidationError", .shape = kAirecShape},
    {.reason = "BodyTooLarge", .http_status = 413, .wire_code = "InvalidParameter"},
    {.reason = "HeaderTooLarge", .http_status = 431, .wire_code = "InvalidParameter"},
    {.reason = "RequestTimeout", .http_status = 408, .wire_code = "RequestTimeout"},

    // DSW: the documents know ValidationError for bad parameters and InternalError for all else; the
    // workspace gate's NoPermissionError is observed.
    {.code = Code::kPermissionDenied, .reason = "PermissionError", .product = kDsw, .http_status = 403, .wire_code = "PermissionError", .shape = kDswShape},
    {.code = Code::kPermissionDenied, .product = kDsw, .http_status = 403, .wire_code = "NoPermissionError", .shape = kDswShape},
    {.code = Code::kNotFound, .product = kDsw, .http_status = 404, .wire_code = "InternalError", .shape = kDswShape},
    {.code = Code::kInvalidArgument, .product = kDsw, .http_status = 400, .wire_code = "ValidationError", .shape = kDswShape},
    {.code = Code::kAlreadyExists, .product = kDsw, .http_status = 400, .wire_code = "ValidationError", .shape = kDswShape},
    {.code = Code::kFailedPrecondition, .product = kDsw, .http_status = 400, .wire_code = "ValidationError", .shape = kDswShape},
    {.code = Code::kAborted, .product = kDsw, .http_status = 400, .wire_code = "ValidationError", .shape = kDswShape},
    {.code = Code::kUnimplemented, .product = kDsw, .http_status = 400, .wire_code = "ValidationError", .shape = kDswShape},
    {.code = Code::kResourceExhausted, .reason = "InstanceLimit", .product = kDsw, .http_status = 400, .wire_code = "ValidationError", .shape = kDswShape},
    {.code = Code::kResourceExhausted, .reason = "InsufficientResource", .product = kDsw, .http_status = 400, .wire_code = "ValidationError", .shape = kDswShape},
    {.code = Code::kDataLoss, .product = kDsw, .http_status = 500, .wire_code = "InternalError", .shape = kDswShape},
    {.code = Code::kInternal, .product = kDsw, .http_status = 500, .wire_code = "InternalError", .shape = kDswShape},

    // EAS: gateway shape; the names of conflicts and limits are assumed (docs/contract/errors.md section 5).
    {.code = Code::kPermissionDenied, .reason = "PrivilegeCheckFailed", .http_status = 403, .wire_code = "Forbidden.PrivilegeCheckFailed"},
    {.code = Code::kNotFound, .reason = "UnknownAutoScaler", .product = kEas, .http_status = 404, .wire_code = "InvalidAutoScaler.NotFound"},
    {.code = Code::kAlreadyExists, .reason = "AutoScalerExists", .product = kEas, .http_status = 409, .wire_code = "InvalidAutoScaler.AlreadyExists"},
    {.code = Code::kNotFound, .reason = "UnknownCronScaler", .product = kEas, .http_status = 404, .wire_code = "InvalidCronScaler.NotFound"},
    {.code = Code::kAlreadyExists, .reason = "CronScalerExists", .product = kEas, .http_status = 409, .wire_code = "InvalidCronScaler.AlreadyExists"},
    {.code = Code::kNotFound, .reason = "UnknownGroup", .product = kEas, .http_status = 404, .wire_code = "InvalidGroup.NotFound"},
    {.code = Code::kAlreadyExists, .reason = "GroupExists", .product = kEas, .http_status = 409, .wire_code = "InvalidGroup.AlreadyExists"},
    {.code = Code::kFailedPrecondition, .reason = "GroupNotEmpty", .product = kEas, .http_status = 409, .wire_code = "InvalidGroup.StatusConflict"},
    {.code = Code::kNotFound, .reason = "UnknownGateway", .product = kEas, .http_status = 404, .wire_code = "InvalidGateway.NotFound"},
    {.code = Code::kNotFound, .reason = "UnknownResource", .product = kEas, .http_status = 404, .wire_code = "InvalidResource.NotFound"},
    {.code = Code::kNotFound, .reason = "UnknownReplica", .product = kEas, .http_status = 404, .wire_code = "InvalidInstance.NotFound"},
    {.code = Code::kNotFound, .product = kEas, .http_status = 404, .wire_code = "InvalidService.NotFound"},
    {.code = Code::kAlreadyExists, .product = kEas, .http_status = 409, .wire_code = "InvalidService.AlreadyExists"},
    {.code = Code::kFailedPrecondition, .product = kEas, .http_status = 409, .wire_code = "InvalidService.StatusConflict"},
    {.code = Code::kResourceExhausted, .reason = "ServiceLimit", .http_status = 403, .wire_code = "QuotaExceeded"},
    InvalidParam("MissingInstance"), InvalidParam("MissingInstanceList"), InvalidParam("MissingIsolate"),
    InvalidParam("MissingKeys"), InvalidParam("MissingVersion"),

    // AIRec: both letter cases; the names of what does not exist are assumed.
    AirecParam("ChargeTypeError"), AirecParam("InvalidPayMethod"), AirecParam("EmptyPurchasesInfo"),
    AirecParam("MustModifyQuota"), AirecParam("NameFormatError"), AirecParam("NotExistIndustry"),
    AirecParam("MustSelectIndustry"), AirecParam("CanNotModifyIndustry"),
    AirecParam("CurrentIndustryNotSupportThisScene"), AirecParam("UpdateInfoCanNotBeNull"),
    AirecParam("UpdateInfoContainIllegalProperties"),
    {.code = Code::kNotFound, .reason = "UnknownDataSet", .product = kAirec, .http_status = 404, .wire_code = "DataSetNotExist", .shape = kAirecShape},
    {.code = Code::kNotFound, .product = kAirec, .http_status = 404, .wire_code = "InstanceNotExist", .shape = kAirecShape},
    {.code = Code::kInvalidArgument, .product = kAirec, .http_status = 400, .wire_code = "ValidationError", .shape = kAirecShape},
    {.code = Code::kAlreadyExists, .product = kAirec, .http_status = 400, .wire_code = "ValidationError", .shape = kAirecShape},
    {.code = Code::kFailedPrecondition, .product = kAirec, .http_status = 400, .wire_code = "ValidationError", .shape = kAirecShape},
    {.code = Code::kAborted, .product = kAirec, .http_status = 400, .wire_code = "ValidationError", .shape = kAirecShape},
    {.code = Code::kUnimplemented, .product = kAirec, .http_status = 400, .wire_code = "ValidationError", .shape = kAirecShape},
    {.code = Code::kResourceExhausted, .reason = "RecommenderLimit", .product = kAirec, .http_status = 400, .wire_code = "ValidationError", .shape = kAirecShape},
    {.code = Code::kResourceExhausted, .reason = "RecommenderQuota", .product = kAirec, .http_status = 400, .wire_code = "ValidationError", .shape = kAirecShape},
    {.code = Code::kDataLoss, .product = kAirec, .http_status = 500, .wire_code = "InternalServerError", .shape = kAirecShape},
    {.code = Code::kInternal, .product = kAirec, .http_status = 500, .wire_code = "InternalServerError", .shape = kAirecShape},

    // AIWorkSpace: gateway shape; codes of the family Invalid{Kind}.
    {.code = Code::kPermissionDenied, .product = kWorkspace, .http_status = 403, .wire_code = "NoPermissionError"},
    {.code = Code::kNotFound, .reason = "UnknownMember", .product = kWorkspace, .http_status = 404, .wire_code = "InvalidMember.NotFound"},
    {.code = Code::kNotFound, .reason = "UnknownMemberRole", .product = kWorkspace, .http_status = 404, .wire_code = "InvalidMemberRole.NotFound"},
    {.code = Code::kNotFound, .reason = "UnknownConfig", .product = kWorkspace, .http_status = 404, .wire_code = "InvalidConfig.NotFound"},
    {.code = Code::kFailedPrecondition, .reason = "WorkspaceInUse", .product = kWorkspace, .http_status = 409, .wire_code = "InvalidWorkspace.StatusConflict"},
    {.code = Code::kNotFound, .reason = "UnknownUser", .product = kWorkspace, .http_status = 404, .wire_code = "InvalidUser.NotFound"},
    {.code = Code::kNotFound, .reason = "UnknownImage", .product = kWorkspace, .http_status = 404, .wire_code = "InvalidImage.NotFound"},
    {.code = Code::kNotFound, .product = kWorkspace, .http_status = 404, .wire_code = "InvalidWorkspace.NotFound"},

    // Atelier's own, for operators.
    {.code = Code::kNotFound, .reason = "UnknownOrphan", .http_status = 404, .wire_code = "InvalidOrphan.NotFound"},
    {.code = Code::kNotFound, .reason = "UnknownBulkJob", .http_status = 404, .wire_code = "InvalidBulkJob.NotFound"},
    {.code = Code::kNotFound, .reason = "UnknownSession", .http_status = 404, .wire_code = "InvalidSession.NotFound"},

    // RAM and STS: the vendor's Entity* names.
    {.code = Code::kInvalidArgument, .reason = "MalformedPolicyDocument", .http_status = 400, .wire_code = "MalformedPolicyDocument"},
    {.code = Code::kNotFound, .reason = "UnknownUser", .product = kRam, .http_status = 404, .wire_code = "EntityNotExist.User"},
    {.code = Code::kNotFound, .reason = "UnknownPolicy", .product = kRam, .http_status = 404, .wire_code = "EntityNotExist.Policy"},
    {.code = Code::kNotFound, .reason = "UnknownRole", .http_status = 404, .wire_code = "EntityNotExist.Role"},
    {.code = Code::kNotFound, .reason = "UnknownAccessKey", .product = kRam, .http_status = 404, .wire_code = "EntityNotExist.User.AccessKey"},
    {.code = Code::kNotFound, .product = kRam, .http_status = 404, .wire_code = "EntityNotExist"},
    {.code = Code::kNotFound, .product = kSts, .http_status = 404, .wire_code = "EntityNotExist"},
    {.code = Code::kAlreadyExists, .reason = "UserExists", .http_status = 409, .wire_code = "EntityAlreadyExists.User"},
    {.code = Code::kAlreadyExists, .reason = "PolicyExists", .http_status = 409, .wire_code = "EntityAlreadyExists.Policy"},
    {.code = Code::kAlreadyExists, .reason = "RoleExists", .http_status = 409, .wire_code = "EntityAlreadyExists.Role"},
    {.code = Code::kFailedPrecondition, .reason = "UserHasAccessKeys", .http_status = 409, .wire_code = "DeleteConflict.User.AccessKey"},
    {.code = Code::kFailedPrecondition, .reason = "PolicyAttached", .http_status = 409, .wire_code = "DeleteConflict.Policy.User"},
    {.code = Code::kFailedPrecondition, .reason = "UnreadableRecord", .product = kRam, .http_status = 409, .wire_code = "StatusConflict"},
    {.code = Code::kFailedPrecondition, .product = kRam, .http_status = 409, .wire_code = "DeleteConflict"},
    {.code = Code::kResourceExhausted, .reason = "LimitExceeded", .http_status = 409, .wire_code = "LimitExceeded"},

    // Invalid{Param} of the services in gateway shape.
    InvalidParam("InvalidUserName"), InvalidParam("InvalidDisplayName"), InvalidParam("InvalidPolicyName"),
    InvalidParam("InvalidDescription"), InvalidParam("InvalidRoleName"), InvalidParam("InvalidMaxSessionDuration"),
    InvalidParam("InvalidRoleSessionName"), InvalidParam("InvalidDurationSeconds"), InvalidParam("InvalidPolicyGrammar"),
    InvalidParam("InvalidWorkspaceName"), InvalidParam("InvalidEnvTypes"), InvalidParam("InvalidMembers"),
    InvalidParam("InvalidMemberIds"),

    // Everybody else, and what is the same for all.
    {.code = Code::kInvalidArgument, .http_status = 400, .wire_code = "InvalidParameter"},
    {.code = Code::kUnauthenticated, .http_status = 400, .wire_code = "IncompleteSignature"},
    {.code = Code::kPermissionDenied, .http_status = 403, .wire_code = "NoPermission"},
    {.code = Code::kNotFound, .http_status = 404, .wire_code = "InvalidResource.NotFound"},
    {.code = Code::kAlreadyExists, .http_status = 409, .wire_code = "AlreadyExists"},
    {.code = Code::kFailedPrecondition, .http_status = 409, .wire_code = "StatusConflict"},
    {.code = Code::kAborted, .http_status = 409, .wire_code = "StatusConflict"},
    {.code = Code::kUnimplemented, .http_status = 400, .wire_code = "InvalidParameter"},
    // Without a reason it is the store's disk, which heals by itself.
    {.code = Code::kResourceExhausted, .http_status = 503, .wire_code = "ServiceUnavailable"},
    {.code = Code::kUnavailable, .http_status = 503, .wire_code = "ServiceUnavailable"},
    {.code = Code::kDeadlineExceeded, .http_status = 503, .wire_code = "ServiceUnavailable"},
    {.code = Code::kCancelled, .http_status = 503, .wire_code = "ServiceUnavailable"},
    {.code = Code::kDataLoss, .http_status = 500, .wire_code = "InternalError"},
    {.code = Code::kInternal, .http_status = 500, .wire_code = "InternalError"},
});
// clang-format on

struct AccessDeniedDetail {
  std::string_view AuthAction;
  std::string_view AuthPrincipalType;
  std::string_view AuthPrincipalOwnerId;
  std::string_view AuthPrincipalDisplayName;
  std::string_view PolicyType;
  std::string_view NoPermissionType;
  std::string_view EncodedDiagnosticMessage;
};
BOOST_DESCRIBE_STRUCT(AccessDeniedDetail, (),
                      (AuthAction, AuthPrincipalType, AuthPrincipalOwnerId,
                       AuthPrincipalDisplayName, PolicyType, NoPermissionType,
                       EncodedDiagnosticMessage))

struct GatewayError {
  std::string_view RequestId;
  std::string_view HostId;
  std::string_view Code;
  std::string_view Message;
  std::optional<api::AccessDeniedDetail> AccessDeniedDetail;
};
BOOST_DESCRIBE_STRUCT(GatewayError, (), (RequestId, HostId, Code, Message, AccessDeniedDetail))

struct DswError {
  std::string_view RequestId;
  bool Success;
  std::string_view Code;
  std::string_view Message;
  int HttpStatusCode;
};
BOOST_DESCRIBE_STRUCT(DswError, (), (RequestId, Success, Code, Message, HttpStatusCode))

/// Some clients of AIRec read these, the others those of AirecError: it sends both.
struct LowerCaseError {
  std::string_view code;
  std::string_view message;
  std::string_view requestId;
};
BOOST_DESCRIBE_STRUCT(LowerCaseError, (), (code, message, requestId))

struct AirecError {
  std::string_view Code;
  std::string_view Message;
  std::string_view RequestId;
};
BOOST_DESCRIBE_STRUCT(AirecError, (), (Code, Message, RequestId))

bool Fits(const ErrorRow& row, const Error& error, Product product) {
  return (!row.code || *row.code == error.code()) &&
         (row.reason.empty() || row.reason == error.reason()) &&
         (!row.product || *row.product == product);
}

/// What the caller may read. Faults of our own say nothing of their insides.
std::string_view PublicMessage(const Error& error) {
  if (error.code() == Code::kInternal || error.code() == Code::kDataLoss)
    return "The request processing has failed due to some unknown error.";
  return error.message();
}

std::string_view PrincipalType(identity::PrincipalType type) {
  return type == identity::PrincipalType::kRoleSession ? "AssumedRoleUser" : "SubUser";
}

AccessDeniedDetail DetailOf(const AccessDenial& denial, std::string_view request_id) {
  const bool explicit_deny = denial.decision.verdict == identity::Verdict::kExplicitDeny;
  return {.AuthAction = denial.action,
          .AuthPrincipalType = PrincipalType(denial.caller.type),
          .AuthPrincipalOwnerId = denial.caller.account,
          .AuthPrincipalDisplayName = denial.caller.user,
          .PolicyType = denial.decision.policy_type,
          .NoPermissionType = explicit_deny ? "ExplicitDeny" : "ImplicitDeny",
          // An opaque pointer to our log line of this request, for an administrator.
          .EncodedDiagnosticMessage = request_id};
}

}  // namespace

std::span<const ErrorRow> ErrorTable() { return kTable; }

const ErrorRow& RowFor(const Error& error, Product product) {
  const auto row = std::find_if(kTable.begin(), kTable.end(), [&](const ErrorRow& candidate) {
    return Fits(candidate, error, product);
  });
  return row == kTable.end() ? kTable.back() : *row;
}

http::Response JsonResponse(int status, std::string body, std::string_view request_id,
                            http::Headers headers) {
  headers.AddCopy("Content-Type", "application/json;charset=utf-8");
  headers.AddCopy("x-acs-request-id", request_id);
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

http::Response RenderError(const Error& error, Product product, std::string_view request_id,
                           std::string_view host, const AccessDenial* denial) {
  const ErrorRow& row = RowFor(error, product);
  const std::string_view message = PublicMessage(error);
  std::string body = "{";
  bool first = true;
  if (product == Product::kAirec) {
    codec::AppendMembers(
        body, first,
        LowerCaseError{.code = row.wire_code, .message = message, .requestId = request_id});
  }
  switch (row.shape) {
    case ErrorShape::kDsw:
      codec::AppendMembers(body, first,
                           DswError{.RequestId = request_id,
                                    .Success = false,
                                    .Code = row.wire_code,
                                    .Message = message,
                                    .HttpStatusCode = row.http_status});
      break;
    case ErrorShape::kAirec:
      codec::AppendMembers(
          body, first,
          AirecError{.Code = row.wire_code, .Message = message, .RequestId = request_id});
      break;
    case ErrorShape::kGateway: {
      std::optional<AccessDeniedDetail> detail;
      if (denial != nullptr) detail = DetailOf(*denial, request_id);
      codec::AppendMembers(body, first,
                           GatewayError{.RequestId = request_id,
                                        .HostId = host,
                                        .Code = row.wire_code,
                                        .Message = message,
                                        .AccessDeniedDetail = detail});
      break;
    }
  }
  body += '}';
  http::Response response = JsonResponse(row.http_status, std::move(body), request_id);
  if (row.http_status == 429) {
    response.headers.Add("x-acs-retry-after", std::string(kRetryAfterMs));
    response.headers.Add("Retry-After", std::string(kRetryAfterSeconds));
  }
  if (row.http_status == 503) response.headers.Add("Retry-After", std::string(kRetryAfterSeconds));
  return response;
}

}  // namespace atelier::api
