#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"

namespace atelier::model {

/// One object of a service JSON, read member by member; what is wrong goes to the shared list. A
/// member that is null counts as absent; so does one that asks for nothing (base/empty_json.h)
/// where another type or a larger number belongs.
class Reader {
 public:
  /// `object`: null if there is none, then nothing is found in it; `path`: of it, for messages;
  /// `stored`: it was accepted before, so nothing is refused.
  Reader(const json::object* object, std::string path, Problems& problems, bool stored = false);

  const json::object* object() const { return object_; }
  const json::value* Find(std::string_view name) const;
  /// Whether the member asks for something: it is there, and no empty value.
  bool Asks(std::string_view name) const;

  Reader Object(std::string_view name) const;
  /// Without the members that ask for nothing.
  std::vector<Reader> Array(std::string_view name) const;
  std::string Text(std::string_view name) const;
  /// A text that is a path: at most kMaxPath bytes, without NUL.
  std::string PathText(std::string_view name) const;
  /// Decimal text is taken as well: JSON written by hand often quotes numbers.
  std::optional<std::int64_t> Integer(std::string_view name, std::int64_t min,
                                      std::int64_t max) const;
  /// Its text, or 0 and 1, is taken as well. nullopt: it is absent, or of neither.
  std::optional<bool> Flag(std::string_view name) const;
  /// A command or its arguments: one line, or an array of words.
  std::vector<std::string> Words(std::string_view name) const;

  /// If it asks for something: known to the documents, not to this server in this place. What it
  /// never does is in the table of spec/keys.h.
  void Refuse(std::string_view name, std::string_view where = {}) const;
  void Problem(std::string_view name, std::string_view what) const;
  Problems& problems() const { return problems_; }
  /// Whether it was accepted before, perhaps by a version that refused less.
  bool stored() const { return stored_; }

 private:
  std::string Path(std::string_view name) const { return codec::Join(path_, name); }

  const json::object* object_;
  std::string path_;
  Problems& problems_;
  bool stored_;
};

}  // namespace atelier::model
