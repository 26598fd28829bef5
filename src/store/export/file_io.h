#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/raii.h"
#include "base/result.h"

namespace atelier::store::export_file {

/// A file in the making, through a buffer: `path`.part, mode 0600, and `path` at the end.
class FileSink {
 public:
  /// AlreadyExists: `path` is there.
  static Result<FileSink> Create(std::string path);
  FileSink(FileSink&&) noexcept = default;
  FileSink& operator=(FileSink&&) noexcept = default;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  ~FileSink();  // without Finish nothing is left

  Status Write(std::string_view bytes);
  /// Flushes it, and gives it its name.
  Status Finish();
  std::uint64_t size() const { return size_; }

 private:
  FileSink(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string part() const { return path_ + ".part"; }
  Status Flush();

  std::string path_;
  UniqueFd fd_;
  std::string buffer_;
  std::uint64_t size_ = 0;
};

/// A file that is read once, from its beginning, through a buffer.
class FileSource {
 public:
  /// NotFound; Unavailable.
  static Result<FileSource> Open(std::string path);

  /// Up to the next line feed, without it. DataLoss: the file ends before, or the line is longer
  /// than `most`.
  Result<std::string> ReadLine(std::size_t most);
  /// Exactly so many bytes. DataLoss: the file ends before.
  Result<std::string> Read(std::size_t size);
  /// At most so many, as they come; empty: the end.
  Result<std::string_view> ReadSome(std::size_t most);
  Result<bool> AtEnd();
  /// The next byte, which stays. DataLoss: the file has ended.
  Result<char> Peek();
  /// Where the next byte is.
  std::uint64_t offset() const { return offset_; }
  const std::string& path() const { return path_; }
  /// Of what has been read.
  Sha256Stream& digest() { return digest_; }

 private:
  FileSource(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  /// There is at least a byte in the buffer, or the file has ended.
  Status Fill();
  void Take(std::size_t size);
  Error Ends() const;

  std::string path_;
  UniqueFd fd_;
  std::string buffer_;
  std::size_t next_ = 0;  // in the buffer
  std::uint64_t offset_ = 0;
  Sha256Stream digest_;
};

struct FileIs {
  std::uint64_t size = 0;
  std::string sha256;  // hex
  friend bool operator==(const FileIs&, const FileIs&) = default;
};
/// Reads all of it. NotFound; Unavailable.
Result<FileIs> Inspect(const std::string& path);

/// DataLoss, of the byte `offset` of an exported file: what is wrong there, and what to do.
Error Damaged(std::uint64_t offset, std::string_view what);

}  // namespace atelier::store::export_file
