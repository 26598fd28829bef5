#include "serve/wiring/load_progress.h"

#include <fmt/format.h>

namespace atelier::serve {

void LoadProgress::Note(std::size_t done, std::size_t all) {
  done_ = done;
  all_ = all;
  const std::size_t tenth = done * 10 / all;
  std::size_t logged = logged_;
  if (tenth > logged && logged_.compare_exchange_strong(logged, tenth))
    log_.Info("serve.loading", {{"instances", done}, {"of", all}});
}

std::string LoadProgress::Text() const {
  if (all_ == 0) return "starting";
  return fmt::format("loading: {} of about {} instances", done_.load(), all_.load());
}

}  // namespace atelier::serve
