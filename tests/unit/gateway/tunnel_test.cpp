#include "gateway/proxy/tunnel.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace atelier::gateway {
namespace {

/// One side of a tunnel: gives what a test puts in, keeps what it is given, and knows its end.
struct Side {
  std::string to_read;
  std::string written;
  bool ended = false;     // it says no more, once `to_read` is read
  bool vanished = false;  // takes no more, and does not say so
  bool closed = false;
};

class FakeStream final : public http::ByteStream {
 public:
  FakeStream(Side& side, Clock& clock) : side_(side), clock_(clock) {}
  FakeStream(const FakeStream&) = delete;
  FakeStream& operator=(const FakeStream&) = delete;
  ~FakeStream() override { side_.closed = true; }

  Task<Result<std::size_t>> Read(std::span<char> into, Deadline by) override {
    while (side_.to_read.empty() && !side_.ended) co_await clock_.Sleep(kTick);
    const std::size_t size = std::min(into.size(), side_.to_read.size());
    std::copy_n(side_.to_read.begin(), size, into.begin());
    side_.to_read.erase(0, size);
    static_cast<void>(by);  // the tunnel bounds its waits by watching, not by deadlines
    co_return size;
  }
  Task<Status> Write(std::span<const char> data, Deadline) override {
    while (side_.vanished) co_await clock_.Sleep(kTick);
    side_.written.append(data.data(), data.size());
    co_return Ok();
  }
  bool PeerEnded() override { return side_.ended; }
  void ShutdownWrite() override {}
  void Close() override { side_.closed = true; }

 private:
  static constexpr Duration kTick{10};

  Side& side_;
  Clock& clock_;
};

class TunnelTest : public testing::Test {
 protected:
  void Open(TunnelOptions options) {
    asio::co_spawn(io_,
                   Tunnel(
                       std::make_unique<FakeStream>(client_, clock_),
                       std::make_unique<FakeStream>(upstream_, clock_), options,
                       [this] { return allowed_; }, clock_, traffic_),
                   [this](const std::exception_ptr&) { over_ = true; });
    io_.poll();
  }
  void Pass(Duration time) {
    for (Duration passed{0}; passed < time; passed += kStep) {
      clock_.Advance(kStep);
      io_.restart();
      io_.poll();
    }
  }

  static constexpr Duration kStep{10};

  asio::io_context io_;
  ManualClock clock_{WallTime{Duration{1'700'000'000'000}}};
  Side client_, upstream_;
  bool allowed_ = true;
  Traffic traffic_;
  bool over_ = false;
};

constexpr TunnelOptions kOptions{
    .idle = Duration(600'000), .linger = Duration(5'000), .check_every = Duration(30'000)};

// Promise 8: a notebook that was opened while its owner had the right does not stay open after.
TEST_F(TunnelTest, IsCutWithinOneCheckOnceTheRightHasEnded) {
  Open(kOptions);
  client_.to_read = "ping";
  Pass(Duration(45'000));
  EXPECT_EQ(upstream_.written, "ping");
  EXPECT_FALSE(over_) << "as long as the right is there";

  allowed_ = false;
  Pass(Duration(14'000));
  EXPECT_FALSE(over_) << "the next check is due a minute after the start";
  Pass(Duration(2'000));
  EXPECT_TRUE(over_);
  EXPECT_TRUE(client_.closed);
  EXPECT_TRUE(upstream_.closed);
}

TEST_F(TunnelTest, ASilentSocketIsClosedAfterItsIdleTimeNotBefore) {
  Open(kOptions);
  for (const auto& [from, to] :
       {std::pair(&client_, &upstream_), std::pair(&upstream_, &client_)}) {
    Pass(Duration(599'000));
    from->to_read = "x";
    Pass(Duration(100));
    EXPECT_EQ(to->written, "x") << "each side keeps it open";
  }
  Pass(Duration(599'000));
  EXPECT_FALSE(over_);
  Pass(Duration(2'000));
  EXPECT_TRUE(over_);
  EXPECT_TRUE(client_.closed);
  EXPECT_TRUE(upstream_.closed);
}

TEST_F(TunnelTest, APeerThatVanishedIsGivenUpHoweverMuchItIsToldStill) {
  Open(kOptions);
  client_.vanished = true;
  for (int second = 0; second < 599; ++second) {
    upstream_.to_read += "tick";
    Pass(Duration(1'000));
  }
  EXPECT_FALSE(over_) << "it may be slow";
  Pass(Duration(2'000));
  EXPECT_TRUE(over_);
  EXPECT_TRUE(client_.closed);
  EXPECT_TRUE(upstream_.closed);
}

// A client that closed while its instance does not even take what it sent before: the tunnel cannot
// read its end.
TEST_F(TunnelTest, AnEndBehindBytesThatNobodyTakesIsSeen) {
  Open(kOptions);
  upstream_.vanished = true;
  client_.to_read = std::string(20'000, 'x');
  Pass(Duration(70'000));
  EXPECT_FALSE(over_) << "both are there, and the other one may be slow";
  client_.ended = true;
  Pass(Duration(61'000));
  EXPECT_TRUE(over_);
  EXPECT_TRUE(client_.closed);
  EXPECT_TRUE(upstream_.closed);
}

TEST_F(TunnelTest, WhatASideSaidLastIsDeliveredHoweverSlowly) {
  Open(kOptions);
  client_.to_read = std::string(20'000, 'x');  // three pieces
  client_.ended = true;
  for (int i = 0; i < 3; ++i) {
    upstream_.vanished = true;
    Pass(Duration(29'000));
    upstream_.vanished = false;
    Pass(Duration(10));
  }
  EXPECT_EQ(upstream_.written.size(), 20'000u);
}

TEST_F(TunnelTest, TheOtherSideOfOneThatEndedMayStillFinish) {
  Open(kOptions);
  client_.ended = true;
  Pass(Duration(4'000));
  upstream_.to_read = "bye";
  Pass(Duration(500));
  EXPECT_EQ(client_.written, "bye");
  EXPECT_FALSE(over_);
  Pass(Duration(1'000));
  EXPECT_TRUE(over_) << "but not for longer than it lingers";
  EXPECT_TRUE(upstream_.closed);
}

TEST_F(TunnelTest, BytesThatKeepMovingDoNotPutTheCheckOff) {
  Open(kOptions);
  allowed_ = false;
  for (int second = 0; second < 31 && !over_; ++second) {
    upstream_.to_read += "tick";
    Pass(Duration(1'000));
  }
  EXPECT_TRUE(over_);
  EXPECT_TRUE(client_.written.starts_with("tick"));
}

TEST_F(TunnelTest, IsOverAtOnceWhenTheRightEndedWhileItWasOpened) {
  allowed_ = false;
  Open(kOptions);
  EXPECT_TRUE(over_);
  EXPECT_TRUE(client_.closed);
  EXPECT_TRUE(upstream_.closed);
}

}  // namespace
}  // namespace atelier::gateway
