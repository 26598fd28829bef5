#include "store/postgres/errors.h"

#include <string_view>

#include <fmt/format.h>

namespace atelier::store::postgres {

namespace {

Error Full() {
  return {Code::kResourceExhausted,
          "The disk of the database is full: nothing was changed. Reads go on; free space and try "
          "again.",
          "DiskFull"};
}

Error NotNow(std::string_view why) {
  return {Code::kUnavailable,
          fmt::format("{}: nothing was changed. Reads go on; try again later.", why),
          "StoreUnavailable"};
}

}  // namespace

Error ToError(const Failure& failure) {
  const std::string_view state = failure.state;
  if (state.empty() || state.starts_with("08") || state.starts_with("57P")) return Unreachable();
  if (state == "53100") return Full();
  if (state == "53300") return NotNow("The database has no connection left");
  if (state == "55P03") return NotNow("Somebody holds up the database");
  if (state == "25006") return NotNow("The database is read-only");
  if (IsFenced(failure)) return TakenOver();
  if (IsOfTheData(failure)) {
    return {Code::kInvalidArgument,
            fmt::format("The database cannot keep what the change consists of ({}): nothing was "
                        "changed.",
                        state)};
  }
  return NotNow(fmt::format("The database refuses the change ({})", state));
}

std::string Explain(const Failure& failure) {
  return failure.state.empty() ? failure.text : fmt::format("{}: {}", failure.state, failure.text);
}

Error SlowDatabase(Code code) {
  return {code,
          code == Code::kUnavailable
              ? "The database does not answer: nothing was changed. Reads go on; try again later."
              : "The database does not answer: the change may be made later or not at all. Look "
                "before you try again.",
          "StoreSlow"};
}

Error Unreachable() { return NotNow("The database cannot be reached"); }

Error TakenOver() {
  return {Code::kUnavailable,
          "Another server has taken the database over: this one changes nothing any more.",
          "TakenOver"};
}

Error WentBackError() {
  return {Code::kUnavailable,
          "The database went back: it does not know what it had acknowledged. This server changes "
          "nothing any more until it is started again.",
          "StoreWentBack"};
}

Error FellBehind() {
  return {Code::kUnavailable,
          "This server was away from the database for longer than changes are kept: it does not "
          "know what others changed, and has to be started again.",
          "FellBehind"};
}

Error HoleError() {
  return {Code::kUnavailable,
          "A commit is missing between two others in the database, which cannot be: this server "
          "changes nothing any more. Look whether somebody has changed its tables.",
          "StoreHasHole"};
}

bool MayTryAgain(const Failure& failure) {
  return failure.state == "40001" || failure.state == "40P01";
}

bool IsOfTheData(const Failure& failure) {
  const std::string_view state = failure.state;
  return state.starts_with("22") || state.starts_with("54");
}

bool IsFenced(const Failure& failure) { return failure.state == "AT001"; }

bool IsBehind(const Failure& failure) { return failure.state == "AT002"; }

}  // namespace atelier::store::postgres
