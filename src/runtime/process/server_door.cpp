#include "runtime/process/server_door.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/process/files.h"

namespace atelier::runtime::process {
namespace {

constexpr int kBacklog = 4;
constexpr int kAnswerMs = 2'000;  // the shim answers at once, unless it is stopped or starved

/// One byte, and room for one descriptor beside it.
class Envelope {
 public:
  Envelope() {
    message_.msg_iov = &piece_;
    message_.msg_iovlen = 1;
    message_.msg_control = control_;
    message_.msg_controllen = sizeof control_;
  }
  Envelope(const Envelope&) = delete;
  Envelope& operator=(const Envelope&) = delete;
  ~Envelope() = default;

  void Put(int fd) {
    cmsghdr* head = CMSG_FIRSTHDR(&message_);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(head), &fd, sizeof fd);
  }
  UniqueFd Take() {
    const cmsghdr* head = CMSG_FIRSTHDR(&message_);
    if (head == nullptr || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) {
      return {};
    }
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return UniqueFd(fd);
  }
  msghdr* message() { return &message_; }

 private:
  char byte_ = 's';
  iovec piece_{&byte_, 1};
  alignas(cmsghdr) char control_[CMSG_SPACE(sizeof(int))] = {};
  msghdr message_{};
};

/// Of the socket in the open folder: by a path that is short, however long the folder's is.
sockaddr_un DoorAt(int folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(folder) + "/server";
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

}  // namespace

bool SendDescriptor(int to, int fd) {
  Envelope envelope;
  envelope.Put(fd);
  return ::sendmsg(to, envelope.message(), MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

UniqueFd ReceiveDescriptor(int from, int most_ms) {
  Envelope envelope;
  pollfd wait{from, POLLIN, 0};
  if (::poll(&wait, 1, most_ms) != 1) return {};
  if (::recvmsg(from, envelope.message(), MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != 1) return {};
  return envelope.Take();
}

UniqueFd OpenServerDoor(int folder) {
  UniqueFd door(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un address = DoorAt(folder);
  ::unlink(address.sun_path);  // of a start that was cut short
  if (!door ||
      ::bind(door.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(door.get(), kBacklog) != 0) {
    return {};
  }
  return door;
}

void AnswerServerDoor(int door, int listening) {
  for (int i = 0; i < kBacklog; ++i) {
    const UniqueFd asks(::accept4(door, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!asks) return;
    (void)SendDescriptor(asks.get(), listening);  // it has gone again: then it asks again
  }
}

Result<UniqueFd> FetchServerSocket(const RunPaths& run) {
  const UniqueFd folder(::open(run.folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd asks(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = DoorAt(folder.get());
  if (!folder || !asks ||
      ::connect(asks.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return SystemError(Code::kUnavailable, "ask the shim for its way to the server", errno);
  }
  UniqueFd socket = ReceiveDescriptor(asks.get(), kAnswerMs);
  if (!socket) return Error(Code::kUnavailable, "The shim gives no way to the server.");
  return socket;
}

}  // namespace atelier::runtime::process
