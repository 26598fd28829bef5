#pragma once
#include <string>

namespace atelier::test {

/// Where files are in memory, if there is such a place, else the system's temporary folder: for
/// tests that flush so often that a busy disk would hold them up.
std::string FolderInMemory();

/// A fresh folder under the system's temporary one or `parent`, removed with all in it at the end.
class TempDir {
 public:
  TempDir();
  explicit TempDir(const std::string& parent);
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  TempDir(TempDir&&) = delete;
  TempDir& operator=(TempDir&&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace atelier::test
