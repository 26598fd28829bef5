// Counts constructions against destructions of a member of an aggregate temporary across a
// suspension.
#include <coroutine>
#include <utility>

namespace {

int live = 0;

struct Counted {
  Counted() { ++live; }
  Counted(const Counted& /*other*/) { ++live; }
  Counted(Counted&& /*other*/) noexcept { ++live; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
  ~Counted() { --live; }
};

struct Args {
  Counted a;
  int b = 0;
};

struct Task {
  struct promise_type {
    std::coroutine_handle<> caller;
    Task get_return_object() {
      return Task{std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().caller ? h.promise().caller : std::noop_coroutine();
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
  bool await_ready() { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
    handle.promise().caller = caller;
    return handle;
  }
  void await_resume() { handle.destroy(); }
};

Task Inner(Args args) {
  (void)args;
  co_return;
}

Task Outer() {
  co_await Inner(Args{.a = {}, .b = 1});
  Counted captured;
  auto lambda = [captured](int x) -> Task {
    (void)x;
    co_return;
  };
  co_await lambda(1);
}

}  // namespace

int main() {
  Task outer = Outer();
  outer.handle.resume();
  outer.handle.destroy();
  return live == 0 ? 0 : 1;
}
