#include "store/common/errors.h"

namespace atelier::store {

Error Conflict() {
  return Error(Code::kAborted,
               "Somebody else changed it at the same time. Read it again and retry.",
               "RevisionMismatch");
}

Error Missing() { return Error(Code::kNotFound, "There is no such record."); }

Error Stopping() { return Error(Code::kUnavailable, "The server is stopping. Try again later."); }

Error QueueFull() {
  return Error(Code::kUnavailable, "Too many requests are waiting for the store. Try again later.",
               "StoreQueueFull");
}

Error DiskFull() {
  return Error(
      Code::kResourceExhausted,
      "The server's disk is full: nothing was changed. Reads go on; free space and try again.",
      "DiskFull");
}

Error SlowDisk(Code code) {
  return {code,
          code == Code::kUnavailable
              ? "The server's disk is too slow: nothing was changed. Reads go on; try again later."
              : "The server's disk is too slow: the change may be made later or not at all. Look "
                "before you try again.",
          "StoreSlow"};
}

}  // namespace atelier::store
