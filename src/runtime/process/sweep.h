#pragma once
#include <functional>
#include <string>

#include "base/raii.h"
#include "base/result.h"

/// Deleting trees that tenants made: of any depth and width, with a handful of descriptors and no
/// recursion. Symbolic links are never followed, mounts never crossed. Blocking.
namespace atelier::runtime::process {

/// Opens the folder `name` in `at` (or beneath it), whatever mode its owner gave it. Empty, with
/// errno set: there is none, or a symbolic link or a mount is in the way.
UniqueFd OpenFolder(int at, const char* name);

/// Called with each folder before its entries are deleted: may delete what it can by itself.
using BeforeFolder = std::function<void(int folder)>;

/// Deletes everything in `folder`. What lies deep is moved up to `folder` first, so that no path
/// grows long and no descriptor stays open. May be cut short anywhere and begun again. Unavailable:
/// something is left, and why.
Status EmptyFolder(int folder, const BeforeFolder& before = {});

/// The same, and the tree itself; also a single file. Ok if it is absent.
Status RemoveTree(const std::string& path, const BeforeFolder& before = {});

}  // namespace atelier::runtime::process
