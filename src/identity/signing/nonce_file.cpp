#include "identity/signing/nonce_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/file.h"

namespace atelier::identity {

namespace {

constexpr std::chrono::minutes kKeep{30};
constexpr std::size_t kRecordBytes = 16;
constexpr std::size_t kPieceBytes = 1U << 20U;
constexpr std::size_t kPieceRecords = kPieceBytes / kRecordBytes;

using Bytes16 = std::array<char, kRecordBytes>;

/// As it lies in the file: the hash, seconds since 1970, and a check of both. All zero: none. Whole
/// in one page, so no kill cuts it in two.
struct Record {
  std::uint64_t hash = 0;
  std::uint32_t signed_at = 0;
  std::uint32_t check = 0;
};
static_assert(sizeof(Record) == kRecordBytes);

/// Tells a record from what a failing disk makes of one; nobody else writes here.
std::uint32_t CheckOf(std::uint64_t hash, std::uint32_t signed_at) {
  std::uint64_t mixed = (hash ^ signed_at) * 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 29U) ^ signed_at) * 0xBF58476D1CE4E5B9U;
  return static_cast<std::uint32_t>(mixed >> 32U);
}

off_t OffsetOf(std::size_t piece, std::size_t record) {
  return static_cast<off_t>(piece * kPieceBytes + record * kRecordBytes);
}

Status WriteAt(int fd, std::string_view bytes, off_t at, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::pwrite(fd, bytes.data(), bytes.size(), at);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return FileError("write", path, wrote < 0 ? errno : EIO);
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
    at += wrote;
  }
  return Ok();
}

}  // namespace

NonceFile::NonceFile(std::string path, std::size_t most,
                     std::function<void(const NonceUse&)> restore, Logger& log)
    : path_(std::move(path)),
      most_pieces_((most + kPieceRecords - 1) / kPieceRecords + 1),  // one is made ahead
      restore_(std::move(restore)),
      log_(log) {}

void NonceFile::Open(MonoTime now) { Tell(Ready(now)); }

Status NonceFile::Append(const NonceUse& use, MonoTime now) {
  const Status done = Write(use, now);
  if (!done || !why_not_.empty()) Tell(done);
  if (done) return Ok();
  return Error(
      Code::kUnavailable,
      fmt::format("The server cannot keep account of signed requests ({}); try again later.",
                  done.error().message()),
      "ServiceUnavailable");
}

std::string NonceFile::WhyNot(MonoTime now) {
  if (why_not_.empty()) return {};
  const Status ready = Ready(now);
  // An empty record where the next one goes.
  Tell(ready ? Clear(*present_, kPieceRecords - 1) : ready);
  return why_not_;
}

void NonceFile::Tell(const Status& done) {
  std::string why_not = done ? std::string() : done.error().message();
  if (why_not == why_not_) return;
  if (done)
    log_.Info("identity.nonces_kept");
  else
    log_.Error("identity.nonces_not_kept", {{"error", why_not}});
  why_not_ = std::move(why_not);
}

/// There is a free record in the present piece.
Status NonceFile::Ready(MonoTime now) {
  if (!fd_) ATELIER_RETURN_IF_ERROR(Load(now));
  if (present_ && pieces_[*present_].used < kPieceRecords) return Ok();
  ATELIER_RETURN_IF_ERROR(PrepareNext(now));
  const auto free =
      std::ranges::find_if(pieces_, [](const Piece& piece) { return piece.used < kPieceRecords; });
  present_ = static_cast<std::size_t>(free - pieces_.begin());
  return Ok();
}

Status NonceFile::Write(const NonceUse& use, MonoTime now) {
  ATELIER_RETURN_IF_ERROR(Ready(now));
  Piece& piece = pieces_[*present_];
  const auto signed_at = static_cast<std::uint32_t>(use.signed_at);
  const Record record{
      .hash = use.hash, .signed_at = signed_at, .check = CheckOf(use.hash, signed_at)};
  Bytes16 bytes{};
  std::memcpy(bytes.data(), &record, kRecordBytes);
  ATELIER_RETURN_IF_ERROR(
      WriteAt(fd_.get(), {bytes.data(), bytes.size()}, OffsetOf(*present_, piece.used), path_));
  ATELIER_FAILPOINT("identity.after_nonce");
  piece.last = now;
  if (++piece.used == kPieceRecords / 2) static_cast<void>(PrepareNext(now));  // tried again
  return Ok();
}

/// There is a piece with free records besides the present one, or in its place if that is full.
Status NonceFile::PrepareNext(MonoTime now) {
  std::optional<std::size_t> outdated;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (present_ == i) continue;
    if (pieces_[i].used < kPieceRecords) return Ok();
    if (now - pieces_[i].last > kKeep && (!outdated || pieces_[i].last < pieces_[*outdated].last))
      outdated = i;
  }
  if (outdated) {
    ATELIER_RETURN_IF_ERROR(Clear(*outdated, 0));
    pieces_[*outdated].used = 0;
    return Ok();
  }
  if (pieces_.size() >= most_pieces_) {
    return Error(Code::kResourceExhausted,
                 "too many signed requests in the last 30 minutes for the file of nonces");
  }
  ATELIER_RETURN_IF_ERROR(Clear(pieces_.size(), 0));
  pieces_.push_back({});
  return Ok();
}

/// Written and not merely made longer, so that the disk has a place for each record.
Status NonceFile::Clear(std::size_t number, std::size_t from_record) {
  const std::string zeros(kPieceBytes - from_record * kRecordBytes, '\0');
  return WriteAt(fd_.get(), zeros, OffsetOf(number, from_record), path_);
}

Status NonceFile::Load(MonoTime now) {
  UniqueFd fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  struct stat info{};
  if (!fd || ::fstat(fd.get(), &info) != 0) return FileError("open", path_, errno);
  if (!S_ISREG(info.st_mode)) return FileError("open", path_, EINVAL);
  fd_ = std::move(fd);
  pieces_.clear();
  present_.reset();
  damaged_ = 0;
  const auto size = std::min(static_cast<std::size_t>(info.st_size), most_pieces_ * kPieceBytes);
  for (std::size_t at = 0; at < size; at += kPieceBytes) {
    if (const Status loaded = LoadPiece(at / kPieceBytes, std::min(size - at, kPieceBytes), now);
        !loaded) {
      fd_.Reset();
      return loaded;
    }
  }
  if (damaged_ > 0) log_.Warn("identity.nonces_damaged", {{"records", damaged_}});
  return Ok();
}

Status NonceFile::LoadPiece(std::size_t number, std::size_t bytes, MonoTime now) {
  std::string text(kPieceBytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got = ::pread(fd_.get(), text.data() + have, bytes - have,
                                OffsetOf(number, 0) + static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;  // what reads is kept; the rest is as damaged records are
    have += static_cast<std::size_t>(got);
  }
  if (have < bytes) damaged_ += (bytes - have) / kRecordBytes;
  Piece piece{.used = 0, .last = now};
  for (std::size_t i = 0; i < kPieceRecords; ++i) {
    Record record;
    std::memcpy(&record, text.data() + i * kRecordBytes, kRecordBytes);
    if (record.hash == 0 && record.signed_at == 0 && record.check == 0) continue;
    piece.used = i + 1;
    if (record.hash == 0 || record.check != CheckOf(record.hash, record.signed_at))
      ++damaged_;
    else
      restore_({.hash = record.hash, .signed_at = record.signed_at});
  }
  if (have < bytes) piece.used = kPieceRecords;  // it is not written to before it is made anew
  if (bytes < kPieceBytes) {
    if (piece.used == 0) return Ok();  // a kill came while it was made; made again when needed
    ATELIER_RETURN_IF_ERROR(Clear(number, piece.used));
  }
  pieces_.push_back(piece);
  return Ok();
}

}  // namespace atelier::identity
