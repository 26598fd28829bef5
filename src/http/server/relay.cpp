#include "http/server/relay.h"

#include <atomic>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/another_loop.h"
#include "http/wire/head.h"

namespace atelier::http {

namespace {

/// What a read gave, and whether there is nothing more to read.
template <class T>
struct Piece {
  Result<T> got{};
  bool last = false;
};

template <class T>
Task<Piece<T>> Look(Session& session, Task<Result<T>> read) {
  Result<T> got = co_await std::move(read);
  co_return Piece<T>{.got = std::move(got), .last = session.BodyRead()};
}

Task<bool> UntilGivenUp(Session& session) {
  co_await session.GivenUp();
  co_return true;
}

/// What Upgrade hands over, for a handler at home.
class RelayedStream final : public ByteStream {
 public:
  RelayedStream(std::unique_ptr<ByteStream> stream, asio::any_io_executor loop)
      : far_(std::make_shared<Far>(std::move(stream))), loop_(std::move(loop)) {}
  ~RelayedStream() override {
    // The last one to hold it is there.
    asio::post(loop_, [far = std::move(far_)] { far->stream.reset(); });
  }
  RelayedStream(const RelayedStream&) = delete;
  RelayedStream& operator=(const RelayedStream&) = delete;

  Task<Result<std::size_t>> Read(std::span<char> into, Deadline by) override {
    return AwaitOn(loop_, far_->stream->Read(into, by));
  }
  Task<Status> Write(std::span<const char> data, Deadline by) override {
    return AwaitOn(loop_, far_->stream->Write(data, by));
  }
  /// As it was when this was asked before: it is asked again and again, and waits for nobody.
  bool PeerEnded() override {
    asio::post(loop_, [far = far_] {
      if (far->stream != nullptr) far->ended = far->stream->PeerEnded();
    });
    return far_->ended;
  }
  void ShutdownWrite() override {
    asio::post(loop_, [far = far_] {
      if (far->stream != nullptr) far->stream->ShutdownWrite();
    });
  }
  void Close() override {
    asio::post(loop_, [far = far_] {
      if (far->stream != nullptr) far->stream->Close();
    });
  }

 private:
  struct Far {
    explicit Far(std::unique_ptr<ByteStream> s) : stream(std::move(s)) {}
    std::unique_ptr<ByteStream> stream;  // of the loop, once this is gone nobody's
    std::atomic<bool> ended = false;
  };

  std::shared_ptr<Far> far_;  // shared: with what is on its way there
  const asio::any_io_executor loop_;
};

}  // namespace

Task<Result<std::string>> Relay::ReadBody(std::size_t limit) {
  auto [body, last] = co_await AwaitOn(loop_, Look(session_, session_.ReadBody(limit)));
  body_read_ = last;
  co_return std::move(body);
}

Task<Result<std::string>> Relay::ReadBodyBy(std::size_t limit, Deadline by) {
  auto [body, last] = co_await AwaitOn(loop_, Look(session_, session_.ReadBodyBy(limit, by)));
  body_read_ = last;
  co_return std::move(body);
}

Task<Result<std::size_t>> Relay::ReadSome(std::span<char> into) {
  auto [size, last] = co_await AwaitOn(loop_, Look(session_, session_.ReadSome(into)));
  body_read_ = last;
  co_return std::move(size);
}

Task<void> Relay::GivenUp() { co_await AwaitOn(loop_, UntilGivenUp(session_)); }

Task<Status> Relay::Send(Response response) {
  if (std::exchange(begun_, true)) co_return AnsweredTwice();
  whole_ = std::move(response);
  co_return Ok();
}

Task<Status> Relay::Begin(ResponseHead head) {
  if (std::exchange(begun_, true)) co_return AnsweredTwice();
  unsent_ = SizeOfBody(session_.head(), head);
  if (unsent_ != 0U) co_return co_await AwaitOn(loop_, session_.Begin(std::move(head)));
  head_ = std::move(head);
  co_return Ok();
}

Task<Status> Relay::WriteSome(std::span<const char> data) {
  if (!unsent_ || data.size() < *unsent_) {
    if (unsent_) *unsent_ -= data.size();
    co_return co_await AwaitOn(loop_, session_.WriteSome(data));
  }
  // A session takes no more than was announced.
  if (std::exchange(unsent_, 0U) > 0U) last_.assign(data.data(), data.size());
  co_return Ok();
}

Task<Status> Relay::Finish() {
  finished_ = true;
  co_return Ok();
}

Task<void> Relay::Release() {
  // Who is gone needs no end of an answer.
  if (whole_) static_cast<void>(co_await session_.Send(*std::move(whole_)));
  if (head_) static_cast<void>(co_await session_.Begin(*std::move(head_)));
  if (!last_.empty()) static_cast<void>(co_await session_.WriteSome(last_));
  if (finished_) static_cast<void>(co_await session_.Finish());
}

Task<Result<std::unique_ptr<ByteStream>>> Relay::Upgrade(ResponseHead head) {
  ATELIER_CO_TRY(std::unique_ptr<ByteStream> stream,
                 co_await AwaitOn(loop_, session_.Upgrade(std::move(head))));
  co_return std::make_unique<RelayedStream>(std::move(stream), loop_);
}

}  // namespace atelier::http
