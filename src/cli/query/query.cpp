#include "cli/query/query.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/text.h"
#include "model/instance.h"
#include "model/recommender.h"
#include "model/service_status.h"

namespace atelier::cli {

namespace {

/// One condition as it stands there.
struct Condition {
  std::size_t at = 0;  // character of its first letter, from 1
  std::string key;     // empty: a word alone
  std::string op;      // ":", "~", "=", ">", ">=", "<" or "<="
  std::string value;   // without quotes
  std::size_t value_at = 0;
};

Error Wrong(std::size_t at, std::string_view what) {
  return {Code::kInvalidArgument, fmt::format("Query, character {}: {}", at, what)};
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsOperator(char c) { return std::string_view(":~=<>").find(c) != std::string_view::npos; }

/// Cuts a query into its conditions.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  /// nullopt: the end.
  Result<std::optional<Condition>> Next() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
    if (at_ == text_.size()) return std::optional<Condition>();
    Condition condition;
    condition.at = at_ + 1;
    if (text_[at_] != '"') {
      const std::size_t begin = at_;
      while (at_ < text_.size() && !IsBlank(text_[at_]) && !IsOperator(text_[at_])) ++at_;
      std::string word(text_.substr(begin, at_ - begin));
      if (at_ == text_.size() || IsBlank(text_[at_])) {
        condition.value = std::move(word);
        condition.value_at = condition.at;
        return std::optional(std::move(condition));
      }
      if (word.empty()) return Wrong(at_ + 1, "a key must stand before the operator.");
      condition.key = std::move(word);
      condition.op = text_[at_++];
      if ((condition.op == "<" || condition.op == ">") && at_ < text_.size() && text_[at_] == '=')
        condition.op += text_[at_++];
    }
    condition.value_at = at_ + 1;
    ATELIER_TRY(condition.value, Value());
    if (condition.value.empty()) return Wrong(condition.value_at, "a value is missing.");
    return std::optional(std::move(condition));
  }

 private:
  /// Up to the next blank outside of quotes. Quotes may stand anywhere: label:team="vision lab".
  Result<std::string> Value() {
    std::string value;
    std::optional<std::size_t> open;
    for (; at_ < text_.size() && (open || !IsBlank(text_[at_])); ++at_) {
      if (text_[at_] == '"') {
        open = open ? std::nullopt : std::optional(at_ + 1);
      } else if (text_[at_] == '\\' && open && at_ + 1 < text_.size()) {
        value += text_[++at_];
      } else {
        value += text_[at_];
      }
    }
    if (open) return Wrong(*open, "this quote is not closed.");
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Parameters in the making. Each is set once, but for those that come in pairs.
class Compiler {
 public:
  explicit Compiler(Finds what) : what_(what) {}
  Status Take(const Condition& condition);
  Query Finish() &&;

 private:
  Status TakeOfInstance(const Condition& condition);
  Status TakeOfService(const Condition& condition);
  Status TakeOfRecommender(const Condition& condition);
  Status Name(const Condition& condition, std::string_view parameter);
  Status Text(const Condition& condition, std::string_view parameter);
  template <codec::DescribedEnum E>
  Status OneOf(const Condition& condition, std::string_view parameter);
  Status Statuses(const Condition& condition);
  Status Label(const Condition& condition);
  Status Tag(const Condition& condition);
  Status Number(const Condition& condition, std::string_view what, std::int64_t unit, bool whole);
  Status Created(const Condition& condition);
  Status Sort(const Condition& condition);
  Status Set(const Condition& condition, std::string_view parameter, std::string value);

  Finds what_;
  Query query_;
  json::object labels_;
  json::array tags_;
};

constexpr std::size_t kMaxPairs = 4;
constexpr std::string_view kServiceKeys = "group, label, name, owner, status, workspace";
constexpr std::string_view kRecommenderKeys = "name, status";
constexpr std::string_view kInstanceKeys =
    "accelerator, access, cpu, created, gpu, gpu-memory, gpu-type, id, image, label, memory, name, "
    "oversold, oversold-type, owner, payment, quota, sort, status, tag, workspace";

Status Allow(const Condition& condition, std::string_view operators) {
  for (const std::string_view op : Split(operators, ' ')) {
    if (op == condition.op) return Ok();
  }
  return Wrong(condition.at + condition.key.size(),
               fmt::format("{} goes with {} only.", condition.key, operators));
}

Status Compiler::Set(const Condition& condition, std::string_view parameter, std::string value) {
  const bool again =
      std::ranges::any_of(query_, [&](const auto& present) { return present.first == parameter; });
  if (again) return Wrong(condition.at, "this is asked for already; a query may say it once.");
  query_.emplace_back(std::string(parameter), std::move(value));
  return Ok();
}

Status Compiler::Text(const Condition& condition, std::string_view parameter) {
  ATELIER_RETURN_IF_ERROR(Allow(condition, ":"));
  return Set(condition, parameter, condition.value);
}

/// The enumerator's name as documented, whatever the case typed.
template <codec::DescribedEnum E>
Result<std::string> Named(std::string_view text, std::size_t at) {
  std::string found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (EqualsIgnoreCase(text, d.name)) found = d.name;
  });
  if (found.empty()) return Wrong(at, fmt::format("'{}' must be one of {}.", text, EnumNames<E>()));
  return found;
}

template <codec::DescribedEnum E>
Status Compiler::OneOf(const Condition& condition, std::string_view parameter) {
  ATELIER_RETURN_IF_ERROR(Allow(condition, ":"));
  ATELIER_TRY(std::string name, Named<E>(condition.value, condition.value_at));
  return Set(condition, parameter, std::move(name));
}

Status Compiler::Statuses(const Condition& condition) {
  ATELIER_RETURN_IF_ERROR(Allow(condition, ":"));
  std::string names;
  for (const std::string_view piece : Split(condition.value, ',', Trailing::kDrop)) {
    ATELIER_TRY(const std::string name, Named<model::InstanceStatus>(piece, condition.value_at));
    names += (names.empty() ? "" : ",") + name;
  }
  return Set(condition, "Status", std::move(names));
}

Status Compiler::Label(const Condition& condition) {
  ATELIER_RETURN_IF_ERROR(Allow(condition, ":"));
  const std::size_t equals = condition.value.find('=');
  if (equals == std::string::npos || equals == 0)
    return Wrong(condition.value_at, "a label is written KEY=VALUE.");
  const std::string key = condition.value.substr(0, equals);
  if (labels_.contains(key)) return Wrong(condition.value_at, "this label stands there twice.");
  if (what_ == Finds::kInstances && labels_.size() == kMaxPairs)
    return Wrong(condition.at, "at most four labels can be asked for.");
  labels_[key] = condition.value.substr(equals + 1);
  return Ok();
}

Status Compiler::Tag(const Condition& condition) {
  ATELIER_RETURN_IF_ERROR(Allow(condition, ":"));
  const std::size_t equals = condition.value.find('=');
  if (equals == 0) return Wrong(condition.value_at, "a tag is written KEY or KEY=VALUE.");
  if (tags_.size() == kMaxPairs) return Wrong(condition.at, "at most four tags can be asked for.");
  json::object tag{{"Key", condition.value.substr(0, equals)}};
  if (equals != std::string::npos) tag["Value"] = condition.value.substr(equals + 1);
  tags_.push_back(std::move(tag));
  return Ok();
}

/// A decimal in millionths. Exact: 1.001 vCPU are 1001 thousandths, which no double says.
constexpr std::int64_t kMillionths = 1'000'000;
constexpr std::int64_t kMaxNumber = 1'000'000'000;  // keeps the products below within 64 bits

Result<std::int64_t> ParseMillionths(const Condition& condition) {
  const Error wrong = Wrong(condition.value_at, fmt::format("'{}' must be a number from 0 to a "
                                                            "billion with at most six decimals.",
                                                            condition.value));
  const Halves halves = Cut(condition.value, '.');
  const std::string whole(halves.before);
  std::string decimals(halves.after);
  if (whole.size() > 10 || decimals.size() > 6 || !IsDigits(whole) ||
      (halves.found && !IsDigits(decimals))) {
    return wrong;
  }
  decimals.resize(6, '0');
  const std::int64_t units = std::stoll(whole);
  if (units > kMaxNumber) return wrong;
  return units * kMillionths + std::stoll(decimals);
}

/// Exact: a mebibyte is 0.0009765625 GB, and no more decimals are needed for any number of them.
std::string Quotient(std::int64_t units, std::int64_t unit) {
  std::string text = fmt::format("{:.10f}", static_cast<double>(units) / static_cast<double>(unit));
  text.resize(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

/// `what` as in MinCpu and MaxCpu, whose bounds are inclusive. Capacities are whole numbers of a
/// small unit, of which `unit` make one of what people say; so "above 2" is "at least one unit more
/// than 2". `whole`: the parameter counts those units; else what people say.
Status Compiler::Number(const Condition& condition, std::string_view what, std::int64_t unit,
                        bool whole) {
  ATELIER_RETURN_IF_ERROR(Allow(condition, "= > >= < <="));
  ATELIER_TRY(const std::int64_t millionths, ParseMillionths(condition));
  const std::int64_t floor = millionths * unit / kMillionths;
  const std::int64_t ceil = (millionths * unit + kMillionths - 1) / kMillionths;
  const auto bound = [&](std::string_view end, std::int64_t units) -> Status {
    if (units < 0) return Wrong(condition.value_at, "nothing is below 0.");
    std::string text = whole ? std::to_string(units) : Quotient(units, unit);
    return Set(condition, fmt::format("{}{}", end, what), std::move(text));
  };
  if (condition.op == ">") return bound("Min", floor + 1);
  if (condition.op == ">=") return bound("Min", ceil);
  if (condition.op == "<") return bound("Max", ceil - 1);
  if (condition.op == "<=") return bound("Max", floor);
  ATELIER_RETURN_IF_ERROR(bound("Min", ceil));
  return bound("Max", floor);
}

/// The server reads times; a day alone means its first second, or its last, in UTC.
Status Compiler::Created(const Condition& condition) {
  ATELIER_RETURN_IF_ERROR(Allow(condition, ">= <="));
  constexpr std::string_view kDay = "dddd-dd-dd";
  constexpr std::string_view kTime = "dddd-dd-ddTdd:dd:ddZ";
  const auto fits = [&](std::string_view shape) {
    return std::ranges::equal(condition.value, shape, [](char c, char want) {
      return want == 'd' ? IsDigit(c) : c == want;
    });
  };
  const bool after = condition.op == ">=";
  std::string time = condition.value;
  if (fits(kDay)) {
    time += after ? "T00:00:00Z" : "T23:59:59Z";
  } else if (!fits(kTime)) {
    return Wrong(condition.value_at,
                 fmt::format("'{}' must be a day or a time: 2026-01-31 or 2026-01-31T12:00:00Z.",
                             condition.value));
  }
  return Set(condition, after ? "CreateTimeAfter" : "CreateTimeBefore", std::move(time));
}

Status Compiler::Sort(const Condition& condition) {
  ATELIER_RETURN_IF_ERROR(Allow(condition, ":"));
  std::string_view by = condition.value;
  const bool descending = by.starts_with('-');
  if (descending) by.remove_prefix(1);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOrders = {
      {{"created", "GmtCreateTime"}, {"modified", "GmtModifiedTime"}, {"priority", "Priority"}}};
  const auto found = std::ranges::find(kOrders, by, [](const auto& order) { return order.first; });
  if (found == kOrders.end()) {
    return Wrong(condition.value_at,
                 fmt::format("'{}' must be one of created, modified, priority; a '-' before it "
                             "sorts downwards.",
                             condition.value));
  }
  ATELIER_RETURN_IF_ERROR(Set(condition, "SortBy", std::string(found->second)));
  return Set(condition, "Order", descending ? "DESC" : "ASC");
}

/// A part of it.
Status Compiler::Name(const Condition& condition, std::string_view parameter) {
  if (!condition.key.empty()) ATELIER_RETURN_IF_ERROR(Allow(condition, "~"));
  return Set(condition, parameter, condition.value);
}

Error NoKey(const Condition& condition, std::string_view keys) {
  return Wrong(condition.at, fmt::format("'{}' is no key; the keys are {}.", condition.key, keys));
}

Status Compiler::TakeOfInstance(const Condition& condition) {
  constexpr std::int64_t kMillis = 1000;
  constexpr std::int64_t kMib = 1024;
  const std::string& key = condition.key;
  if (key.empty() || key == "name") return Name(condition, "InstanceName");
  if (key == "status") return Statuses(condition);
  if (key == "label") return Label(condition);
  if (key == "tag") return Tag(condition);
  if (key == "created") return Created(condition);
  if (key == "sort") return Sort(condition);
  if (key == "id") return Text(condition, "InstanceId");
  if (key == "workspace") return Text(condition, "WorkspaceId");
  if (key == "owner") return Text(condition, "CreateUserId");
  if (key == "image") return Text(condition, "ImageName");
  if (key == "quota") return Text(condition, "ResourceId");
  if (key == "gpu-type") return Text(condition, "GpuType");
  if (key == "accelerator") return OneOf<model::AcceleratorType>(condition, "AcceleratorType");
  if (key == "access") return OneOf<model::Accessibility>(condition, "Accessibility");
  if (key == "payment") return OneOf<model::PaymentType>(condition, "PaymentType");
  if (key == "oversold") return OneOf<model::OversoldInfo>(condition, "OversoldInfo");
  if (key == "oversold-type") return OneOf<model::OversoldType>(condition, "OversoldType");
  if (key == "cpu") return Number(condition, "Cpu", kMillis, true);
  if (key == "gpu") return Number(condition, "Gpu", kMillis, true);
  if (key == "memory") return Number(condition, "Memory", kMib, false);
  if (key == "gpu-memory") return Number(condition, "GpuMemory", kMib, false);
  return NoKey(condition, kInstanceKeys);
}

Status Compiler::TakeOfService(const Condition& condition) {
  const std::string& key = condition.key;
  if (key.empty() || key == "name") return Name(condition, "Filter");
  if (key == "status") return OneOf<model::ServiceStatus>(condition, "ServiceStatus");
  if (key == "label") return Label(condition);
  if (key == "workspace") return Text(condition, "WorkspaceId");
  if (key == "owner") return Text(condition, "CallerUid");
  if (key == "group") return Text(condition, "GroupName");
  return NoKey(condition, kServiceKeys);
}

Status Compiler::TakeOfRecommender(const Condition& condition) {
  const std::string& key = condition.key;
  if (key.empty() || key == "name") return Name(condition, "name");
  if (key == "status") return OneOf<model::RecommenderStatus>(condition, "status");
  return NoKey(condition, kRecommenderKeys);
}

Status Compiler::Take(const Condition& condition) {
  switch (what_) {
    case Finds::kServices:
      return TakeOfService(condition);
    case Finds::kRecommenders:
      return TakeOfRecommender(condition);
    case Finds::kInstances:
      break;
  }
  return TakeOfInstance(condition);
}

Query Compiler::Finish() && {
  const char* labels = what_ == Finds::kInstances ? "Labels" : "Label";
  if (!labels_.empty()) query_.emplace_back(labels, json::serialize(labels_));
  if (!tags_.empty()) query_.emplace_back("Tag", json::serialize(tags_));
  return std::move(query_);
}

}  // namespace

Result<Query> CompileQuery(std::string_view text, Finds what) {
  Scanner scanner(text);
  Compiler compiler(what);
  for (;;) {
    ATELIER_TRY(const std::optional<Condition> condition, scanner.Next());
    if (!condition) return std::move(compiler).Finish();
    ATELIER_RETURN_IF_ERROR(compiler.Take(*condition));
  }
}

Result<Query> JoinQueries(Query options, Query compiled) {
  std::erase_if(options, [](const auto& one) { return one.second.empty(); });
  for (auto& [parameter, value] : compiled) {
    const bool twice =
        std::ranges::any_of(options, [&](const auto& one) { return one.first == parameter; });
    if (twice) {
      return Error(Code::kInvalidArgument,
                   fmt::format("--query and another option both set {}.", parameter));
    }
    options.emplace_back(std::move(parameter), std::move(value));
  }
  return options;
}

}  // namespace atelier::cli
