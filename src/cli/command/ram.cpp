#include "cli/command/ram.h"

#include <array>

#include <fmt/format.h>

#include "cli/command/args.h"
#include "cli/command/names.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

/// RPC style: the operation by its name, parameters in the query.
Task<Result<json::object>> SendRam(CommandContext& context, std::string_view action, Query query) {
  return context.api.Send(
      {.action = action, .version = kRamVersion, .method = "POST", .query = std::move(query)});
}

/// Whether `name` is a custom or a system policy.
Task<Result<std::string>> PolicyTypeOf(CommandContext& context, std::string name) {
  const auto custom =
      co_await SendRam(context, "GetPolicy", {{"PolicyName", name}, {"PolicyType", "Custom"}});
  if (custom) co_return "Custom";
  if (custom.error().code() != Code::kNotFound) co_return custom.error();
  co_return "System";
}

}  // namespace

ListCall RamList(std::string_view action, std::string_view list) {
  return {.call = {.action = action, .version = kRamVersion, .method = "POST"},
          .list = list,
          .pages = kRamPages};
}

// Users
// -----------------------------------------------------------------------------------------------

Task<Status> ListUsers(CommandContext& context) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await WholeList(context.api, RamList("ListUsers", "Users.User")));
  static constexpr auto kColumns = std::to_array<Column>({{"ID", "UserId"},
                                                          {"NAME", "UserName"},
                                                          {"DISPLAY NAME", "DisplayName"},
                                                          {"CREATED", "CreateDate"}});
  context.Print(answer, ListTable(kColumns, Array(Object(answer, "Users"), "User")));
  co_return Ok();
}

Task<Status> CreateUser(CommandContext& context, std::string name, std::string display_name) {
  ATELIER_CO_TRY(
      const json::object answer,
      co_await SendRam(context, "CreateUser", {{"UserName", name}, {"DisplayName", display_name}}));
  context.PrintLine(answer, TextOf(Object(answer, "User"), "UserId"));
  co_return Ok();
}

Task<Status> DeleteUser(CommandContext& context, std::string name) {
  ATELIER_CO_TRY(name, co_await UserNameOf(context, name));
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(context, "DeleteUser", {{"UserName", name}}));
  context.PrintLine(answer, name);
  co_return Ok();
}

// Keys
// ------------------------------------------------------------------------------------------------

Task<Status> CreateKey(CommandContext& context, std::string user, std::string save) {
  ATELIER_CO_TRY(user, co_await UserNameOf(context, user));
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(context, "CreateAccessKey", {{"UserName", user}}));
  const json::object& key = Object(answer, "AccessKey");
  if (save.empty()) {
    context.Print(answer, {.header = {"ID", "SECRET"},
                           .rows = {{TextOf(key, "AccessKeyId"), TextOf(key, "AccessKeySecret")}}});
    context.Note("The secret is not shown again.");
    co_return Ok();
  }
  Connection connection = context.api.connection();
  connection.access_key_id = TextOf(key, "AccessKeyId");
  connection.access_key_secret = TextOf(key, "AccessKeySecret");
  if (const Status written = WriteCredentialsFile(save, connection); !written) {
    // The key exists and its secret would be lost: take it back.
    static_cast<void>(
        co_await SendRam(context, "DeleteAccessKey",
                         {{"UserName", user}, {"UserAccessKeyId", connection.access_key_id}}));
    co_return written;
  }
  context.PrintLine(json::object{{"AccessKeyId", connection.access_key_id}, {"File", save}},
                    connection.access_key_id);
  co_return Ok();
}

// Policies
// --------------------------------------------------------------------------------------------

Task<Status> ListPolicies(CommandContext& context) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await WholeList(context.api, RamList("ListPolicies", "Policies.Policy")));
  static constexpr auto kColumns = std::to_array<Column>({{"NAME", "PolicyName"},
                                                          {"TYPE", "PolicyType"},
                                                          {"ATTACHED", "AttachmentCount"},
                                                          {"DESCRIPTION", "Description"}});
  context.Print(answer, ListTable(kColumns, Array(Object(answer, "Policies"), "Policy")));
  co_return Ok();
}

Task<Status> GetPolicy(CommandContext& context, std::string name) {
  ATELIER_CO_TRY(const std::string type, co_await PolicyTypeOf(context, name));
  ATELIER_CO_TRY(
      const json::object answer,
      co_await SendRam(context, "GetPolicy", {{"PolicyName", name}, {"PolicyType", type}}));
  if (!context.ForPeople()) {
    context.Print(answer, {});
    co_return Ok();
  }
  // For people the document itself, set out.
  const auto document = ParseJson(TextOf(Object(answer, "Policy"), "PolicyDocument"));
  context.env.out << RenderJson(document ? *document : json::value(answer));
  co_return Ok();
}

Task<Status> CreatePolicy(CommandContext& context, CreatePolicyOptions options) {
  ATELIER_CO_TRY(JsonFile document, ReadJson(options.document));
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(context, "CreatePolicy",
                                  {{"PolicyName", options.name},
                                   {"Description", options.description},
                                   {"PolicyDocument", std::move(document.text)}}));
  context.PrintLine(answer, options.name);
  co_return Ok();
}

Task<Status> AttachPolicy(CommandContext& context, AttachOptions options) {
  const bool to_user = !options.user.empty();
  if (to_user != options.role.empty()) {
    co_return Error(Code::kInvalidArgument, "Give either --user or --role.");
  }
  ATELIER_CO_TRY(options.user, co_await UserNameOf(context, options.user));
  ATELIER_CO_TRY(const std::string type, co_await PolicyTypeOf(context, options.policy));
  const std::string action = std::string(options.attach ? "AttachPolicyTo" : "DetachPolicyFrom") +
                             (to_user ? "User" : "Role");
  ATELIER_CO_TRY(const json::object answer, co_await SendRam(context, action,
                                                             {{"PolicyName", options.policy},
                                                              {"PolicyType", type},
                                                              {"UserName", options.user},
                                                              {"RoleName", options.role}}));
  context.PrintLine(answer, options.policy);
  co_return Ok();
}

}  // namespace atelier::cli
