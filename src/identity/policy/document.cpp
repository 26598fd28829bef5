#include "identity/policy/document.h"

#include <algorithm>

#include "base/ascii.h"

namespace atelier::identity {

namespace {

constexpr std::size_t kMaxCharacters = 6144;

bool OnlyStars(std::string_view pattern) {
  return !pattern.empty() && pattern.find_first_not_of('*') == std::string_view::npos;
}

/// Of valid JSON: each member has one colon outside of its strings.
std::size_t CountColons(std::string_view text) {
  std::size_t colons = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (text[i] == ':' && !in_string) {
      ++colons;
    }
  }
  return colons;
}

std::size_t CountMembers(const json::value& value) {
  std::size_t members = 0;
  if (const json::object* object = value.if_object()) {
    members += object->size();
    for (const auto& member : *object) members += CountMembers(member.value());
  } else if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) members += CountMembers(item);
  }
  return members;
}

std::string CallerAsRole(const Caller& caller) {
  return "acs:ram::" + caller.account.str() + ":role/" + caller.role.str();
}

/// Section 6. Names are unique without regard to case, so ARNs are compared so too.
bool PrincipalMatches(const std::string& principal, const Caller& caller) {
  const auto is = [&](std::string_view arn) { return EqualsIgnoreCase(principal, arn); };
  if (is("acs:ram::" + caller.account.str() + ":root")) return true;
  if (caller.type == PrincipalType::kRoleSession) return is(CallerAsRole(caller));
  return caller.type == PrincipalType::kUser && is(caller.arn);
}

}  // namespace

/// Reads a document and keeps the first problem. What is read in spite of problems fails closed.
class PolicyDocument::Reader {
 public:
  explicit Reader(PolicyKind kind) { document_.kind_ = kind; }

  void Read(std::string_view text) {
    const auto value = ParseJson(text);
    if (!value) return DenyAll("The policy document is not valid JSON.");
    const json::object* object = value->if_object();
    if (object == nullptr) return DenyAll("The policy document must be a JSON object.");
    if (CountColons(text) != CountMembers(*value)) {
      return DenyAll("The policy document has an element twice.");
    }
    for (const auto& member : *object) {
      if (member.key() != "Version" && member.key() != "Statement") {
        return DenyAll("Element " + std::string(member.key()) + " is not known.");
      }
    }
    const json::value* version = object->if_contains("Version");
    if (version == nullptr || *version != json::value("1")) {
      return DenyAll("Version must be \"1\".");
    }
    const json::value* statement = object->if_contains("Statement");
    if (statement != nullptr && statement->is_object())
      return ReadStatement(statement->get_object());
    if (statement == nullptr || !statement->is_array()) {
      return DenyAll("Statement must be an array.");
    }
    for (const json::value& item : statement->get_array()) {
      if (!item.is_object()) return DenyAll("Each Statement must be an object.");
      ReadStatement(item.get_object());
    }
  }

  const std::string& problem() const { return problem_; }
  PolicyDocument Take() { return std::move(document_); }

 private:
  void Note(std::string problem) {
    broken_ = true;
    if (problem_.empty()) problem_ = std::move(problem);
  }

  static Statement Everything() {
    Statement statement;
    statement.actions = {"*"};
    statement.resources = {"*"};
    return statement;
  }

  void DenyAll(std::string problem) {
    Note(std::move(problem));
    everything_denied_ = true;
    document_.statements_ = {Everything()};
  }

  void ReadStatement(const json::object& object) {
    if (everything_denied_) return;
    broken_ = false;
    const bool trust = document_.kind_ == PolicyKind::kTrust;
    for (const auto& member : object) {
      const std::string_view name = member.key();
      const bool known = name == "Effect" || name == "Action" || name == "NotAction" ||
                         name == "Condition" || name == (trust ? "Principal" : "Resource");
      if (!known) Note("Element " + std::string(name) + " is not known in a Statement.");
    }
    Statement statement;
    const json::value* effect = object.if_contains("Effect");
    const bool allow = effect != nullptr && *effect == json::value("Allow");
    if (!allow && (effect == nullptr || *effect != json::value("Deny"))) {
      Note("Effect must be Allow or Deny.");
    }
    statement.deny = !allow;
    ReadActions(object, statement);
    if (trust) {
      ReadPrincipal(object.if_contains("Principal"), statement);
    } else {
      statement.resources = ReadTexts(object.if_contains("Resource"), "Resource");
    }
    if (const json::value* conditions = object.if_contains("Condition")) {
      ReadConditions(*conditions, statement);
    }
    if (broken_ && allow) return;
    if (broken_) Widen(statement);
    if (std::ranges::any_of(statement.conditions, &Condition::specific))
      document_.asks_for_keys_ = true;
    document_.statements_.push_back(std::move(statement));
  }

  /// What of a Deny could not be read counts as "all"; its conditions that could be read stay.
  void Widen(Statement& statement) const {
    if (statement.actions.empty()) {
      statement.not_action = false;
      statement.actions = {"*"};
    }
    if (statement.resources.empty()) statement.resources = {"*"};
  }

  void ReadActions(const json::object& object, Statement& statement) {
    const json::value* action = object.if_contains("Action");
    const json::value* not_action = object.if_contains("NotAction");
    if ((action == nullptr) == (not_action == nullptr)) {
      return Note("A Statement needs exactly one of Action and NotAction.");
    }
    statement.not_action = not_action != nullptr;
    statement.actions = ReadTexts(action != nullptr ? action : not_action,
                                  action != nullptr ? "Action" : "NotAction");
    for (const std::string& pattern : statement.actions) {
      if (!OnlyStars(pattern) && pattern.find(':') == std::string::npos) {
        Note("Action " + pattern + " must be * or have the form product:operation.");
        statement.actions.clear();
        return;
      }
    }
  }

  void ReadPrincipal(const json::value* principal, Statement& statement) {
    const json::object* kinds = principal == nullptr ? nullptr : principal->if_object();
    if (kinds == nullptr || kinds->empty()) return Note("Principal must be an object.");
    for (const auto& member : *kinds) {
      const std::string_view kind = member.key();
      if (kind != "RAM" && kind != "Service" && kind != "Federated") {
        Note("Principal " + std::string(kind) + " is not known.");
        continue;
      }
      std::vector<std::string> names = ReadTexts(&member.value(), "Principal");
      if (kind == "RAM") statement.principals = std::move(names);
    }
  }

  void ReadConditions(const json::value& conditions, Statement& statement) {
    const json::object* operators = conditions.if_object();
    if (operators == nullptr) return Note("Condition must be an object.");
    for (const auto& entry : *operators) {
      const json::object* keys = entry.value().if_object();
      if (keys == nullptr || keys->empty()) {
        Note("Condition operator " + std::string(entry.key()) + " must hold an object.");
        continue;
      }
      for (const auto& key : *keys) {
        auto condition = Condition::Parse(entry.key(), key.key(), key.value());
        if (condition) {
          statement.conditions.push_back(*std::move(condition));
        } else {
          Note(condition.error().message());
        }
      }
    }
  }

  /// A string or an array of them; empty if it is anything else.
  std::vector<std::string> ReadTexts(const json::value* value, std::string_view element) {
    std::vector<std::string> texts;
    Problems problems;
    if (value != nullptr && value->is_string()) {
      DecodeJson(*value, texts.emplace_back(), "", Missing::kProblem, problems);
    } else if (value != nullptr) {
      DecodeJson(*value, texts, "", Missing::kProblem, problems);
    }
    if (!problems.empty() || texts.empty() || std::ranges::find(texts, "") != texts.end()) {
      Note(std::string(element) + " must be a string or a list of strings.");
      return {};
    }
    return texts;
  }

  PolicyDocument document_;
  std::string problem_;  // the first of the document
  bool broken_ = false;  // the statement being read
  bool everything_denied_ = false;
};

Result<PolicyDocument> PolicyDocument::Parse(std::string_view text, PolicyKind kind) {
  const auto malformed = [](std::string message) {
    return Error(Code::kInvalidArgument, std::move(message), "MalformedPolicyDocument");
  };
  if (text.size() > kMaxCharacters) {
    return malformed("A policy document may have 6144 characters at most.");
  }
  Reader reader(kind);
  reader.Read(text);
  if (!reader.problem().empty()) return malformed(reader.problem());
  return reader.Take();
}

PolicyDocument PolicyDocument::FromStored(std::string_view text, PolicyKind kind) {
  Reader reader(kind);
  reader.Read(text);
  return reader.Take();
}

bool PolicyDocument::Concerns(const Statement& statement, const PolicyQuery& query) const {
  // The names of one operation are synonyms: it is in the list if any of them is.
  const bool listed = std::ranges::any_of(query.actions, [&](const std::string& action) {
    return std::ranges::any_of(statement.actions, [&](const std::string& pattern) {
      return WildcardMatch(pattern, action, Case::kInsensitive);
    });
  });
  if (listed == statement.not_action) return false;

  if (kind_ == PolicyKind::kTrust) {
    // A Deny whose Principal could not be read bites everybody: see Widen.
    const bool named = std::ranges::any_of(statement.principals, [&](const std::string& principal) {
      return PrincipalMatches(principal, query.context.caller);
    });
    if (!named && statement.resources.empty()) return false;
  } else {
    const bool fits = std::ranges::any_of(statement.resources, [&](const std::string& pattern) {
      // "All Resources" is granted by stars alone (docs/contract/ram-policy.md section 2.2).
      if (query.resource == "*") return OnlyStars(pattern);
      return WildcardMatch(pattern, query.resource, query.resource_case);
    });
    if (!fits) return false;
  }
  return true;
}

bool PolicyDocument::Applies(const Statement& statement, const PolicyQuery& query) const {
  return Concerns(statement, query) &&
         std::ranges::all_of(statement.conditions, [&](const Condition& condition) {
           return condition.Holds(query.context);
         });
}

bool PolicyDocument::AsksForKeys(const PolicyQuery& query) const {
  return asks_for_keys_ && std::ranges::any_of(statements_, [&](const Statement& statement) {
           return std::ranges::any_of(statement.conditions, &Condition::specific) &&
                  Concerns(statement, query);
         });
}

Verdict PolicyDocument::Decide(const PolicyQuery& query) const {
  Verdict verdict = Verdict::kImplicitDeny;
  for (const Statement& statement : statements_) {
    if (verdict == Verdict::kAllow && !statement.deny) continue;
    if (!Applies(statement, query)) continue;
    if (statement.deny) return Verdict::kExplicitDeny;
    verdict = Verdict::kAllow;
  }
  return verdict;
}

}  // namespace atelier::identity
