#include "identity/signing/nonce_file.h"

#include <algorithm>
#include <array>
#include <bit>
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
constexpr std::chrono::seconds kNextTry{1};  // to make a piece
constexpr std::size_t kRecordBytes = 16;
constexpr std::size_t kPieceBytes = 1U << 20U;
constexpr std::size_t kPieceRecords = kPieceBytes / kRecordBytes;
/// The first records of a piece are for ranges of dates.
constexpr std::size_t kRanges = DateRanges::kMax;
using Bytes16 = std::array<char, kRecordBytes>;
constexpr std::uint32_t kRangeMark = 0x52414E47;

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

/// As it lies in the file: the hash, or first and last of a range; seconds since 1970; and a check
/// of both, which tells the two apart. All zero: none. Whole in one page, so no kill cuts it in
/// two.
struct NonceFile::Record {
  std::uint64_t hash = 0;
  std::uint32_t signed_at = 0;
  std::uint32_t check = 0;

  static Record Of(const NonceUse& use) {
    const auto signed_at = static_cast<std::uint32_t>(use.signed_at);
    return {.hash = use.hash, .signed_at = signed_at, .check = CheckOf(use.hash, signed_at)};
  }
  static Record Of(std::int64_t first, std::int64_t last) {
    const std::uint64_t both = static_cast<std::uint64_t>(static_cast<std::uint32_t>(first))
                                   << 32U |
                               static_cast<std::uint32_t>(last);
    return {.hash = both, .signed_at = 0, .check = CheckOf(both, 0) ^ kRangeMark};
  }
  bool empty() const { return hash == 0 && signed_at == 0 && check == 0; }
  bool is_nonce() const { return hash != 0 && check == CheckOf(hash, signed_at); }
  bool is_range() const { return signed_at == 0 && check == (CheckOf(hash, 0) ^ kRangeMark); }
  std::int64_t first() const { return static_cast<std::int64_t>(hash >> 32U); }
  std::int64_t last() const { return static_cast<std::uint32_t>(hash); }
};

NonceFile::NonceFile(std::string path, std::size_t most, Heir& heir, Logger& log)
    : path_(std::move(path)),
      // One is made ahead.
      most_pieces_((most + kPieceRecords - kRanges - 1) / (kPieceRecords - kRanges) + 1),
      heir_(heir),
      log_(log) {
  static_assert(sizeof(Record) == kRecordBytes);
}

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
  next_try_ = now;
  if (const Status ready = Ready(now); ready)
    Tell(Clear(*present_, kPieceRecords - 1));  // an empty record where the next one goes
  else
    Tell(HasPlaceForDates() ? WriteForgotten() : ready);
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
  if (now < next_try_) return Error(Code::kUnavailable, why_by_date_);
  next_try_ = now + kNextTry;
  const Status made = PrepareNext(now);
  if (made) next_try_ = MonoTime::min();
  std::string why_by_date = made ? std::string() : made.error().message();
  if (why_by_date != why_by_date_) {
    if (made)
      log_.Info("identity.nonces_kept");
    else if (HasPlaceForDates())
      log_.Warn("identity.nonces_kept_by_date", {{"error", why_by_date}});
    why_by_date_ = std::move(why_by_date);
  }
  ATELIER_RETURN_IF_ERROR(made);
  const auto free =
      std::ranges::find_if(pieces_, [](const Piece& piece) { return piece.used < kPieceRecords; });
  present_ = static_cast<std::size_t>(free - pieces_.begin());
  return Ok();
}

Status NonceFile::Write(const NonceUse& use, MonoTime now) {
  if (Status ready = Ready(now); !ready) {
    if (!HasPlaceForDates()) return ready;
    AddForgotten(use.signed_at, use.signed_at);
    return forgotten_is_written_ ? Ok() : WriteForgotten();
  }
  Piece& piece = pieces_[*present_];
  const Bytes16 bytes = std::bit_cast<Bytes16>(Record::Of(use));
  ATELIER_RETURN_IF_ERROR(
      WriteAt(fd_.get(), {bytes.data(), bytes.size()}, OffsetOf(*present_, piece.used), path_));
  ATELIER_FAILPOINT("identity.after_nonce");
  piece.last = now;
  if (!piece.dates.Contains(use.signed_at)) piece.dates.Add(use.signed_at, use.signed_at);
  if (++piece.used == kPieceRecords / 2) static_cast<void>(PrepareNext(now));  // tried again
  return Ok();
}

void NonceFile::AddForgotten(std::int64_t first, std::int64_t last) {
  if (first == last && forgotten_.Contains(first)) return;
  forgotten_.Add(first, last);
  forgotten_is_written_ = false;
}

std::string NonceFile::ForgottenBytes() const {
  std::string bytes;
  for (const auto& [first, last] : forgotten_.ranges()) {
    const Bytes16 record = std::bit_cast<Bytes16>(Record::Of(first, last));
    bytes.append(record.data(), record.size());
  }
  bytes.resize(kRanges * kRecordBytes);
  return bytes;
}

/// In place: a full disk has room for it.
Status NonceFile::WriteForgotten() {
  ATELIER_RETURN_IF_ERROR(
      WriteAt(fd_.get(), ForgottenBytes(), OffsetOf(present_.value_or(0), 0), path_));
  forgotten_is_written_ = true;
  return Ok();
}

/// There is a piece with free records besides the present one, or in its place if that is full.
Status NonceFile::PrepareNext(MonoTime now) {
  std::optional<std::size_t> outdated;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (pieces_[i].used < kPieceRecords) {
      if (present_ == i) continue;
      return Ok();
    }
    if (now - pieces_[i].last > kKeep && (!outdated || pieces_[i].last < pieces_[*outdated].last))
      outdated = i;
  }
  if (outdated) {
    Piece& piece = pieces_[*outdated];
    for (const auto& [first, last] : piece.dates.ranges()) AddForgotten(first, last);
    ATELIER_RETURN_IF_ERROR(Clear(*outdated, 0));
    piece = {.used = kRanges, .last = now};
    return Ok();
  }
  if (pieces_.size() >= most_pieces_) {
    return Error(Code::kResourceExhausted,
                 "too many signed requests in the last 30 minutes for the file of nonces");
  }
  if (const Status made = Clear(pieces_.size(), 0); !made) {
    // What little room there is is for others; nothing is lost if it stays.
    static_cast<void>(::ftruncate(fd_.get(), OffsetOf(pieces_.size(), 0)));
    return made;
  }
  pieces_.push_back({.used = kRanges, .last = now});
  return Ok();
}

/// Written and not merely made longer, so that the disk has a place for each record. The ranges
/// come first: a kill may cut off the rest.
Status NonceFile::Clear(std::size_t number, std::size_t from_record) {
  std::string bytes = from_record == 0 ? ForgottenBytes() : std::string();
  bytes.resize(kPieceBytes - from_record * kRecordBytes);
  ATELIER_RETURN_IF_ERROR(WriteAt(fd_.get(), bytes, OffsetOf(number, from_record), path_));
  if (from_record == 0) forgotten_is_written_ = true;
  return Ok();
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
    if (record.empty()) continue;
    piece.used = std::max(i + 1, kRanges);
    if (record.is_nonce()) {
      heir_.Restore({.hash = record.hash, .signed_at = record.signed_at});
      // Older servers put records where ranges go.
      if (i < kRanges)
        AddForgotten(record.signed_at, record.signed_at);
      else
        piece.dates.Add(record.signed_at, record.signed_at);
    } else if (record.is_range()) {
      heir_.Forget(record.first(), record.last());
      AddForgotten(record.first(), record.last());
    } else {
      ++damaged_;
    }
  }
  if (have < bytes) piece.used = kPieceRecords;  // it is not written to before it is made anew
  if (bytes < kPieceBytes) {
    if (piece.used == 0) return Ok();  // a kill came while it was made; made again when needed
    if (!Clear(number, piece.used)) piece.used = kPieceRecords;  // likewise
  }
  piece.used = std::max(piece.used, kRanges);
  pieces_.push_back(std::move(piece));
  return Ok();
}

}  // namespace atelier::identity
