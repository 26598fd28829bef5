#include "store/mark.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/file.h"
#include "base/raii.h"

namespace atelier::store {

namespace {

constexpr std::size_t kSize = 512;  // of the file, a sector: an overwrite is whole or not there
constexpr Duration kStopTimeout{5'000};

}  // namespace

std::string Text(const WentBack& report) {
  std::string text;
  if (report.other_store) {
    text = "This is another store than the one before.";
  } else if (report.had > report.revision) {
    text = fmt::format(
        "The store went back from revision {} to {}: an older one was put back, or the end of its "
        "log was lost.",
        report.had, report.revision);
  }
  if (report.commits_cut > 0) {
    text += fmt::format("{}The log of the store is damaged: {} changes behind that place are lost.",
                        text.empty() ? "" : " ", report.commits_cut);
  }
  return text + " What runs without a record runs on; see: atelier orphan list";
}

/// Used on the strand only, and before it.
class Mark::File {
 public:
  explicit File(std::string path) : path_(std::move(path)) {}

  /// Empty: there is none.
  std::string Read() const {
    const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    std::string bytes(2 * kSize, '\0');
    const ssize_t got = fd ? ::read(fd.get(), bytes.data(), bytes.size()) : 0;
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }

  Status Write(std::string content, bool durably) {
    content.resize(std::max(kSize, content.size() + 1), ' ');
    content.back() = '\n';
    if (durably || !fd_) {
      Status replaced = Replace(content);
      if (replaced) return Ok();
      fd_.Reset(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
      if (!fd_) return replaced;  // else in place, for which a full disk has room
    }
    const ssize_t wrote = ::pwrite(fd_.get(), content.data(), content.size(), 0);
    if (wrote == static_cast<ssize_t>(content.size()) &&
        (!durably || ::fdatasync(fd_.get()) == 0)) {
      return Ok();
    }
    const Error error = FileError("write", path_, wrote < 0 ? errno : EIO);
    fd_.Reset();
    return error;
  }

 private:
  Status Replace(const std::string& content) {
    std::error_code failed;
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    if (std::filesystem::create_directory(folder, failed)) ::chmod(folder.c_str(), 0700);
    ATELIER_RETURN_IF_ERROR(WriteFileDurably(path_, content));
    fd_.Reset(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd_) return FileError("open", path_, errno);
    return Ok();
  }

  const std::string path_;
  UniqueFd fd_;
};

Mark::Mark(std::string path, Opening opening, asio::any_io_executor io, Pool& blocking,
           Clock& clock, Logger& log)
    : file_(std::make_shared<File>(std::move(path))),
      opening_(opening),
      io_(std::move(io)),
      disk_(blocking.get_executor()),
      clock_(clock),
      log_(log) {
  content_.revision = opening.revision;
}

Task<void> Mark::Compare(std::string store) {
  const std::string text = co_await RunOn(disk_, [file = file_] { return file->Read(); });
  Content before{.store = store, .revision = 0, .went_back = {}};
  if (!text.empty()) {
    if (auto read = FromRecord<Content>(text))
      before = *std::move(read);
    else
      log_.Warn("store.mark_unreadable", {{"error", read.error().ToString()}});
  }
  content_.store = std::move(store);
  content_.went_back = before.went_back;
  WentBack found{.found = clock_.Wall(),
                 .other_store = before.store != content_.store,
                 .had = before.revision,
                 .revision = opening_.revision,
                 .commits_cut = static_cast<std::int64_t>(opening_.commits_cut)};
  const bool less = !found.other_store && found.had > found.revision;
  if (found.other_store || less || found.commits_cut > 0) content_.went_back = found;
  if (content_.went_back) log_.Error("store.went_back", {{"what", Text(*content_.went_back)}});
  compared_ = true;
  (void)co_await Write(true);  // what fails now follows with the next change; it is logged
}

void Mark::Apply(std::span<const Change> changes) {
  for (const Change& change : changes)
    content_.revision = std::max(content_.revision, change.record.revision);
  if (!compared_ || following_) return;
  if (auto pass = gate_.Enter()) {
    following_ = true;
    Spawn(io_, "store.mark", Follow(std::move(pass)));
  }
}

Task<void> Mark::Follow(Gate::Pass /*pass*/) {
  for (;;) {
    const model::Revision revision = content_.revision;
    const Status written = co_await Write(false);
    if (!written || revision == content_.revision) break;  // the next change tries again
  }
  following_ = false;
}

Task<Status> Mark::Dismiss() {
  const std::optional<WentBack> report = std::exchange(content_.went_back, std::nullopt);
  Status written = co_await Write(true);
  if (!written) content_.went_back = report;
  co_return written;
}

Task<Status> Mark::Write(bool durably) {
  Status written = co_await RunOn(disk_, [file = file_, text = ToJson(content_), durably] {
    return file->Write(text, durably);
  });
  if (!written && !failed_) log_.Warn("store.mark_failed", {{"error", written.error().ToString()}});
  failed_ = !written.has_value();
  co_return written;
}

Task<void> Mark::Stop() { (void)co_await gate_.Drain(clock_, clock_.In(kStopTimeout)); }

}  // namespace atelier::store
