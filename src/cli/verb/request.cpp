#include "cli/verb/request.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/text.h"
#include "cli/command/args.h"
#include "cli/command/names.h"
#include "identity/request_signer.h"

namespace atelier::cli {

namespace {

/// What a field's words are for the API.
Result<json::value> ValueOf(const Field& field, const std::vector<std::string>& words) {
  const std::string& text = words.front();
  switch (field.take) {
    case Take::kInteger: {
      const auto number = ParseNumber<std::int64_t>(text);
      if (!number)
        return Error(Code::kInvalidArgument, fmt::format("{} must be a whole number.", text));
      return json::value(*number);
    }
    case Take::kNumber: {
      const auto number = ParseNumber<double>(text);
      if (!number) return Error(Code::kInvalidArgument, fmt::format("{} must be a number.", text));
      return json::value(*number);
    }
    case Take::kYes:
      return field.values.empty() ? json::value(true) : json::value(field.values);
    case Take::kNo:
      return json::value(false);
    case Take::kDuration: {
      ATELIER_TRY(const std::int64_t millis, ParseDuration(text));
      return json::value(millis);
    }
    case Take::kPairs: {
      ATELIER_TRY(json::object pairs, ParsePairs(words, field.flags));
      return json::value(std::move(pairs));
    }
    case Take::kLabels: {
      ATELIER_TRY(const json::object pairs, ParsePairs(words, field.flags));
      return json::value(LabelList(pairs));
    }
    case Take::kPairsFile: {
      ATELIER_TRY(json::object pairs, ReadPairs(text));
      return json::value(std::move(pairs));
    }
    case Take::kTextFile: {
      ATELIER_TRY(const std::string content, ReadText(text));
      return json::value(content);
    }
    case Take::kJsonFile: {
      ATELIER_TRY(const JsonFile file, ReadJson(text));
      if (field.target.empty() && !file.value.is_object())
        return Error(Code::kInvalidArgument, text + ": it must be a JSON object.");
      return file.value;
    }
    default:
      return json::value(text);
  }
}

using Resolver = Task<Result<std::string>> (*)(CommandContext&, std::string);

Resolver ResolverOf(Take take) {
  switch (take) {
    case Take::kInstance:
    case Take::kInstances:
      return &InstanceIdOf;
    case Take::kWorkspace:
    case Take::kWorkspaces:
      return &WorkspaceIdOf;
    case Take::kRecommender:
      return &RecommenderIdOf;
    case Take::kImage:
      return &ImageIdOf;
    case Take::kServices:
      return &ServiceIdOf;
    case Take::kGateway:
      return &GatewayIdOf;
    case Take::kResource:
      return &ResourceIdOf;
    case Take::kScript:
      return &ScriptIdOf;
    case Take::kRoleArn:
      return &RoleArnOf;
    case Take::kPrincipal:
      return &PrincipalOf;
    case Take::kTarget:
      return &TargetOf;
    case Take::kUser:
      return &UserIdOf;
    case Take::kUserName:
      return &UserNameOf;
    default:
      return nullptr;
  }
}

/// At "a.b" within `body`; an object goes into one that is there already.
void Put(json::object& body, std::string_view target, json::value value) {
  const std::size_t dot = target.find('.');
  if (dot != std::string_view::npos) {
    json::value& inner = body[target.substr(0, dot)];
    if (!inner.is_object()) inner.emplace_object();
    Put(inner.get_object(), target.substr(dot + 1), std::move(value));
    return;
  }
  json::object* into = &body;
  if (!target.empty()) {
    json::value& member = body[target];
    if (!member.is_object() || !value.is_object()) {
      member = std::move(value);
      return;
    }
    into = &member.get_object();
  }
  for (const auto& member : AsObject(value)) (*into)[member.key()] = member.value();
}

std::string QueryText(const json::value& value) {
  if (const json::string* text = value.if_string()) return {text->data(), text->size()};
  const json::array* items = value.if_array();
  if (items == nullptr) return json::serialize(value);
  std::string out;
  for (const json::value& item : *items) out += (out.empty() ? "" : ",") + QueryText(item);
  return out;
}

bool IsList(Take take) {
  return take == Take::kTexts || take == Take::kInstances || take == Take::kServices ||
         take == Take::kWorkspaces;
}

/// "a.b" names members of objects.
Status CheckMember(std::string_view flags, std::string_view path) {
  if (path.find('[') != std::string_view::npos) {
    return Error(Code::kInvalidArgument,
                 fmt::format("{} {}: a list is set as a whole, as in {} "
                             "'containers=[{{\"image\": \"x\"}}]', or with --file.",
                             flags, path, flags));
  }
  for (const std::string_view step : Split(path, '.')) {
    if (step.empty()) {
      return Error(Code::kInvalidArgument,
                   fmt::format("{} {}: each step between the dots must be a name.", flags, path));
    }
  }
  return Ok();
}

/// Each value as JSON where it is some, else as text.
Status SetMembers(const Field& field, const std::vector<std::string>& words, json::object& body) {
  ATELIER_TRY(const json::object members, ParsePairs(words, field.flags));
  for (const auto& member : members) {
    ATELIER_RETURN_IF_ERROR(CheckMember(field.flags, member.key()));
    auto value = ParseJson(member.value().get_string());
    Put(body, member.key(), value ? *std::move(value) : member.value());
  }
  return Ok();
}

Task<Status> TakeField(CommandContext& context, const Field& field, std::vector<std::string> words,
                       Request& request) {
  if (words.empty() && !field.standard.empty()) words.emplace_back(field.standard);
  if (words.empty() && field.take == Take::kNo) {
    Put(request.body, field.target, true);
    co_return Ok();
  }
  if (words.empty()) co_return Ok();
  if (field.take == Take::kMembers) co_return SetMembers(field, words, request.body);
  for (std::string& word : words) {
    ATELIER_CO_TRY(word, co_await IdOf(context, field.take, word));
  }
  json::value value;
  if (IsList(field.take)) {
    value = json::array(words.begin(), words.end());
  } else {
    ATELIER_CO_TRY(value, ValueOf(field, words));
  }
  if (field.target.starts_with('{')) {
    request.path[std::string(field.target)] = words.front();
  } else if (field.target.starts_with('?')) {
    request.query.emplace_back(field.target.substr(1), QueryText(value));
  } else {
    Put(request.body, field.target, std::move(value));
  }
  co_return Ok();
}

std::string FilledPath(std::string_view path, const Request& request) {
  std::string out;
  while (!path.empty()) {
    const std::size_t open = std::min(path.find('{'), path.size());
    out += path.substr(0, open);
    path.remove_prefix(open);
    if (path.empty()) break;
    const std::size_t close = path.find('}') + 1;
    const auto found = request.path.find(path.substr(0, close));
    if (found != request.path.end()) out += PercentEncode(found->second);
    path.remove_prefix(close);
  }
  return out;
}

bool Sends(const Verb& verb) { return verb.method == "POST" || verb.method == "PUT"; }

}  // namespace

bool IsPositional(const Field& field) { return !field.flags.starts_with('-'); }

Status CheckWords(const Field& field, const std::vector<std::string>& words) {
  if (words.empty() && field.required)
    return Error(Code::kInvalidArgument, fmt::format("{} is required.", field.flags));
  for (const std::string& word : words) {
    const auto allowed = SplitList(field.values);
    if (!allowed.empty() && std::ranges::find(allowed, word) == allowed.end()) {
      return Error(Code::kInvalidArgument,
                   fmt::format("{} must be one of {}.", field.flags, field.values));
    }
    if (field.max <= field.min) continue;
    const auto number = ParseNumber<std::int64_t>(word);
    if (!number || *number < field.min || *number > field.max) {
      return Error(Code::kInvalidArgument,
                   fmt::format("{} must be {} to {}.", field.flags, field.min, field.max));
    }
  }
  return Ok();
}

Task<Result<std::string>> IdOf(CommandContext& context, Take take, std::string word) {
  const Resolver resolve = ResolverOf(take);
  if (resolve == nullptr) co_return word;
  co_return co_await resolve(context, word);
}

Task<Result<Request>> RequestOf(CommandContext& context, const Verb& verb, const VerbInput& input,
                                std::size_t first) {
  Request request{.path = {}, .query = verb.query, .body = {}};
  if (!verb.body.empty()) {
    ATELIER_CO_TRY(const json::value fixed, ParseJson(verb.body));
    request.body = AsObject(fixed);
  }
  for (std::size_t i = first; i < verb.fields.size(); ++i) {
    ATELIER_CO_RETURN_IF_ERROR(
        co_await TakeField(context, verb.fields[i], input.values[i], request));
  }
  if (!verb.needs.empty() && request.body.empty())
    co_return Error(Code::kInvalidArgument, std::string(verb.needs));
  co_return request;
}

Task<Status> FindRegion(CommandContext& context, const Verb& verb, Request& request) {
  const bool known = request.path.contains("{ClusterId}");
  if (known || verb.path.find("{ClusterId}") == std::string_view::npos) co_return Ok();
  const auto group = request.path.find("{GroupName}");
  if (group != request.path.end()) {
    ATELIER_CO_TRY(request.path["{ClusterId}"], co_await RegionOfGroup(context, group->second));
  } else if (const auto service = request.path.find("{ServiceName}");
             service != request.path.end()) {
    ATELIER_CO_TRY(request.path["{ClusterId}"], co_await RegionOfService(context, service->second));
  } else {
    ATELIER_CO_TRY(request.path["{ClusterId}"], co_await RegionOfServer(context));
  }
  co_return Ok();
}

Call CallOf(const Verb& verb, const Request& request) {
  const bool has_body = !request.body.empty() || (Sends(verb) && verb.path != "/");
  return {.action = verb.action,
          .version = verb.version,
          .method = verb.method,
          .path = FilledPath(verb.path, request),
          .query = request.query,
          .body = has_body ? json::serialize(request.body) : ""};
}

}  // namespace atelier::cli
