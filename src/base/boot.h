#pragma once
#include <string>

namespace atelier {

/// Names this boot of the host (a random UUID): the monotonic clock and the numbers of processes
/// mean something within one boot only. Empty: not known. Reads a file of /proc.
std::string BootId();

}  // namespace atelier
