#pragma once
#include <string>

#include "base/result.h"
#include "model/catalogue.h"

namespace atelier::serve {

/// What instances can be made of: the file that `named` names; else `standard`, if there is such a
/// file; else, if `with_image`, one image, which only the simulated runtime can use. Where nothing
/// says which machine types there are: built-in ones from 1 vCPU to 64. NotFound: the file cannot
/// be read; InvalidArgument: it is no catalogue.
Result<model::Catalogue> LoadCatalogue(const std::string& named, const std::string& standard,
                                       bool with_image);

}  // namespace atelier::serve
