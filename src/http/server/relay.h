#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/server.h"
#include "http/server/session.h"

namespace atelier::http {

/// A request of a session on another loop, for a handler at home: each call is carried to that
/// loop and its result back, so that the session knows of one thread only. Both ends wait for each
/// other, but for the end of the answer: it stays here until the handler has returned. A client
/// that has all of an answer may ask anew at once, and finds free what the request before it held.
/// Threads: the handlers'; Release, the session's.
class Relay final : public Exchange {
 public:
  /// Made on the session's loop while it waits for the handler; both outlive this.
  Relay(Session& session, asio::any_io_executor loop)
      : session_(session), loop_(std::move(loop)), body_read_(session.BodyRead()) {}

  const RequestHead& head() const override { return session_.head(); }
  Task<Result<std::string>> ReadBody(std::size_t limit) override;
  Task<Result<std::string>> ReadBodyBy(std::size_t limit, Deadline by) override;
  Task<Result<std::size_t>> ReadSome(std::span<char> into) override;
  bool BodyRead() const override { return body_read_; }
  void Cut() override { session_.closer()(); }
  Task<void> GivenUp() override;
  Task<Status> Send(Response response) override;
  Task<Status> Begin(ResponseHead head) override;
  Task<Status> WriteSome(std::span<const char> data) override;
  Task<Status> Finish() override;
  Task<Result<std::unique_ptr<ByteStream>>> Upgrade(ResponseHead head) override;

  /// Sends what is held. The handler has returned.
  Task<void> Release();

 private:
  Session& session_;
  const asio::any_io_executor loop_;
  bool body_read_;
  bool begun_ = false;                   // the answer
  std::optional<std::uint64_t> unsent_;  // of a body whose size is known
  // The end of the answer.
  std::optional<Response> whole_;
  std::optional<ResponseHead> head_;  // of one without a body
  std::string last_;                  // piece of the body
  bool finished_ = false;
};

}  // namespace atelier::http
