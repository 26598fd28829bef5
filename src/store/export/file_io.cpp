#include "store/export/file_io.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/failpoint.h"
#include "base/file.h"

namespace atelier::store::export_file {

namespace {

constexpr std::size_t kBuffer = 256U << 10U;

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

Error Damaged(std::uint64_t offset, std::string_view what) {
  return {Code::kDataLoss,
          fmt::format("The file is damaged at byte {}: {}. Nothing of it was taken. Copy it again "
                      "from where it came, or export the store again.",
                      offset, what),
          "ExportDamaged"};
}

Result<FileSink> FileSink::Create(std::string path) {
  if (::access(path.c_str(), F_OK) == 0) {
    return Error(Code::kAlreadyExists,
                 fmt::format("{} is there already. Name another file, or remove it.", path));
  }
  const std::string part = path + ".part";
  ::unlink(part.c_str());  // of one that was killed: it may have another mode, or be a link
  UniqueFd fd(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return FileError("make", path, errno);
  return FileSink(std::move(path), std::move(fd));
}

FileSink::~FileSink() {
  if (fd_) ::unlink(part().c_str());
}

Status FileSink::Write(std::string_view bytes) {
  buffer_ += bytes;
  size_ += bytes.size();
  return buffer_.size() < kBuffer ? Ok() : Flush();
}

Status FileSink::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t wrote = ::write(fd_.get(), rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return FileError("write", path_, errno);
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  buffer_.clear();
  return Ok();
}

Status FileSink::Finish() {
  ATELIER_RETURN_IF_ERROR(Flush());
  if (::fsync(fd_.get()) != 0) return FileError("flush", path_, errno);
  ATELIER_FAILPOINT("store.export.finish");
  if (::rename(part().c_str(), path_.c_str()) != 0) return FileError("make", path_, errno);
  fd_.Reset();
  return SyncFolder(FolderOf(path_));
}

Result<FileSource> FileSource::Open(std::string path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT)
    return Error(Code::kNotFound, fmt::format("There is no file {}.", path));
  if (!fd) return FileError("open", path, errno);
  return FileSource(std::move(path), std::move(fd));
}

Status FileSource::Fill() {
  if (next_ < buffer_.size()) return Ok();
  buffer_.resize(kBuffer);
  next_ = 0;
  ssize_t got = -1;
  do got = ::read(fd_.get(), buffer_.data(), buffer_.size());
  while (got < 0 && errno == EINTR);
  buffer_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (got < 0) return FileError("read", path_, errno);
  return Ok();
}

void FileSource::Take(std::size_t size) {
  digest_.Add(std::string_view(buffer_).substr(next_, size));
  next_ += size;
  offset_ += size;
}

Error FileSource::Ends() const { return Damaged(offset_, "it ends in the middle"); }

Result<std::string_view> FileSource::ReadSome(std::size_t most) {
  ATELIER_RETURN_IF_ERROR(Fill());
  const std::string_view some = std::string_view(buffer_).substr(next_, most);
  Take(some.size());
  return some;
}

Result<std::string> FileSource::ReadLine(std::size_t most) {
  std::string line;
  for (;;) {
    ATELIER_RETURN_IF_ERROR(Fill());
    const std::string_view there = std::string_view(buffer_).substr(next_);
    if (there.empty()) return Ends();
    const std::size_t end = there.find('\n');
    const std::size_t part = std::min(end, there.size());
    if (line.size() + part > most)
      return Damaged(offset_, fmt::format("a line is longer than {} bytes", most));
    line += there.substr(0, part);
    Take(end == std::string_view::npos ? part : part + 1);
    if (end != std::string_view::npos) return line;
  }
}

Result<std::string> FileSource::Read(std::size_t size) {
  std::string bytes;
  bytes.reserve(size);
  while (bytes.size() < size) {
    ATELIER_TRY(const std::string_view some, ReadSome(size - bytes.size()));
    if (some.empty()) return Ends();
    bytes += some;
  }
  return bytes;
}

Result<char> FileSource::Peek() {
  ATELIER_RETURN_IF_ERROR(Fill());
  if (next_ == buffer_.size()) return Ends();
  return buffer_[next_];
}

Result<bool> FileSource::AtEnd() {
  ATELIER_RETURN_IF_ERROR(Fill());
  return next_ == buffer_.size();
}

Result<FileIs> Inspect(const std::string& path) {
  ATELIER_TRY(FileSource source, FileSource::Open(path));
  for (;;) {
    ATELIER_TRY(const std::string_view some, source.ReadSome(kBuffer));
    if (some.empty())
      return FileIs{.size = source.offset(), .sha256 = Hex(source.digest().Finish())};
  }
}

}  // namespace atelier::store::export_file
