#pragma once
#include "control/eas/service/drafts.h"
#include "model/scaler.h"

/// Wishes about what changes the number of replicas by itself. Errors as control/eas/services.h
/// says.
namespace atelier::control {

/// `create`: there is none yet; else there is one.
Status PutAutoScaler(ServiceDraft& draft, const model::AutoScaler& rule, bool create);
Status DropAutoScaler(ServiceDraft& draft);

Status PutCronScaler(ServiceDraft& draft, const model::CronScaler& scaler, bool create);
Status DropCronScaler(ServiceDraft& draft);

}  // namespace atelier::control
