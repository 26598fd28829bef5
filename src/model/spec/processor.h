#pragma once
#include "model/service_spec.h"
#include "model/spec/reader.h"

namespace atelier::model {

/// model_path: a folder, or an archive, that is shown or unpacked. Its path inside is MODEL_PATH.
void ReadModel(const Reader& top, ServiceSpec& spec);

/// An own processor, in Python or in C and C++: processor_path and what belongs to it. After
/// ReadModel. Sets the port, and the standards of metadata.rpc that only processors have.
void ReadProcessor(const Reader& top, ServiceSpec& spec);

}  // namespace atelier::model
