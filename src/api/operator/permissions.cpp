// What the caller may do, before they try (docs/api.md): the gates of the operation itself, without
// its handler. A console hides by it what would be refused.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "api/envelope.h"
#include "api/errors.h"
#include "api/framework/ram_gate.h"
#include "api/framework/served.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/wire/permission.h"

namespace atelier::api {

/// A page of a list, with four buttons for each row.
constexpr std::int64_t kMaxQuestions = 200;

template <>
inline constexpr auto kRules<wire::CheckPermissionsRequest> =
    std::to_array<FieldRule>({{.name = "Questions", .min = 1, .max = kMaxQuestions}});

namespace {

constexpr std::string_view kCluster = "ClusterId";

/// The piece of the path that says what the operation is about; empty: none does.
std::string_view SubjectOf(const Operation& operation) {
  const auto found = std::ranges::find_if(operation.params(), [](const Param& param) {
    return param.in_path && param.name != kCluster;
  });
  return found == operation.params().end() ? std::string_view() : found->name;
}

/// The row that a question is about. InvalidArgument: there is none, or the question names too
/// little or too much for it.
Result<const Operation*> OperationOf(const std::string& action, const std::string& resource,
                                     std::size_t at) {
  const Operation* operation = FindByAction(action);
  if (operation == nullptr)
    return Invalid(
        fmt::format("Questions[{}].Action names no operation: it is as policies have "
                    "it, for example paidsw:StopInstance.",
                    at));
  const std::string_view subject = SubjectOf(*operation);
  if (!subject.empty() && resource.empty())
    return Invalid(fmt::format("Questions[{}].Resource is required: the {} of {}.", at, subject,
                               operation->name));
  if (subject.empty() && operation->second_gate.pass == nullptr && !resource.empty())
    return Invalid(fmt::format("Questions[{}].Resource must be empty: {} is decided for all alike.",
                               at, operation->name));
  if (resource.size() > kMaxCharacters)
    return Invalid(fmt::format("Questions[{}].Resource is too long.", at));
  return operation;
}

/// What the operation would be refused for, asked of the same gates in the same order.
Status Ask(const Context& context, const Operation& operation, const std::string& resource) {
  const RawParams path = {{std::string(kCluster), context.options.region},
                          {std::string(SubjectOf(operation)), resource}};
  RamGate gate;
  ATELIER_RETURN_IF_ERROR(Authorise(context.services, context.options,
                                    {operation, context.caller, path, RawParams()}, gate));
  if (operation.handler == nullptr) return Refusal(operation);
  const Context asked{.services = context.services,
                      .dsw = context.dsw,
                      .eas = context.eas,
                      .airec = context.airec,
                      .options = context.options,
                      .caller = context.caller,
                      .gate = gate,
                      .request_id = context.request_id,
                      .operation = operation.name,
                      .form = operation.form,
                      .access = operation.second_gate.access,
                      .head = context.head,
                      .args = {},
                      .body = {},
                      .url_base = {},
                      .apart = {},
                      .buffer = {},
                      .list_items = context.list_items};
  if (operation.second_gate.pass != nullptr)
    ATELIER_RETURN_IF_ERROR(operation.second_gate.pass(asked, resource));
  return gate.forgotten() ? PassRam(asked, {}) : Ok();
}

AnsweredAtOnce<wire::CheckPermissionsAnswer> CheckPermissions(Context& context) {
  ATELIER_TRY(auto request, BodyOf<wire::CheckPermissionsRequest>(context));
  wire::CheckPermissionsAnswer answer;
  answer.Permissions.reserve(request.Questions.size());
  for (wire::PermissionQuestion& question : request.Questions) {
    std::string resource = std::move(question.Resource).value_or("");
    ATELIER_TRY(const Operation* operation,
                OperationOf(question.Action, resource, answer.Permissions.size()));
    const Status asked = Ask(context, *operation, resource);
    wire::Permission& permission = answer.Permissions.emplace_back();
    permission.Action = std::move(question.Action);
    permission.Resource = std::move(resource);
    permission.Allowed = asked.has_value();
    if (asked) continue;
    permission.Code = RowFor(asked.error(), operation->product).wire_code;
    permission.Message = asked.error().message();
  }
  return Answer(context, answer);
}

}  // namespace

std::span<const Operation> PermissionOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<CheckPermissions>(kAtelierApi, "CheckPermissions", "POST", "/atelier/v1/can",
                            "What the caller may do to what: what each operation itself would "
                            "decide, asked of up to 200.",
                            BodySchema<wire::CheckPermissionsRequest>)
          .ReadOnly()
          .OpenToAll(),
  });
  return kRows;
}

}  // namespace atelier::api
