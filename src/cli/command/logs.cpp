#include "cli/command/logs.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr int kMaxMisses = 120;  // looks in a row that do not reach the server
constexpr int kPollEvery = 4;    // of the waits between two looks at a state

}  // namespace

std::vector<std::string> FreshLines(const std::vector<std::string>& before,
                                    const std::vector<std::string>& now) {
  const std::size_t most = std::min(before.size(), now.size());
  // The longest end of `before` that `now` begins with.
  for (std::size_t shared = most; shared > 0; --shared) {
    if (std::equal(before.end() - static_cast<std::ptrdiff_t>(shared), before.end(), now.begin()))
      return {now.begin() + static_cast<std::ptrdiff_t>(shared), now.end()};
  }
  return now;
}

std::vector<std::string> LastLines(std::vector<std::string> lines, std::size_t most) {
  if (most != 0 && lines.size() > most)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most));
  return lines;
}

Task<Status> FollowLogs(CommandContext& context, LogSource source, std::size_t tail) {
  if (!context.ForPeople())
    co_return Error(Code::kInvalidArgument, "--follow prints lines; leave --output out.");
  std::map<std::string, std::vector<std::string>> seen;
  for (int misses = 0;;) {
    auto streams = co_await source();
    if (!streams && (streams.error().code() != Code::kUnavailable || ++misses > kMaxMisses))
      co_return streams.error();
    if (streams) {
      misses = 0;
      for (LogStream& stream : *streams) {
        const auto known = seen.find(stream.name);
        const auto fresh = known == seen.end() ? LastLines(stream.lines, tail)
                                               : FreshLines(known->second, stream.lines);
        for (const std::string& line : fresh) {
          context.env.out << (streams->size() > 1 ? Printable(stream.name) + ": " : "")
                          << Printable(line) << '\n';
        }
        seen[stream.name] = std::move(stream.lines);
      }
      context.env.out.flush();
      if (!context.env.out) co_return Ok();  // nobody reads any more
    }
    co_await context.env.clock.Sleep(context.env.poll_every * kPollEvery);
  }
}

Result<std::string> SinceTime(const CommandContext& context, const std::string& since) {
  if (since.empty() || since.find_first_of(":-") != std::string::npos) return since;
  ATELIER_TRY(const std::int64_t millis, ParseDuration(since));
  return FormatSeconds(context.env.clock.Wall() - Duration(millis));
}

}  // namespace atelier::cli
