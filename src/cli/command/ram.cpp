#include "cli/command/ram.h"

#include <fmt/format.h>

#include "cli/command/names.h"
#include "cli/command/parts.h"

namespace atelier::cli {

namespace {

/// RPC style: the operation by its name, parameters in the query.
Task<Result<json::object>> SendRam(Session& session, std::string_view action, Query query) {
  return session.api.Send(
      {.action = action, .version = kRamVersion, .method = "POST", .query = std::move(query)});
}

/// Whether `name` is a custom or a system policy.
Task<Result<std::string>> PolicyTypeOf(Session& session, std::string name) {
  const auto custom =
      co_await SendRam(session, "GetPolicy", {{"PolicyName", name}, {"PolicyType", "Custom"}});
  if (custom) co_return "Custom";
  if (custom.error().code() != Code::kNotFound) co_return custom.error();
  co_return "System";
}

}  // namespace

Task<Result<json::object>> ListRam(Session& session, std::string_view action,
                                   std::string_view outer, std::string_view inner) {
  static constexpr int kMaxPages = 1000;
  json::object whole;
  json::array items;
  std::string marker;
  for (int page = 0; page < kMaxPages; ++page) {
    ATELIER_CO_TRY(whole,
                   co_await SendRam(session, action, {{"MaxItems", "1000"}, {"Marker", marker}}));
    const json::array part = Array(Object(whole, outer), inner);
    items.insert(items.end(), part.begin(), part.end());
    marker = Text(whole, "Marker");
    if (marker.empty()) break;
  }
  whole[outer] = json::object{{inner, std::move(items)}};
  co_return whole;
}

// Users
// -----------------------------------------------------------------------------------------------

Task<Status> ListUsers(Session& session) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await ListRam(session, "ListUsers", "Users", "User"));
  Table table{.header = {"ID", "NAME", "DISPLAY NAME", "CREATED"}, .rows = {}};
  for (const json::value& item : Array(Object(answer, "Users"), "User")) {
    const json::object& user = AsObject(item);
    table.rows.push_back({Text(user, "UserId"), Text(user, "UserName"), Text(user, "DisplayName"),
                          Text(user, "CreateDate")});
  }
  session.Print(answer, table);
  co_return Ok();
}

Task<Status> CreateUser(Session& session, std::string name, std::string display_name) {
  ATELIER_CO_TRY(
      const json::object answer,
      co_await SendRam(session, "CreateUser", {{"UserName", name}, {"DisplayName", display_name}}));
  session.PrintLine(answer, Text(Object(answer, "User"), "UserId"));
  co_return Ok();
}

Task<Status> DeleteUser(Session& session, std::string name) {
  ATELIER_CO_TRY(name, co_await UserNameOf(session, name));
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(session, "DeleteUser", {{"UserName", name}}));
  session.PrintLine(answer, name);
  co_return Ok();
}

// Keys
// ------------------------------------------------------------------------------------------------

Task<Status> ListKeys(Session& session, std::string user) {
  ATELIER_CO_TRY(user, co_await UserNameOf(session, user));
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(session, "ListAccessKeys", {{"UserName", user}}));
  Table table{.header = {"ID", "STATUS", "CREATED"}, .rows = {}};
  for (const json::value& item : Array(Object(answer, "AccessKeys"), "AccessKey")) {
    const json::object& key = AsObject(item);
    table.rows.push_back({Text(key, "AccessKeyId"), Text(key, "Status"), Text(key, "CreateDate")});
  }
  session.Print(answer, table);
  co_return Ok();
}

Task<Status> CreateKey(Session& session, std::string user, std::string save) {
  ATELIER_CO_TRY(user, co_await UserNameOf(session, user));
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(session, "CreateAccessKey", {{"UserName", user}}));
  const json::object& key = Object(answer, "AccessKey");
  if (save.empty()) {
    session.Print(answer, {.header = {"ID", "SECRET"},
                           .rows = {{Text(key, "AccessKeyId"), Text(key, "AccessKeySecret")}}});
    session.Note("The secret is not shown again.");
    co_return Ok();
  }
  Connection connection = session.api.connection();
  connection.access_key_id = Text(key, "AccessKeyId");
  connection.access_key_secret = Text(key, "AccessKeySecret");
  if (const Status written = WriteCredentialsFile(save, connection); !written) {
    // The key exists and its secret would be lost: take it back.
    static_cast<void>(
        co_await SendRam(session, "DeleteAccessKey",
                         {{"UserName", user}, {"UserAccessKeyId", connection.access_key_id}}));
    co_return written;
  }
  session.PrintLine(json::object{{"AccessKeyId", connection.access_key_id}, {"File", save}},
                    connection.access_key_id);
  co_return Ok();
}

Task<Status> SetKeyState(Session& session, std::string user, std::string key_id, bool active) {
  ATELIER_CO_TRY(user, co_await UserNameOf(session, user));
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(session, "UpdateAccessKey",
                                  {{"UserName", user},
                                   {"UserAccessKeyId", key_id},
                                   {"Status", active ? "Active" : "Inactive"}}));
  session.PrintLine(answer, key_id);
  co_return Ok();
}

Task<Status> DeleteKey(Session& session, std::string user, std::string key_id) {
  ATELIER_CO_TRY(user, co_await UserNameOf(session, user));
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(session, "DeleteAccessKey",
                                  {{"UserName", user}, {"UserAccessKeyId", key_id}}));
  session.PrintLine(answer, key_id);
  co_return Ok();
}

// Policies
// --------------------------------------------------------------------------------------------

Task<Status> ListPolicies(Session& session) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await ListRam(session, "ListPolicies", "Policies", "Policy"));
  Table table{.header = {"NAME", "TYPE", "ATTACHED", "DESCRIPTION"}, .rows = {}};
  for (const json::value& item : Array(Object(answer, "Policies"), "Policy")) {
    const json::object& policy = AsObject(item);
    table.rows.push_back({Text(policy, "PolicyName"), Text(policy, "PolicyType"),
                          std::to_string(Integer(policy, "AttachmentCount")),
                          Text(policy, "Description")});
  }
  session.Print(answer, table);
  co_return Ok();
}

Task<Status> GetPolicy(Session& session, std::string name) {
  ATELIER_CO_TRY(const std::string type, co_await PolicyTypeOf(session, name));
  ATELIER_CO_TRY(
      const json::object answer,
      co_await SendRam(session, "GetPolicy", {{"PolicyName", name}, {"PolicyType", type}}));
  if (!session.ForPeople()) {
    session.Print(answer, {});
    co_return Ok();
  }
  // For people the document itself, set out.
  const auto document = ParseJson(Text(Object(answer, "Policy"), "PolicyDocument"));
  session.around.out << RenderJson(document ? *document : json::value(answer));
  co_return Ok();
}

Task<Status> CreatePolicy(Session& session, CreatePolicyOptions options) {
  ATELIER_CO_TRY(JsonFile document, ReadJson(options.document));
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(session, "CreatePolicy",
                                  {{"PolicyName", options.name},
                                   {"Description", options.description},
                                   {"PolicyDocument", std::move(document.text)}}));
  session.PrintLine(answer, options.name);
  co_return Ok();
}

Task<Status> DeletePolicy(Session& session, std::string name) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await SendRam(session, "DeletePolicy", {{"PolicyName", name}}));
  session.PrintLine(answer, name);
  co_return Ok();
}

Task<Status> AttachPolicy(Session& session, AttachOptions options) {
  const bool to_user = !options.user.empty();
  if (to_user != options.role.empty()) {
    co_return Error(Code::kInvalidArgument, "Give either --user or --role.");
  }
  ATELIER_CO_TRY(options.user, co_await UserNameOf(session, options.user));
  ATELIER_CO_TRY(const std::string type, co_await PolicyTypeOf(session, options.policy));
  const std::string action = std::string(options.attach ? "AttachPolicyTo" : "DetachPolicyFrom") +
                             (to_user ? "User" : "Role");
  ATELIER_CO_TRY(const json::object answer, co_await SendRam(session, action,
                                                             {{"PolicyName", options.policy},
                                                              {"PolicyType", type},
                                                              {"UserName", options.user},
                                                              {"RoleName", options.role}}));
  session.PrintLine(answer, options.policy);
  co_return Ok();
}

}  // namespace atelier::cli
