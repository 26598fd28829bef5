#include "serve/wiring/request_threads.h"

#include <future>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "base/thread_name.h"

namespace atelier::serve {

class RequestThreads::Thread {
 public:
  explicit Thread(Logger& log) {
    std::promise<const LoopWatch*> made;
    std::future<const LoopWatch*> watch = made.get_future();
    thread_ = std::thread([this, &log, made = std::move(made)]() mutable { Run(log, made); });
    watch_ = watch.get();
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() { Join(); }

  asio::any_io_executor executor() { return io_.get_executor(); }
  const LoopWatch* watch() const { return watch_; }
  void Join() {
    work_.reset();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Run(Logger& log, std::promise<const LoopWatch*>& made) {
    NameThread("requests");
    const LoopWatch watch(log);
    made.set_value(&watch);
    io_.run();
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  const LoopWatch* watch_ = nullptr;  // of the thread
  std::thread thread_;
};

RequestThreads::RequestThreads(std::size_t number, Logger& log) {
  for (std::size_t i = 0; i < number; ++i)
    watches_.push_back(threads_.emplace_back(std::make_unique<Thread>(log))->watch());
}

RequestThreads::~RequestThreads() { Join(); }

std::vector<asio::any_io_executor> RequestThreads::loops() const {
  std::vector<asio::any_io_executor> loops;
  for (const auto& thread : threads_) loops.push_back(thread->executor());
  return loops;
}

void RequestThreads::Join() {
  watches_.clear();
  for (const auto& thread : threads_) thread->Join();
}

}  // namespace atelier::serve
