// Users, roles, browsers that are signed in, who is calling, and who changed what.
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr Field kUser = {.flags = "name",
                         .help = "Login name or user id",
                         .target = "?UserName",
                         .take = Take::kUserName,
                         .required = true};
constexpr Field kPasswordOwner = {.flags = "name",
                                  .help = "Login name or user id",
                                  .target = "{UserName}",
                                  .take = Take::kUserName,
                                  .required = true};
constexpr std::string_view kPassword = "/atelier/v1/users/{UserName}/password";
constexpr Field kRole = {
    .flags = "name", .help = "Role name", .target = "?RoleName", .required = true};
constexpr Field kKey = {
    .flags = "id", .help = "Access key id", .target = "?UserAccessKeyId", .required = true};
constexpr Field kKeyOwner = {.flags = "--user",
                             .help = "Login name or user id (default: your own keys)",
                             .target = "?UserName",
                             .take = Take::kUserName};
const std::vector<Column> kPolicyColumns = {
    {"NAME", "PolicyName"}, {"TYPE", "PolicyType"}, {"DESCRIPTION", "Description"}};

/// RPC style: the operation by its name.
Verb Ram(Verb verb) {
  if (verb.version.empty()) verb.version = kRamVersion;
  verb.method = "POST";
  verb.path = "/";
  return verb;
}

}  // namespace

std::span<const Verb> UserVerbs() {
  static const std::vector<Verb> kAll = {
      Ram({.words = "get",
           .help = "Show a user",
           .action = "GetUser",
           .fields = {kUser},
           .record = "User"}),
      Ram({.words = "policies",
           .help = "List the policies of a user",
           .action = "ListPoliciesForUser",
           .fields = {kUser},
           .list = "Policies.Policy",
           .columns = kPolicyColumns}),
      {.words = "password set",
       .help = "Set the password that a user signs a browser in with",
       .action = "SetUserPassword",
       .method = "PUT",
       .path = std::string(kPassword),
       .fields = {kPasswordOwner,
                  {.flags = "--file",
                   .help = "A file that holds it, and nothing else, not even the end of a line",
                   .target = "Password",
                   .take = Take::kTextFile,
                   .required = true}}},
      {.words = "password delete",
       .help = "Take the password of a user away; the browsers signed in by it are signed out",
       .action = "DeleteUserPassword",
       .method = "DELETE",
       .path = std::string(kPassword),
       .fields = {kPasswordOwner}},
  };
  return kAll;
}

std::span<const Verb> KeyVerbs() {
  static const std::vector<Verb> kAll = {
      Ram({.words = "list",
           .help = "List access keys",
           .action = "ListAccessKeys",
           .fields = {kKeyOwner},
           .list = "AccessKeys.AccessKey",
           .columns = {{"ID", "AccessKeyId"}, {"STATUS", "Status"}, {"CREATED", "CreateDate"}}}),
      Ram({.words = "used",
           .help = "Show when an access key was used last, from where and for what",
           .action = "GetAccessKeyLastUsed",
           .fields = {kKey, kKeyOwner},
           .record = "AccessKeyLastUsed"}),
      Ram({.words = "disable",
           .help = "Disable an access key: requests signed with it are refused",
           .action = "UpdateAccessKey",
           .fields = {kKey, kKeyOwner},
           .query = {{"Status", "Inactive"}}}),
      Ram({.words = "enable",
           .help = "Enable an access key",
           .action = "UpdateAccessKey",
           .fields = {kKey, kKeyOwner},
           .query = {{"Status", "Active"}}}),
      Ram({.words = "delete",
           .help = "Delete an access key",
           .action = "DeleteAccessKey",
           .fields = {kKey, kKeyOwner}}),
  };
  return kAll;
}

std::span<const Verb> PolicyVerbs() {
  static const std::vector<Verb> kAll = {
      Ram({.words = "delete",
           .help = "Delete a policy that is attached nowhere",
           .action = "DeletePolicy",
           .fields = {{.flags = "name",
                       .help = "Policy name",
                       .target = "?PolicyName",
                       .required = true}}}),
  };
  return kAll;
}

std::span<const Verb> RoleVerbs() {
  static const std::vector<Verb> kAll = {
      Ram({.words = "list",
           .help = "List roles",
           .action = "ListRoles",
           .list = "Roles.Role",
           .pages = kRamPages,
           .columns = {{"NAME", "RoleName"},
                       {"LONGEST SESSION", "MaxSessionDuration"},
                       {"CREATED", "CreateDate"}}}),
      Ram({.words = "get",
           .help = "Show a role",
           .action = "GetRole",
           .fields = {kRole},
           .record = "Role"}),
      Ram({.words = "create",
           .help = "Create a role that others may assume",
           .action = "CreateRole",
           .fields = {kRole,
                      {.flags = "--document",
                       .help = "File with the trust policy's JSON: who may assume it",
                       .target = "?AssumeRolePolicyDocument",
                       .take = Take::kTextFile,
                       .required = true},
                      {.flags = "--session",
                       .help = "Longest context, in seconds (default: 3600)",
                       .target = "?MaxSessionDuration",
                       .take = Take::kInteger,
                       .min = 3600,
                       .max = 43'200}}}),
      Ram({.words = "delete", .help = "Delete a role", .action = "DeleteRole", .fields = {kRole}}),
      Ram({.words = "policies",
           .help = "List the policies of a role",
           .action = "ListPoliciesForRole",
           .fields = {kRole},
           .list = "Policies.Policy",
           .columns = kPolicyColumns}),
      Ram({.words = "assume",
           .help = "Create a temporary key with a role's permissions",
           .action = "AssumeRole",
           .version = kStsVersion,
           .fields = {{.flags = "role",
                       .help = "Role name or ARN",
                       .target = "?RoleArn",
                       .take = Take::kRoleArn,
                       .required = true},
                      {.flags = "--session-name",
                       .help = "Who is behind the role",
                       .target = "?RoleSessionName",
                       .standard = "atelier-cli"},
                      {.flags = "--duration",
                       .help = "How long the key is valid, in seconds (default: 3600)",
                       .target = "?DurationSeconds",
                       .take = Take::kInteger,
                       .min = 900,
                       .max = 43'200},
                      {.flags = "--policy",
                       .help = "File with a policy that narrows the key's permissions",
                       .target = "?Policy",
                       .take = Take::kTextFile}},
           .record = "Credentials"}),
  };
  return kAll;
}

std::vector<Field> OwnerFields() {
  return {{.flags = "--user",
           .help = "Those of this user instead of your own: login name or id",
           .target = "?UserId",
           .take = Take::kUser},
          {.flags = "--all",
           .help = "Those of everybody",
           .target = "?UserId",
           .take = Take::kYes,
           .values = "ALL"}};
}

std::span<const Verb> SessionVerbs() {
  static const std::vector<Verb> kAll = {
      {.words = "list",
       .help = "List the browsers that you, or others, are signed in with",
       .action = "ListSessions",
       .method = "GET",
       .path = "/atelier/v1/sessions",
       .fields = OwnerFields(),
       .list = "Sessions",
       .pages = kPages,
       .columns = {{"SESSION", "SessionId"},
                   {"USER", "UserName"},
                   {"FROM", "SourceIp"},
                   {"SIGNED IN", "GmtCreateTime"},
                   {"LAST USED", "LastUsedTime"},
                   {"BROWSER", "UserAgent"}}},
      {.words = "end",
       .help = "Sign a browser out",
       .action = "DeleteSession",
       .method = "DELETE",
       .path = "/atelier/v1/sessions/{SessionId}",
       .fields = {{.flags = "session",
                   .help = "Id, from session list",
                   .target = "{SessionId}",
                   .required = true}}},
  };
  return kAll;
}

std::span<const Verb> RootVerbs() {
  static const std::vector<Verb> kAll = {
      Ram({.words = "whoami",
           .help = "Show which user the access key belongs to",
           .action = "GetCallerIdentity",
           .version = kStsVersion,
           .record = "."}),
      {.words = "console",
       .help = "Print a link that signs a browser in, once, within a minute",
       .action = "CreateSignInLink",
       .method = "POST",
       .path = "/atelier/v1/sign-in-links",
       .fields = {{.flags = "--user",
                   .help = "Sign this user in instead of yourself",
                   .target = "UserId",
                   .take = Take::kUser}},
       .line = "Url"},
      {.words = "audit",
       .help = "Show who changed what, the newest first",
       .action = "ListAuditRecords",
       .method = "GET",
       .path = "/atelier/v1/auditrecords",
       .fields = {{.flags = "--since",
                   .help = "Only from this time on: 2026-01-31T08:00:00Z",
                   .target = "?StartTime"},
                  {.flags = "--until", .help = "Only before this time", .target = "?EndTime"},
                  {.flags = "--by",
                   .help = "Only changes of this caller: login name, user id or ARN",
                   .target = "?Principal",
                   .take = Take::kPrincipal},
                  {.flags = "--operation",
                   .help = "Only this operation: DeleteInstance",
                   .target = "?Operation"},
                  {.flags = "--target",
                   .help = "Only what was done to this: a name, an instance id, service/NAME, ...",
                   .target = "?Target",
                   .take = Take::kTarget},
                  {.flags = "--limit",
                   .help = "How many (default: 100)",
                   .target = "?MaxResults",
                   .take = Take::kInteger,
                   .min = 1,
                   .max = 1'000'000,
                   .standard = "100"}},
       .list = "AuditRecords",
       .pages = {.size = "MaxResults",
                 .most = 1000,
                 .next = "NextToken",
                 .by = NextPage::kMark,
                 .mark = "NextToken"},
       .columns = {{"TIME", "Time"},
                   {"BY", "Principal"},
                   {"OPERATION", "Operation"},
                   {"TARGET", "Target"},
                   {"FROM", "SourceIp"}}},
  };
  return kAll;
}

}  // namespace atelier::cli
