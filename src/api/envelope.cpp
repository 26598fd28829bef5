#include "api/envelope.h"

namespace atelier::api {

void AppendEnvelope(std::string& out, bool& first, EnvelopeForm form, std::string_view request_id) {
  switch (form) {
    case EnvelopeForm::kFull: {
      Envelope full{};
      full.RequestId = request_id;
      full.Success = true;
      full.HttpStatusCode = 200;
      codec::AppendMembers(out, first, full);
      return;
    }
    case EnvelopeForm::kNoStatus:
      codec::AppendMembers(
          out, first,
          EnvelopeWithoutStatus{
              .RequestId = request_id, .Success = true, .Code = {}, .Message = {}});
      return;
    case EnvelopeForm::kRequestId:
      codec::AppendMembers(out, first, RequestIdOnly{.RequestId = request_id});
      return;
    case EnvelopeForm::kAirec:
      codec::AppendMembers(
          out, first,
          AirecEnvelope{.requestId = request_id, .code = "200", .message = "successful"});
      return;
    case EnvelopeForm::kNone:
      return;
  }
}

}  // namespace atelier::api
