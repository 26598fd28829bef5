#pragma once
#include <string>
#include <string_view>

namespace atelier {

/// `script` as a shell reads it: the ends of lines that Windows and the text areas of browsers
/// write, CR LF, are LF, and a CR at the very end is none. A shell takes it for a part of a word.
std::string ShellText(std::string_view script);

}  // namespace atelier
