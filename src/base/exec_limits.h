#pragma once
#include <cstddef>
#include <string_view>

namespace atelier {

// What execve(2) takes of arguments and environment. Checked where they are configured: a program
// that cannot be started is a loop of failures with an answer that nobody connects to its cause.

/// Bytes of one argument, or of NAME=value, without the NUL (MAX_ARG_STRLEN).
inline constexpr std::size_t kMaxExecString = (128U << 10U) - 1;
/// Bytes of everything together, as ExecSize counts. Linux gives a quarter of the stack's limit,
/// 2 MiB as it comes; the other half is for what is added on the way to the program, and for what
/// the program passes on.
inline constexpr std::size_t kMaxExecBytes = 1U << 20U;
/// Arguments, and variables: bubblewrap takes 9,000 words in all, three of them for a variable.
inline constexpr std::size_t kMaxExecWords = 4'000;
inline constexpr std::size_t kMaxExecVariables = 1'000;
/// Bytes of a path (PATH_MAX), without the NUL.
inline constexpr std::size_t kMaxPath = 4'095;

/// What an argument of `bytes` costs: itself, its NUL and its pointer.
constexpr std::size_t ExecSize(std::size_t bytes) { return bytes + 1 + sizeof(char*); }

/// What is wrong with NAME=value as a variable of a program; empty: nothing.
constexpr std::string_view WhyNoVariable(std::string_view name, std::string_view value) {
  if (name.find('\0') != std::string_view::npos || value.find('\0') != std::string_view::npos)
    return "must not contain a null character";
  if (name.size() + 1 + value.size() > kMaxExecString)
    return "must have at most 131071 bytes with its name: no program can be given more";
  return {};
}

}  // namespace atelier
