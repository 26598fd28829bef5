#pragma once
#include <span>
#include <string>

#include "base/task.h"
#include "http/server.h"
#include "identity/service_signature.h"

namespace atelier::gateway {

/// The body of a request whose Content-MD5 is signed. The last 64 KiB, which is all of most bodies,
/// are given away only once the whole has arrived and is the one that was signed: a changed one
/// ends before its end.
class CheckedBody {
 public:
  /// `content_md5`, as the client wrote it, and `exchange` outlive it.
  CheckedBody(http::Exchange& exchange, std::string_view content_md5)
      : exchange_(exchange), content_md5_(content_md5) {}

  /// As of http::Exchange; Unauthenticated: it is not the body that was signed.
  Task<Result<std::size_t>> ReadSome(std::span<char> into);
  bool BodyRead() const { return ended_ && given_ == held_.size(); }

 private:
  /// Reads until enough is held, or all. Unauthenticated as above.
  Task<Status> Fill();

  http::Exchange& exchange_;
  std::string_view content_md5_;
  identity::BodyMd5 md5_;
  std::string held_;
  std::size_t given_ = 0;  // of what is held
  bool ended_ = false;
  bool right_ = false;  // once it has ended
};

}  // namespace atelier::gateway
