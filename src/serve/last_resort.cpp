#include "serve/last_resort.h"

#include <csignal>
#include <cstdlib>

#include "base/log.h"
#include "base/thread_name.h"

namespace atelier::serve {

LastResort::LastResort(std::chrono::seconds within)
    : within_(within), signals_(io_, SIGINT, SIGTERM, SIGHUP), timer_(io_) {
  AwaitSignal();
  thread_ = std::thread([this] {
    NameThread("last-resort");
    io_.run();
  });
}

LastResort::~LastResort() {
  io_.stop();
  thread_.join();
}

void LastResort::AwaitSignal() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    if (number != SIGHUP) {  // which is for who serves
      if (!serving_ || asked_) {
        LogNow(LogLevel::kError, "serve.forced", {{"signal", number}});
        std::_Exit(128 + number);
      }
      asked_ = true;
      AwaitEnd();
    }
    AwaitSignal();
  });
}

void LastResort::AwaitEnd() {
  timer_.expires_after(within_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    LogNow(LogLevel::kError, "serve.forced", {{"not_ended_within_s", within_.count()}});
    std::_Exit(EXIT_FAILURE);
  });
}

}  // namespace atelier::serve
