#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/text.h"
#include "cli/command/args.h"
#include "cli/command/names.h"
#include "cli/command/warning.h"
#include "cli/verb/table.h"
#include "cli/verb/verb.h"
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
      return json::value(true);
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
    case Take::kUser:
      return &UserIdOf;
    case Take::kUserName:
      return &UserNameOf;
    default:
      return nullptr;
  }
}

/// The request in the making.
struct Request {
  std::map<std::string, std::string, std::less<>> path;
  Query query;
  json::object body;
};

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
  return take == Take::kTexts || take == Take::kInstances || take == Take::kWorkspaces;
}

Task<Status> TakeField(CommandContext& context, const Field& field, std::vector<std::string> words,
                       Request& request) {
  if (words.empty() && !field.standard.empty()) words.emplace_back(field.standard);
  if (words.empty() && field.take == Take::kNo) {
    Put(request.body, field.target, true);
    co_return Ok();
  }
  if (words.empty()) co_return Ok();
  if (const Resolver resolve = ResolverOf(field.take)) {
    for (std::string& word : words) {
      ATELIER_CO_TRY(word, co_await resolve(context, word));
    }
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

Task<Status> FindRegion(CommandContext& context, const Verb& verb, Request& request) {
  if (verb.path.find("{ClusterId}") == std::string_view::npos) co_return Ok();
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

Task<Result<Request>> RequestOf(CommandContext& context, const Verb& verb, const VerbInput& input,
                                const std::string& subject) {
  Request request{.path = {}, .query = verb.query, .body = {}};
  if (!verb.body.empty()) {
    ATELIER_CO_TRY(const json::value fixed, ParseJson(verb.body));
    request.body = AsObject(fixed);
  }
  for (std::size_t i = 0; i < verb.fields.size(); ++i) {
    const bool is_subject = i == 0 && !subject.empty();
    const auto words = is_subject ? std::vector{subject} : input.values[i];
    ATELIER_CO_RETURN_IF_ERROR(co_await TakeField(context, verb.fields[i], words, request));
  }
  ATELIER_CO_RETURN_IF_ERROR(co_await FindRegion(context, verb, request));
  co_return request;
}

Task<Status> WaitForVerb(CommandContext& context, const Verb& verb, Request request, int seconds) {
  const auto instance = request.path.find("{InstanceId}");
  Watched watched = instance != request.path.end() ? WatchedInstance(instance->second)
                                                   : WatchedService(request.path["{ClusterId}"],
                                                                    request.path["{ServiceName}"]);
  return WaitFor(context, std::move(watched), verb.goal, seconds);
}

bool Sends(const Verb& verb) { return verb.method == "POST" || verb.method == "PUT"; }

}  // namespace

Task<Status> RunVerb(CommandContext& context, const Verb& verb, VerbInput input) {
  std::vector<std::string> subjects{""};
  if (!verb.fields.empty() && !input.values.front().empty()) subjects = {input.values[0].front()};
  if (verb.many) subjects = input.values[0];
  std::vector<Request> sent;
  for (const std::string& subject : subjects) {
    ATELIER_CO_TRY(Request request, co_await RequestOf(context, verb, input, subject));
    const bool has_body = !request.body.empty() || (Sends(verb) && verb.path != "/");
    ATELIER_CO_TRY(
        const json::object answer,
        co_await context.api.Send({.action = verb.action,
                                   .version = verb.version,
                                   .method = verb.method,
                                   .path = FilledPath(verb.path, request),
                                   .query = request.query,
                                   .body = has_body ? json::serialize(request.body) : ""}));
    if (!verb.list.empty() || !verb.record.empty())
      context.Print(answer, TableOf(verb, answer));
    else
      context.PrintLine(answer, verb.line.empty() ? subject : Show(answer, verb.line));
    if (verb.method != "GET") NoteWarnings(context, answer);
    if (verb.makes_service)
      co_await NoteWarningsOfService(context, request.path["{ClusterId}"],
                                     Text(answer, "ServiceName"));
    sent.push_back(std::move(request));
  }
  if (verb.goal == Goal::kNone || !Waits(context, input.wait)) co_return Ok();
  for (Request& request : sent) {
    ATELIER_CO_RETURN_IF_ERROR(
        co_await WaitForVerb(context, verb, std::move(request), input.wait.timeout_seconds));
  }
  co_return Ok();
}

Result<std::int64_t> ParseDuration(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t millis;
  };
  static constexpr auto kUnits = std::to_array<Unit>(
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}});
  static constexpr std::int64_t kMax = 1'000'000'000;  // keeps the product within 64 bits
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto found = std::ranges::find(kUnits, unit, &Unit::name);
  if (error != std::errc() || number < 0 || number > kMax || found == kUnits.end()) {
    return Error(Code::kInvalidArgument,
                 fmt::format("'{}' must be a duration such as 90s, 30m, 2h or 1d.", text));
  }
  return number * found->millis;
}

}  // namespace atelier::cli
