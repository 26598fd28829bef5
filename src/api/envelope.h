#pragma once
#include <string>
#include <string_view>
#include <utility>

#include <boost/describe.hpp>

#include "api/operation.h"
#include "base/codec.h"

namespace atelier::api {

/// Code and Message are null on success: with text in them some clients take a 200 for a failure
/// (docs/contract/errors.md section 2).
struct EnvelopeWithoutStatus {
  std::string_view RequestId;
  bool Success;
  Nullable<std::string_view> Code;
  Nullable<std::string_view> Message;
};
BOOST_DESCRIBE_STRUCT(EnvelopeWithoutStatus, (), (RequestId, Success, Code, Message))

struct Envelope : EnvelopeWithoutStatus {
  int HttpStatusCode;
};
BOOST_DESCRIBE_STRUCT(Envelope, (EnvelopeWithoutStatus), (HttpStatusCode))

struct RequestIdOnly {
  std::string_view RequestId;
};
BOOST_DESCRIBE_STRUCT(RequestIdOnly, (), (RequestId))

/// AIRec's, with the words of success that every client takes (docs/contract/requests.md section 6
/// resolution 1).
struct AirecEnvelope {
  std::string_view requestId;
  std::string_view code;
  std::string_view message;
};
BOOST_DESCRIBE_STRUCT(AirecEnvelope, (), (requestId, code, message))

/// An answer without fields of its own.
struct NoFields {};
BOOST_DESCRIBE_STRUCT(NoFields, (), ())

/// Appends the members of the envelope of a successful answer, without braces.
void AppendEnvelope(std::string& out, bool& first, EnvelopeForm form, std::string_view request_id);

/// A successful answer: the envelope of the operation, then the members of `fields`, in one object.
template <codec::Described T>
Encoded<T> Answer(const Context& context, const T& fields) {
  std::string out = "{";
  bool first = true;
  AppendEnvelope(out, first, context.form, context.request_id);
  codec::AppendMembers(out, first, fields);
  out += '}';
  return {std::move(out)};
}

/// The answer of an operation that has nothing to say but that it was done; or the error.
inline Result<Encoded<NoFields>> Done(const Context& context, const Status& status) {
  ATELIER_RETURN_IF_ERROR(status);
  return Answer(context, NoFields{});
}

}  // namespace atelier::api
