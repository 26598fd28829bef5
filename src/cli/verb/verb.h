#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "cli/client/pages.h"
#include "cli/command/subject.h"
#include "cli/command/wait.h"
#include "cli/run/command_context.h"

/// Commands that are one call of the API: rows of a table, one file for each noun. What a row
/// cannot say is a function under command/.
namespace atelier::cli {

/// How what people write becomes what is sent.
enum class Take : std::uint8_t {
  kText,
  kInteger,
  kNumber,
  kYes,        // a flag: true, or what `values` says
  kNo,         // a flag: false; true without it
  kTexts,      // any number: an array, in a query separated by commas
  kPairs,      // KEY=VALUE, any number: an object, in a query as JSON
  kLabels,     // KEY=VALUE, any number: [{"Key": KEY, "Value": VALUE}]
  kPairsFile,  // a file with lines KEY=VALUE: an object
  kTextFile,   // what a file holds
  kJsonFile,   // the same, as JSON; of the whole body: an object
  kMembers,    // a.b=VALUE, any number: JSON, or text, at that place of the body
  kDuration,   // 90s, 30m, 2h, 1d or milliseconds
  kInstance,   // a name or an id: the id; the same for what follows
  kInstances,  // any number
  kWorkspace,
  kWorkspaces,
  kRecommender,
  kImage,
  kServices,
  kGateway,
  kResource,
  kScript,
  kUser,
  kUserName,   // the login name
  kRoleArn,    // the ARN
  kPrincipal,  // as audit records have them
  kTarget,
};

/// One argument or option.
struct Field {
  std::string_view flags;  // "--weight"; an argument without dashes
  std::string_view help;
  /// "{Name}": a piece of the path. "?Name": of the query. "a.b": a member of the body. Several
  /// objects for one member are merged.
  std::string_view target;
  Take take = Take::kText;
  bool required = false;
  std::int64_t min = 0;  // of a number, when `max` is above it
  std::int64_t max = 0;
  std::string_view values = {};    // "a,b": nothing else is taken; of a flag: what it stands for
  std::string_view standard = {};  // taken when it is not given
};

struct Column {
  std::string_view header;
  std::string_view member;  // "a.b"; several separated by '/': shown as x/y
};

/// What is said of a change of several.
struct Change {
  std::string_view verb = "change";
  std::string_view done = "changed";
  std::string_view done_state = {};  // in it there is nothing to be done
  bool is_final = false;             // what a query finds is changed with --yes only
};

struct Verb {
  std::string_view words;  // "rollback", "autoscale delete"
  std::string_view help;
  std::string_view action = {};
  std::string_view version = {};
  std::string_view method = {};
  std::string path = {};  // as the operation's row has it; {ClusterId} is found out
  std::vector<Field> fields = {};
  Query query = {};            // sent always
  std::string_view body = {};  // JSON, sent always, beside what the fields say
  // The first argument may be several: one call for each. Or they are chosen by --query.
  const Subject* many = nullptr;
  Change change = {};
  std::string_view bulk = {};  // the Action of a job, which is what a query begins

  // What people see; JSON and YAML show the answer as it came. `list`: a table of that member's
  // items. `record`: names and values of that member, "." of the whole. `line`: the text of that
  // member. None: what the first argument named.
  std::string_view list = {};
  Pages pages = {};  // of the list; a query parameter of its size's name is how many are wanted
  std::vector<Column> columns = {};
  std::string_view record = {};
  std::string_view line = {};

  Goal goal = Goal::kNone;      // of instances, and of services
  bool makes_service = false;   // the answer names it
  std::string_view needs = {};  // what is said where there is nothing to send
};

struct VerbInput {
  std::vector<std::vector<std::string>> values;  // of each field; empty: not given
  // Of a verb for several.
  std::string query;     // docs/query.md: instead of the first field
  bool dry_run = false;  // show them and change nothing
  bool yes = false;
  WaitOptions wait;
};

Task<Status> RunVerb(CommandContext& context, const Verb& verb, VerbInput input);

/// {30m} as milliseconds. InvalidArgument.
Result<std::int64_t> ParseDuration(std::string_view text);

/// A member by its path, as people read it: "" when absent, lists joined with commas.
std::string Show(const json::object& object, std::string_view path);

/// A row for each of `items`, which may be lists of items themselves.
Table ListTable(std::span<const Column> columns, const json::array& items);
/// The names and values of those of `members` that have one.
Table RecordTable(std::initializer_list<std::string_view> members, const json::object& record);

/// Whose a list shows that is of one's own otherwise (verb/account.cpp).
std::vector<Field> OwnerFields();
/// What an idle rule says, of an instance or for new ones of a workspace (verb/instance.cpp).
std::vector<Field> IdleRuleFields(Field whose);

std::span<const Verb> ServiceVerbs();      // verb/service.cpp
std::span<const Verb> InstanceVerbs();     // verb/instance.cpp
std::span<const Verb> RecommenderVerbs();  // verb/recommender.cpp
std::span<const Verb> WorkspaceVerbs();    // verb/workspace.cpp
std::span<const Verb> ImageVerbs();        // verb/catalogue.cpp
std::span<const Verb> ClockVerbs();        // verb/catalogue.cpp
std::span<const Verb> GatewayVerbs();      // verb/host.cpp
std::span<const Verb> ResourceVerbs();     // verb/host.cpp
std::span<const Verb> UserVerbs();         // verb/account.cpp
std::span<const Verb> RoleVerbs();         // verb/account.cpp
std::span<const Verb> KeyVerbs();          // verb/account.cpp
std::span<const Verb> PolicyVerbs();       // verb/account.cpp
std::span<const Verb> SessionVerbs();      // verb/account.cpp
std::span<const Verb> RootVerbs();         // verb/account.cpp: whoami, console, audit

}  // namespace atelier::cli
