#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/io/buffer.h"
#include "http/io/transport.h"
#include "http/server.h"
#include "http/server/core.h"
#include "http/wire/head.h"
#include "http/wire/parser.h"

namespace atelier::http {

/// Of a connection, as text; empty: it was gone already.
struct Ends {
  std::string peer;     // an IP address; of one from inside, its source
  std::string own;      // "host:port", as in a URL
  bool inside = false;  // came by Server::Serve
};

/// The place of a connection, from when it is accepted: it may have to go before its session has
/// begun on its loop. Threads: made where connections are accepted; then that of the loop.
class Seat {
 public:
  /// `overloaded`: it is in the porch, for there is no place.
  Seat(std::shared_ptr<ServerCore> core, std::string_view source, bool overloaded);
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  ~Seat() { --core_->seated; }

  const std::shared_ptr<ServerCore>& core() const { return core_; }
  bool overloaded() const { return overloaded_; }
  Places::Holder& place() { return place_; }
  /// Whom to close when the place has to be left, or was left already; nullptr: nobody any more.
  void Sit(Session* session);
  /// Closes them, from any thread.
  std::function<void()> leave() const { return leave_; }

 private:
  struct Sitter {
    Session* session = nullptr;
    bool left = false;
  };

  std::shared_ptr<ServerCore> core_;
  std::shared_ptr<Sitter> sitter_;  // shared: with who asks them to leave
  std::function<void()> leave_;
  Places::Holder place_;
  bool overloaded_;
};

/// A handler answers one request a second time.
Error AnsweredTwice();

/// One connection of a client: reads requests, has them answered one after the other.
class Session final : public Exchange {
 public:
  /// Without a place the first request is answered 503, unless it is one of those that always get
  /// their answer, and the connection closed.
  Session(std::unique_ptr<Seat> seat, Socket socket, Ends ends);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Serves the connection to its end.
  static Task<void> Run(std::unique_ptr<Session> self);

  /// Ends the connection at once.
  void Close() { transport_->Close(); }
  /// Nothing received for the next request yet.
  bool idle() const {
    return !leaving_ && (place_.doing() == Places::Doing::kNothingYet ||
                         place_.doing() == Places::Doing::kPause);
  }
  bool upgraded() const { return answer_ == Progress::kUpgraded; }

  /// Closes it, from any thread, also when it is gone.
  std::function<void()> closer() const { return seat_->leave(); }

  const RequestHead& head() const override { return head_; }
  Task<Result<std::string>> ReadBody(std::size_t limit) override;
  Task<Result<std::size_t>> ReadSome(std::span<char> into) override;
  Task<Result<std::string>> ReadBodyBy(std::size_t limit, Deadline by) override;
  void Cut() override { Close(); }
  Task<void> GivenUp() override;
  bool BodyRead() const override { return parser_.complete(); }
  Response Spare() override;
  Task<Status> Send(Response response) override;
  Task<Status> Begin(ResponseHead head) override;
  Task<Status> WriteSome(std::span<const char> data) override;
  Task<Status> Finish() override;
  Task<Result<std::unique_ptr<ByteStream>>> Upgrade(ResponseHead head) override;

 private:
  enum class Progress : std::uint8_t { kNone, kStreaming, kDone, kUpgraded };

  Task<void> Serve();
  /// By the handler, at home, or here if it does not need to be there.
  Task<void> Answer();
  Task<void> AnswerFromAfar();
  /// False: no request will come; the connection is to be closed.
  Task<bool> ReceiveHead();
  void BeginRequest();
  Task<void> Refuse(Error error);
  /// Takes leave of the client, so that it can still read the last answer.
  Task<void> Goodbye();
  Task<Result<std::size_t>> ReadPiece(std::span<char> into, Deadline by);
  /// Uses up what was received of the body, so that a small unread one does not cost the
  /// connection.
  void SkipReceivedBody();
  Task<Status> Put(Pieces pieces);
  /// The same with the last bytes of an answer.
  Task<Status> PutLast(Pieces pieces);
  /// What WriteNow left over.
  Task<Status> Rest(Pieces pieces);
  /// For the next Spare of any session.
  void Keep(Response used);
  const ServerOptions& options() const { return core_->shared->options; }
  Deadline In(Duration length) const { return core_->shared->clock.In(length); }

  const std::unique_ptr<Seat> seat_;
  const std::shared_ptr<ServerCore> core_;
  std::string peer_;  // an IP address; of one from inside, its source
  Gate::Pass pass_;
  Places::Holder& place_;                 // of the seat
  std::shared_ptr<Transport> transport_;  // shared with the stream that Upgrade hands over
  Buffer in_;
  MessageParser parser_;
  RequestHead head_;
  std::string out_;                      // head or chunk framing of what is being written
  Framing framing_;                      // of the answer under way
  std::optional<std::uint64_t> unsent_;  // bytes still promised by a Content-Length
  Progress answer_ = Progress::kNone;
  const bool tls_;
  bool overloaded_;
  bool leaving_ = false;  // the client may still read the last answer
  bool http_1_1_ = true;
  bool wants_close_ = false;      // the client does
  bool awaits_continue_ = false;  // the client holds its body back until 100 Continue
  bool reading_ = false;          // a body read is under way
  bool keep_ = false;             // another request may follow this answer
  bool broken_ = false;           // a write failed
  bool given_up_ = false;         // the client closed its side during a request
};

}  // namespace atelier::http
