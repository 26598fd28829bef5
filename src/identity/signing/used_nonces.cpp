#include "identity/signing/used_nonces.h"

#include "identity/signing/verdict.h"

namespace atelier::identity {

UsedNonces::UsedNonces(std::size_t limit, const std::string& file, Clock& clock, Logger* log)
    : clock_(clock), store_(limit) {
  if (file.empty()) return;
  file_ = std::make_unique<NonceFile>(file, limit, *this, log != nullptr ? *log : *no_log_);
  file_->Open(clock_.Mono());
}

Status UsedNonces::CheckLocked(const NonceUse& use, MonoTime now) const {
  switch (store_.Check(use, now)) {
    case NonceStore::Answer::kFresh:
      return Ok();
    case NonceStore::Answer::kUsed:
      return Refusal("SignatureNonceUsed", "Specified signature nonce was used already.");
    case NonceStore::Answer::kForgotten:
      break;
  }
  return Refusal(
      "InvalidTimeStamp.Expired",
      "Specified time stamp or date value is expired. The server's clock was set back to "
      "a time whose requests it no longer remembers; try again later.");
}

Status UsedNonces::Check(const NonceUse& use) const {
  const std::scoped_lock lock(mutex_);
  return CheckLocked(use, clock_.Mono());
}

Status UsedNonces::Use(const NonceUse& use, std::string_view key_id) {
  const std::scoped_lock lock(mutex_);
  const NonceStore::Now now = Now();
  ATELIER_RETURN_IF_ERROR(CheckLocked(use, now.mono));
  ATELIER_RETURN_IF_ERROR(store_.MakeRoom(key_id, now));
  if (file_) ATELIER_RETURN_IF_ERROR(file_->Append(use, now.mono));
  store_.Insert(use, key_id, now.mono);
  return Ok();
}

std::string UsedNonces::WhyNot() {
  const std::scoped_lock lock(mutex_);
  return file_ ? file_->WhyNot(clock_.Mono()) : std::string();
}

std::size_t UsedNonces::size() const {
  const std::scoped_lock lock(mutex_);
  return store_.size();
}

}  // namespace atelier::identity
