#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "http/server.h"

namespace atelier::test {

/// One request handed to a Handler without a socket; keeps the answer.
class FakeExchange final : public http::Exchange {
 public:
  FakeExchange(http::RequestHead head, std::string body)
      : head_(std::move(head)), body_(std::move(body)) {
    if (!body_.empty()) head_.headers.Add("Content-Length", std::to_string(body_.size()));
  }

  const http::RequestHead& head() const override { return head_; }

  Task<Result<std::string>> ReadBody(std::size_t limit) override {
    body_was_read_ = true;
    if (while_reading_) while_reading_();
    if (body_error_) co_return *body_error_;
    if (body_.size() > limit) co_return Error(Code::kResourceExhausted, "The body is too large.");
    co_return body_;
  }
  Task<Result<std::string>> ReadBodyBy(std::size_t limit, Deadline by) override {
    body_deadline_ = by;
    return ReadBody(limit);
  }
  void Cut() override { cut_ = true; }
  Task<void> GivenUp() override { co_return; }
  Task<Result<std::size_t>> ReadSome(std::span<char>) override { co_return std::size_t{0}; }
  bool BodyRead() const override { return body_was_read_; }
  Task<Status> Send(http::Response response) override {
    response_ = std::move(response);
    co_return Ok();
  }
  Task<Status> Begin(http::ResponseHead head) override {
    streamed_ = {.status = head.status, .headers = std::move(head.headers)};
    co_return Ok();
  }
  Task<Status> WriteSome(std::span<const char> data) override {
    streamed_.body.append(data.data(), data.size());
    co_return Ok();
  }
  Task<Status> Finish() override {
    response_ = std::move(streamed_);
    co_return Ok();
  }
  Task<Result<std::unique_ptr<http::ByteStream>>> Upgrade(http::ResponseHead) override {
    co_return Unexpected();
  }

  /// ReadBody answers this from now on.
  void FailBody(Error error) { body_error_ = std::move(error); }
  /// Called while the body is waited for.
  void WhileReading(std::function<void()> call) { while_reading_ = std::move(call); }
  bool body_was_read() const { return body_was_read_; }
  /// The one that was set for the body alone.
  std::optional<Deadline> body_deadline() const { return body_deadline_; }
  bool cut() const { return cut_; }
  const std::optional<http::Response>& response() const { return response_; }

 private:
  static Error Unexpected() { return {Code::kInternal, "This exchange has no connection."}; }

  http::RequestHead head_;
  std::string body_;
  std::optional<Error> body_error_;
  std::function<void()> while_reading_;
  bool body_was_read_ = false;
  std::optional<Deadline> body_deadline_;
  bool cut_ = false;
  http::Response streamed_;  // until it is finished
  std::optional<http::Response> response_;
};

}  // namespace atelier::test
