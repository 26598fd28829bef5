// What the caller may do, before they try (docs/api.md): the gates of the operation itself, without
// its handler. A console hides by it what would be refused.
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "api/envelope.h"
#include "api/errors.h"
#include "api/framework/ask_gates.h"
#include "api/framework/ram_gate.h"
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

AnsweredAtOnce<wire::CheckPermissionsAnswer> CheckPermissions(Context& context) {
  ATELIER_TRY(auto request, BodyOf<wire::CheckPermissionsRequest>(context));
  wire::CheckPermissionsAnswer answer;
  answer.Permissions.reserve(request.Questions.size());
  for (wire::PermissionQuestion& question : request.Questions) {
    std::string resource = std::move(question.Resource).value_or("");
    ATELIER_TRY(const Operation* operation,
                OperationOf(question.Action, resource, answer.Permissions.size()));
    const Status asked = AskGates({.services = context.services,
                                   .options = context.options,
                                   .caller = context.caller,
                                   .operation = *operation,
                                   .subject = resource,
                                   .list_items = context.list_items});
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
