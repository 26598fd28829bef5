#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/raii.h"
#include "base/result.h"
#include "identity/signing/date_ranges.h"
#include "identity/signing/nonce_store.h"

namespace atelier::identity {

/// The nonces that were accepted, in a file, so that no request that one process accepted is
/// accepted by the next. A record is written before its request is acted upon and is not flushed:
/// it outlives the process, however that ends, and not a power cut within the seconds that the
/// system takes to write it out.
///
/// Records of 16 bytes in pieces of 1 MiB, written in place: a piece is made ahead of its use, and
/// is used again half an hour after the last record was put there. Which dates those records had is
/// kept. If no piece can be made, as on a full disk, the dates of what is accepted are kept in
/// their place, so that requests go on: what is signed with such a date and is not recorded may
/// have been accepted or not. Records that cannot be read are left out. One process, one thread:
/// the owner of the store's lock.
class NonceFile {
 public:
  /// What a predecessor accepted, once the file can be opened; it outlives the file.
  class Heir {
   public:
    virtual ~Heir() = default;
    virtual void Restore(const NonceUse& use) = 0;
    /// Of the dates from first to last not all is there.
    virtual void Forget(std::int64_t first, std::int64_t last) = 0;
  };

  /// `most`: records, rounded up to pieces.
  NonceFile(std::string path, std::size_t most, Heir& heir, Logger& log);

  /// Reads the file, or makes it. Blocking; what fails is tried again with each Append.
  void Open(MonoTime now);
  /// Unavailable: it cannot be written.
  Status Append(const NonceUse& use, MonoTime now);
  /// Why Append fails, after another try; empty: it does not.
  std::string WhyNot(MonoTime now);

 private:
  struct Record;
  struct Piece {
    std::size_t used = 0;  // records, the place for ranges included
    MonoTime last;         // when one was put in
    DateRanges dates = {};
  };

  Status Load(MonoTime now);
  Status LoadPiece(std::size_t number, std::size_t bytes, MonoTime now);
  Status Ready(MonoTime now);
  Status PrepareNext(MonoTime now);
  Status Clear(std::size_t number, std::size_t from_record);
  Status Write(const NonceUse& use, MonoTime now);
  bool HasPlaceForDates() const { return fd_ && !pieces_.empty(); }
  void AddForgotten(std::int64_t first, std::int64_t last);
  std::string ForgottenBytes() const;
  Status WriteForgotten();
  void Tell(const Status& done);

  const std::string path_;
  const std::size_t most_pieces_;
  Heir& heir_;
  Logger& log_;
  UniqueFd fd_;
  std::vector<Piece> pieces_;
  std::optional<std::size_t> present_;  // the piece that is being filled
  std::size_t damaged_ = 0;
  DateRanges forgotten_;  // of which not all is in the file
  bool forgotten_is_written_ = true;
  MonoTime next_try_ = MonoTime::min();  // to make a piece
  std::string why_not_;
  std::string why_by_date_;
};

}  // namespace atelier::identity
