#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"

namespace atelier::model {

/// One object of a service JSON, read member by member; what is wrong goes to the shared list. A
/// member that is null counts as absent.
class Reader {
 public:
  /// `object`: null if there is none, then nothing is found in it; `path`: of it, for messages.
  Reader(const json::object* object, std::string path, Problems& problems);

  const json::object* object() const { return object_; }
  const json::value* Find(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name) != nullptr; }

  Reader Object(std::string_view name) const;
  std::vector<Reader> Array(std::string_view name) const;
  std::string Text(std::string_view name) const;
  /// Decimal text is taken as well: JSON written by hand often quotes numbers.
  std::optional<std::int64_t> Integer(std::string_view name, std::int64_t min,
                                      std::int64_t max) const;
  bool Flag(std::string_view name) const;
  /// A command or its arguments: one line, or an array of words.
  std::vector<std::string> Words(std::string_view name) const;

  /// Known to the documents, not to this server.
  void Refuse(std::string_view name) const;
  void Problem(std::string_view name, std::string_view what) const;
  Problems& problems() const { return problems_; }

 private:
  std::string Path(std::string_view name) const { return codec::Join(path_, name); }

  const json::object* object_;
  std::string path_;
  Problems& problems_;
};

}  // namespace atelier::model
