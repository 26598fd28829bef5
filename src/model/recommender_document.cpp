#include "model/recommender_document.h"

#include <algorithm>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/fnv.h"
#include "base/text.h"

namespace atelier::model {

namespace {

constexpr std::size_t kMaxKeyBytes = 128;              // of an id or a type
constexpr std::int64_t kLastSecond = 253'402'300'799;  // the end of the year 9999

/// content/item/news of the help's table schemas; the news industry's list is our reading.
std::span<const std::string_view> TypesOf(Industry industry) {
  static constexpr std::string_view kContent[] = {"article", "audio",      "image", "item",
                                                  "recipe",  "shortvideo", "video"};
  static constexpr std::string_view kItem[] = {"item"};
  static constexpr std::string_view kNews[] = {"article", "audio", "image", "shortvideo", "video"};
  switch (industry) {
    case Industry::content:
      return kContent;
    case Industry::item:
      return kItem;
    case Industry::news:
      return kNews;
  }
  return {};
}

std::optional<DocumentCommand> ParseCommand(std::string_view text) {
  if (text == "add") return DocumentCommand::kAdd;
  if (text == "update") return DocumentCommand::kUpdate;
  if (text == "delete") return DocumentCommand::kDelete;
  return std::nullopt;
}

const std::string& FieldOf(const DocumentFields& fields, const std::string& name) {
  static const std::string kNone;
  const auto found = fields.find(name);
  return found == fields.end() ? kNone : found->second;
}

bool IsDecimal(std::string_view text, std::int64_t least, std::int64_t most) {
  const auto value = ParseNumber<std::int64_t>(text);
  return value && *value >= least && *value <= most;
}

/// Checks the fields of one document and names what is wrong with its place.
class Checker {
 public:
  Checker(std::size_t number, DocumentTable table, Industry industry, Problems& problems)
      : number_(number), table_(table), industry_(industry), problems_(problems) {}

  void Check(const Document& document) {
    const bool whole = document.command == DocumentCommand::kAdd;
    switch (table_) {
      case DocumentTable::user:
        return CheckUser(document.fields);
      case DocumentTable::item:
        return CheckItem(document.fields);
      case DocumentTable::behavior:
        if (!whole) problems_.Add(PathOf("cmd"), "must be add: behaviors are never changed");
        return CheckBehavior(document.fields);
    }
  }

 private:
  std::string PathOf(std::string_view name) const { return fmt::format("[{}].{}", number_, name); }
  std::string FieldPlace(std::string_view name) const {
    return fmt::format("[{}].fields.{}", number_, name);
  }

  void CheckKey(const DocumentFields& fields, const std::string& name) {
    const std::string& value = FieldOf(fields, name);
    if (value.empty()) return problems_.Add(FieldPlace(name), "is required");
    // A comma parts the `items` of Recommend, and blanks around one are not seen there.
    const bool plain = std::ranges::all_of(value, [](char c) {
      return static_cast<unsigned char>(c) >= ' ' && c != '\x7F' && c != ',';
    });
    const bool bare = value.front() != ' ' && value.back() != ' ';
    if (value.size() > kMaxKeyBytes || !plain || !bare) {
      problems_.Add(FieldPlace(name),
                    fmt::format("must be at most {} bytes, without commas and control characters, "
                                "and neither begin nor end with a blank",
                                kMaxKeyBytes));
    }
  }
  void CheckWho(const DocumentFields& fields) {
    const std::string& user = UserOf(fields);
    if (user.empty()) return problems_.Add(FieldPlace("user_id"), "or imei is required");
    if (user.size() > kMaxKeyBytes)
      problems_.Add(FieldPlace("user_id"), fmt::format("must be at most {} bytes", kMaxKeyBytes));
  }
  void CheckNumber(const DocumentFields& fields, const std::string& name, std::int64_t least,
                   std::int64_t most) {
    const std::string& value = FieldOf(fields, name);
    if (!value.empty() && !IsDecimal(value, least, most)) {
      problems_.Add(FieldPlace(name),
                    fmt::format("must be a whole number from {} to {}", least, most));
    }
  }
  /// A time in seconds. Most clients have milliseconds at hand.
  void CheckTime(const DocumentFields& fields, const std::string& name) {
    const std::string& value = FieldOf(fields, name);
    if (value.empty() || IsDecimal(value, 0, kLastSecond)) return;
    const bool millis = IsDecimal(value, kLastSecond, INT64_MAX);
    problems_.Add(FieldPlace(name),
                  fmt::format("must be a whole number from 0 to {}, in seconds since 1970{}",
                              kLastSecond, millis ? ": these look like milliseconds" : ""));
  }

  void CheckUser(const DocumentFields& fields) { CheckWho(fields); }

  void CheckItem(const DocumentFields& fields) {
    CheckItemKey(fields);
    CheckNumber(fields, "status", 0, 1);
    CheckNumber(fields, "weight", 1, 100);
    CheckTime(fields, "pub_time");
    CheckTime(fields, "expire_time");
    if (FieldOf(fields, "scene_id").find(':') != std::string::npos)
      problems_.Add(FieldPlace("scene_id"), "must not hold a colon");
  }

  void CheckItemKey(const DocumentFields& fields) {
    CheckKey(fields, "item_id");
    const std::string& type = FieldOf(fields, "item_type");
    if (type.empty()) return problems_.Add(FieldPlace("item_type"), "is required");
    if (std::ranges::find(TypesOf(industry_), type) == TypesOf(industry_).end()) {
      problems_.Add(FieldPlace("item_type"),
                    fmt::format("must be one of {} in the industry {}", ItemTypesOf(industry_),
                                EnumName(industry_)));
    }
  }

  void CheckBehavior(const DocumentFields& fields) {
    CheckWho(fields);
    CheckItemKey(fields);
    CheckKey(fields, "bhv_type");
    if (FieldOf(fields, "bhv_time").empty()) problems_.Add(FieldPlace("bhv_time"), "is required");
    CheckTime(fields, "bhv_time");
  }

  std::size_t number_;
  DocumentTable table_;
  Industry industry_;
  Problems& problems_;
};

void ReadFields(const json::object& in, std::size_t number, DocumentFields& out,
                Problems& problems) {
  std::size_t bytes = 2;
  for (const auto& member : in) {
    const std::string name(member.key().data(), member.key().size());
    const std::string place = fmt::format("[{}].fields.{}", number, name);
    if (member.value().is_null()) continue;
    // The help shows texts, and clients send numbers as well.
    std::optional<std::string> text = ScalarText(member.value());
    if (!text) {
      problems.Add(place, "must be a text or a number");
      continue;
    }
    if (text->size() > kMaxFieldBytes)
      problems.Add(place, fmt::format("must be at most {} bytes", kMaxFieldBytes));
    bytes += name.size() + text->size() + 6;  // quotes, colon and comma
    out[name] = *std::move(text);
  }
  if (bytes > kMaxDocumentBytes) {
    problems.Add(fmt::format("[{}]", number),
                 fmt::format("must be at most {} bytes", kMaxDocumentBytes));
  }
}

void ReadDocument(const json::value& in, std::size_t number, Document& out, Problems& problems) {
  const json::object* object = in.if_object();
  const std::string place = fmt::format("[{}]", number);
  if (object == nullptr) return problems.Add(place, "must be an object");
  const json::value* command = object->if_contains("cmd");
  const json::string* word = command != nullptr ? command->if_string() : nullptr;
  const auto parsed = word != nullptr ? ParseCommand({word->data(), word->size()}) : std::nullopt;
  if (parsed)
    out.command = *parsed;
  else
    problems.Add(place + ".cmd", "must be add, update or delete");
  const json::value* fields = object->if_contains("fields");
  if (fields == nullptr || !fields->is_object())
    return problems.Add(place + ".fields", "must be an object");
  ReadFields(fields->get_object(), number, out.fields, problems);
}

/// A part of keys of stored records.
std::uint64_t HashOf(const DocumentFields& fields) {
  std::uint64_t hash = kFnvBasis;
  const auto add = [&](std::string_view text) {
    hash = Fnv1a("\xFF", Fnv1a(text, hash));  // no byte of UTF-8: where a text ends counts
  };
  for (const auto& [name, value] : fields) {
    add(name);
    add(value);
  }
  return hash;
}

}  // namespace

Result<std::vector<Document>> ParseDocuments(std::string_view body, DocumentTable table,
                                             Industry industry) {
  if (body.size() > kMaxPushBytes) {
    return Error(Code::kResourceExhausted, "A push must be at most 1 MB.", "BodyTooLarge");
  }
  ATELIER_TRY(const json::value value, ParseJson(body));
  const json::array* lines = value.if_array();
  if (lines == nullptr || lines->empty() || lines->size() > kMaxDocuments) {
    return Error(Code::kInvalidArgument,
                 fmt::format("The body must be an array of 1 to {} documents.", kMaxDocuments));
  }
  std::vector<Document> documents(lines->size());
  Problems problems;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    Problems of_this;
    ReadDocument((*lines)[i], i, documents[i], of_this);
    if (of_this.empty()) Checker(i, table, industry, of_this).Check(documents[i]);
    for (const std::string& problem : of_this.list()) {
      const std::size_t blank = problem.find(' ');
      problems.Add(problem.substr(0, blank), problem.substr(blank + 1));
    }
  }
  if (!problems.empty()) return Error(Code::kInvalidArgument, problems.Join());
  return documents;
}

std::string ItemTypesOf(Industry industry) {
  return fmt::format("{}", fmt::join(TypesOf(industry), ", "));
}

const std::string& UserOf(const DocumentFields& fields) {
  const std::string& user = FieldOf(fields, "user_id");
  return user.empty() ? FieldOf(fields, "imei") : user;
}

std::string ItemKeyOf(const DocumentFields& fields) {
  return FieldOf(fields, "item_id") + ":" + FieldOf(fields, "item_type");
}

std::string DocumentKey(DocumentTable table, const DocumentFields& fields) {
  switch (table) {
    case DocumentTable::user:
      return "user/" + UserOf(fields);
    case DocumentTable::item:
      return "item/" + ItemKeyOf(fields);
    case DocumentTable::behavior:
      break;
  }
  return fmt::format("behavior/{:0>12}/{}/{}/{}/{:016x}", FieldOf(fields, "bhv_time"),
                     UserOf(fields), ItemKeyOf(fields), FieldOf(fields, "bhv_type"),
                     HashOf(fields));
}

}  // namespace atelier::model
