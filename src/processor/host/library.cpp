#include "processor/host/library.h"

#include <cstdlib>
#include <dlfcn.h>
#include <exception>
#include <memory>

#include <fmt/format.h>

#include "base/raii.h"

namespace atelier::processor {

namespace {

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kInternalError = 500;
constexpr int kStatusEnd = 600;

Error Unusable(std::string_view what) { return {Code::kFailedPrecondition, std::string(what)}; }

/// What dlopen or dlsym said last.
std::string LoaderError() {
  const char* text = ::dlerror();
  return text == nullptr ? "unknown error" : text;
}

}  // namespace

Result<Library> Library::Open(const std::string& path) {
  // All symbols now: a missing one is to end the start, not a request.
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Unusable(LoaderError());
  Library library;
  library.initialize_ = reinterpret_cast<InitializeFn*>(::dlsym(handle, "initialize"));
  if (library.initialize_ == nullptr) return Unusable(LoaderError());
  library.process_ = reinterpret_cast<ProcessFn*>(::dlsym(handle, "process"));
  if (library.process_ == nullptr) return Unusable(LoaderError());
  return library;
}

Status Library::Initialize(const std::string& model_entry, const std::string& model_config) {
  int state = 0;
  try {
    model_ = initialize_(model_entry.c_str(), model_config.c_str(), &state);
  } catch (const std::exception& error) {
    return Unusable(fmt::format("initialize() threw an exception: {}", error.what()));
  } catch (...) {
    return Unusable("initialize() threw an exception");
  }
  if (state != 0) return Unusable(fmt::format("initialize() failed with state {}", state));
  return Ok();
}

Library::Answer Library::Process(std::string_view input) const {
  void* data = nullptr;
  int size = 0;
  int returned = 0;
  try {
    returned = process_(model_, input.data(), static_cast<int>(input.size()), &data, &size);
  } catch (const std::exception& error) {
    return {kInternalError, fmt::format("process() threw an exception: {}", error.what())};
  } catch (...) {
    return {kInternalError, "process() threw an exception"};
  }
  const std::unique_ptr<void, Call<std::free>> output(data);
  if (size < 0 || (size > 0 && data == nullptr))
    return {kInternalError, fmt::format("process() gave no output of {} bytes", size)};
  Answer answer{.status = StatusOf(returned), .body = {}};
  if (size > 0) answer.body.assign(static_cast<const char*>(data), static_cast<std::size_t>(size));
  return answer;
}

int StatusOf(int returned) {
  if (returned == 0) return kOk;
  return returned >= kOk && returned < kStatusEnd ? returned : kBadRequest;
}

}  // namespace atelier::processor
