#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace atelier::processor {

/// A processor in C or C++, by the documented interface of EAS ("Develop custom processors by using
/// C or C++"): a shared object with
///
///     void* initialize(const char* model_entry, const char* model_config, int* state);
///     int process(void* model_buf, const void* input_data, int input_size,
///                 void** output_data, int* output_size);
///
/// It is never unloaded: its threads and its destructors are its own.
class Library {
 public:
  /// FailedPrecondition: it cannot be loaded, or lacks one of the two functions.
  static Result<Library> Open(const std::string& path);

  /// Once, before any Process. FailedPrecondition: it sets a state other than 0, or throws.
  Status Initialize(const std::string& model_entry, const std::string& model_config);

  struct Answer {
    int status = 200;  // of HTTP
    std::string body;
  };
  /// At most 2 GiB of input. Threads: any, several at once. The memory of the output is the
  /// library's until it returns, then ours to free(). An exception is answered 500, in words.
  Answer Process(std::string_view input) const;

 private:
  using InitializeFn = void*(const char*, const char*, int*);
  using ProcessFn = int(void*, const void*, int, void**, int*);

  InitializeFn* initialize_ = nullptr;
  ProcessFn* process_ = nullptr;
  void* model_ = nullptr;  // the library's
};

/// What process() returned as a status of HTTP. 0 and 200 are success, a status of HTTP is passed
/// on, everything else is 400 (the same document).
int StatusOf(int returned);

}  // namespace atelier::processor
