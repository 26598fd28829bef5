#pragma once
#include <functional>
#include <memory>
#include <string>

#include "http/server.h"
#include "http/server/session.h"

namespace atelier::http {

/// A request of a session on another loop, for a handler at home: each call is carried to that
/// loop and its result back, so that the session knows of one thread only. Nothing is copied: both
/// ends wait for each other. Threads: the handlers'.
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

 private:
  Session& session_;
  const asio::any_io_executor loop_;
  bool body_read_;
};

}  // namespace atelier::http
