#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command/bulk.h"
#include "cli/command/names.h"
#include "cli/command/warning.h"
#include "cli/verb/request.h"
#include "cli/verb/table.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

Task<Status> WaitForVerb(CommandContext& context, const Verb& verb, Request request, int seconds) {
  const auto instance = request.path.find("{InstanceId}");
  Watched watched = instance != request.path.end() ? WatchedInstance(instance->second)
                                                   : WatchedService(request.path["{ClusterId}"],
                                                                    request.path["{ServiceName}"]);
  return WaitFor(context, std::move(watched), verb.goal, seconds);
}

/// The call, and its list to the end.
Task<Result<json::object>> Ask(CommandContext& context, const Verb& verb, Request request) {
  if (verb.list.empty()) co_return co_await context.api.Send(CallOf(verb, request));
  ListCall list{.call = {}, .list = verb.list, .pages = verb.pages, .wanted = 0};
  std::erase_if(request.query, [&](const auto& one) {
    const bool wanted = !verb.pages.size.empty() && one.first == verb.pages.size;
    if (wanted) list.wanted = ParseNumber<std::int64_t>(one.second).value_or(0);
    return wanted;
  });
  list.call = CallOf(verb, request);
  co_return co_await WholeList(context.api, std::move(list));
}

/// Prints the answer about `subject`, and what the server warns of.
Task<void> Tell(CommandContext& context, const Verb& verb, json::object answer, std::string subject,
                std::string region) {
  if (!verb.list.empty() || !verb.record.empty())
    context.Print(answer, TableOf(verb, answer));
  else
    context.PrintLine(answer, verb.line.empty() ? subject : Show(answer, verb.line));
  if (verb.method != "GET") NoteWarnings(context, answer);
  if (verb.makes_service)
    co_await NoteWarningsOfService(context, std::move(region), TextOf(answer, "ServiceName"));
}

std::string RegionIn(const Request& request) {
  const auto found = request.path.find("{ClusterId}");
  return found == request.path.end() ? "" : found->second;
}

Task<Status> RunOne(CommandContext& context, const Verb& verb, VerbInput input) {
  ATELIER_CO_TRY(Request request, co_await RequestOf(context, verb, input, 0));
  ATELIER_CO_RETURN_IF_ERROR(co_await FindRegion(context, verb, request));
  ATELIER_CO_TRY(json::object answer, co_await Ask(context, verb, request));
  const bool named = !verb.fields.empty() && !input.values.front().empty();
  co_await Tell(context, verb, std::move(answer), named ? input.values.front().front() : "",
                RegionIn(request));
  if (verb.goal == Goal::kNone || !Waits(context, input.wait)) co_return Ok();
  co_return co_await WaitForVerb(context, verb, std::move(request), input.wait.timeout_seconds);
}

// Several
// -------------------------------------------------------------------------------------------------

Error Usage(std::string message) { return {Code::kInvalidArgument, std::move(message)}; }

std::string Counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// With a query the words in the line begin with the second field's.
void MoveWords(const Verb& verb, VerbInput& input) {
  std::vector<std::string> words;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < verb.fields.size(); ++i) {
    if (!IsPositional(verb.fields[i])) continue;
    words.insert(words.end(), input.values[i].begin(), input.values[i].end());
    places.push_back(i);
  }
  if (places.size() == 1) return;
  for (const std::size_t place : places) input.values[place].clear();
  auto word = words.begin();
  for (std::size_t at = 1; at < places.size() && word != words.end(); ++at) {
    const bool last = at + 1 == places.size();
    const auto end = last ? words.end() : word + 1;
    input.values[places[at]].assign(word, end);
    word = end;
  }
}

Status Check(const CommandContext& context, const Verb& verb, const VerbInput& input) {
  const std::string_view noun = verb.many->noun;
  if (input.values.front().empty() == input.query.empty())
    return Usage(fmt::format("Name {}s, or choose them with --query: one of the two.", noun));
  const bool asks = !verb.bulk.empty() && context.env.in != nullptr;
  if ((verb.change.is_final || !verb.bulk.empty()) && !input.query.empty() && !input.yes &&
      !input.dry_run && !asks) {
    return Usage(fmt::format("To {} all that a query finds, say --yes; --dry-run shows them.",
                             verb.change.verb));
  }
  for (std::size_t i = 1; i < verb.fields.size(); ++i) {
    if (IsPositional(verb.fields[i]))
      ATELIER_RETURN_IF_ERROR(CheckWords(verb.fields[i], input.values[i]));
  }
  return Ok();
}

/// One of those that are changed.
struct Chosen {
  std::string id;
  json::object shown;  // as the server shows it; of one that is named: if it was asked for
  Request request;
};

Task<Result<std::vector<Chosen>>> Choose(CommandContext& context, const Verb& verb,
                                         VerbInput input) {
  const Subject& kind = *verb.many;
  std::vector<Chosen> chosen;
  if (!input.query.empty()) {
    ATELIER_CO_TRY(const json::array found, co_await kind.find(context, input.query));
    for (const json::value& item : found) {
      const json::object& one = AsObject(item);
      if (verb.change.done_state.empty() || TextOf(one, kind.state) != verb.change.done_state)
        chosen.push_back({.id = TextOf(one, kind.id), .shown = one, .request = {}});
    }
    co_return chosen;
  }
  for (const std::string& name : input.values.front()) {
    ATELIER_CO_TRY(const std::string id, co_await IdOf(context, verb.fields.front().take, name));
    Chosen one{.id = id, .shown = {}, .request = {}};
    if (input.dry_run) {
      ATELIER_CO_TRY(one.shown, co_await kind.look(context, id));
    }
    chosen.push_back(std::move(one));
  }
  co_return chosen;
}

void ShowChosen(CommandContext& context, const Verb& verb, const std::vector<Chosen>& chosen) {
  json::array shown;
  for (const Chosen& one : chosen) shown.push_back(one.shown);
  const Table table = verb.many->table(shown);
  context.Note(
      fmt::format("Would {} {}.", verb.change.verb, Counted(chosen.size(), verb.many->noun)));
  context.Print(json::object{{verb.many->list, std::move(shown)}}, table);
}

/// Each by itself: one that refuses does not keep the others. Those that accepted.
Task<Result<std::vector<Chosen>>> SendEach(CommandContext& context, const Verb& verb,
                                           std::vector<Chosen> chosen) {
  std::vector<Chosen> accepted;
  std::optional<Error> first;
  std::size_t failed = 0;
  for (const Chosen& one : chosen) {
    auto answer = co_await context.api.Send(CallOf(verb, one.request));
    if (answer) {
      co_await Tell(context, verb, *std::move(answer), one.id, RegionIn(one.request));
      accepted.push_back(one);
      continue;
    }
    if (chosen.size() == 1) co_return answer.error();
    context.Note(fmt::format("{}: {}", one.id, answer.error().message()));
    if (!first) first = answer.error();
    ++failed;
    // Without a server, each of the rest would wait for its own time-out.
    if (answer.error().code() == Code::kUnavailable ||
        answer.error().code() == Code::kDeadlineExceeded)
      break;
  }
  if (!first) co_return accepted;
  co_return Error(first->code(),
                  fmt::format("{} of {} could not be {}.", failed,
                              Counted(chosen.size(), verb.many->noun), verb.change.done),
                  first->reason());
}

Task<Status> RunMany(CommandContext& context, const Verb& verb, VerbInput input) {
  if (!input.query.empty()) MoveWords(verb, input);
  ATELIER_CO_RETURN_IF_ERROR(Check(context, verb, input));
  if (!verb.bulk.empty() && !input.query.empty()) {
    co_return co_await RunBulk(context, {.action = std::string(verb.bulk),
                                         .verb = std::string(verb.change.verb),
                                         .done = std::string(verb.change.done),
                                         .query = std::move(input.query),
                                         .dry_run = input.dry_run,
                                         .yes = input.yes,
                                         .wait = input.wait.wait.value_or(true)});
  }
  ATELIER_CO_TRY(const Request common, co_await RequestOf(context, verb, input, 1));
  ATELIER_CO_TRY(std::vector<Chosen> chosen, co_await Choose(context, verb, input));
  if (input.dry_run) {
    ShowChosen(context, verb, chosen);
    co_return Ok();
  }
  if (chosen.empty()) context.Note(fmt::format("There is nothing to {}.", verb.change.verb));
  for (Chosen& one : chosen) {  // all are found before the first is changed
    one.request = common;
    one.request.path[std::string(verb.fields.front().target)] = one.id;
    if (const std::string region = TextOf(one.shown, "Region"); !region.empty())
      one.request.path["{ClusterId}"] = region;
    ATELIER_CO_RETURN_IF_ERROR(co_await FindRegion(context, verb, one.request));
  }
  ATELIER_CO_TRY(std::vector<Chosen> accepted, co_await SendEach(context, verb, std::move(chosen)));
  if (verb.goal == Goal::kNone || !Waits(context, input.wait)) co_return Ok();
  for (Chosen& one : accepted) {
    ATELIER_CO_RETURN_IF_ERROR(
        co_await WaitForVerb(context, verb, std::move(one.request), input.wait.timeout_seconds));
  }
  co_return Ok();
}

}  // namespace

Task<Status> RunVerb(CommandContext& context, const Verb& verb, VerbInput input) {
  if (verb.many != nullptr) return RunMany(context, verb, std::move(input));
  return RunOne(context, verb, std::move(input));
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
