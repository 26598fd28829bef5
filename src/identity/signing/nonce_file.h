#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/raii.h"
#include "base/result.h"
#include "identity/signing/nonce_store.h"

namespace atelier::identity {

/// The nonces that were accepted, in a file, so that no request that one process accepted is
/// accepted by the next. A record is written before its request is acted upon and is not flushed:
/// it outlives the process, however that ends, and not a power cut within the seconds that the
/// system takes to write it out.
///
/// Records of 16 bytes in pieces of 1 MiB, written in place: a piece is made ahead of its use, so
/// that a full disk does not stop requests at once, and is used again half an hour after the last
/// record was put there. Records that cannot be read are left out. One process, one thread: the
/// owner of the store's lock.
class NonceFile {
 public:
  /// `most`: records, rounded up to pieces. `restore` gets what a predecessor accepted, once the
  /// file can be opened; both outlive this.
  NonceFile(std::string path, std::size_t most, std::function<void(const NonceUse&)> restore,
            Logger& log);

  /// Reads the file, or makes it. Blocking; what fails is tried again with each Append.
  void Open(MonoTime now);
  /// Unavailable: it cannot be written.
  Status Append(const NonceUse& use, MonoTime now);
  /// Why Append fails, after another try; empty: it does not.
  std::string WhyNot(MonoTime now);

 private:
  struct Piece {
    std::size_t used = 0;  // records
    MonoTime last;         // when one was put in
  };

  Status Load(MonoTime now);
  Status LoadPiece(std::size_t number, std::size_t bytes, MonoTime now);
  Status Ready(MonoTime now);
  Status PrepareNext(MonoTime now);
  Status Clear(std::size_t number, std::size_t from_record);
  Status Write(const NonceUse& use, MonoTime now);
  void Tell(const Status& done);

  const std::string path_;
  const std::size_t most_pieces_;
  const std::function<void(const NonceUse&)> restore_;
  Logger& log_;
  UniqueFd fd_;
  std::vector<Piece> pieces_;
  std::optional<std::size_t> present_;  // the piece that is being filled
  std::size_t damaged_ = 0;
  std::string why_not_;
};

}  // namespace atelier::identity
