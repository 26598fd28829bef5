"""Calls a model service through the vendor's client: ENDPOINT SERVICE TOKEN GROUP GROUP_TOKEN. Prints what came of it
as JSON."""

import json
import sys

from eas_prediction import ENDPOINT_TYPE_DIRECT, PredictClient, StringRequest, TFRequest, TorchRequest
from eas_prediction.exception import PredictException

endpoint, service, token, group, group_token = sys.argv[1:]
TEXT = '[{"sepal": 5.1, "名": "花"}]'


def client(name=service, key=token, kind="", content_type=""):
    made = PredictClient(endpoint, name)
    made.set_token(key)
    made.set_endpoint_type(kind)
    made.set_content_type(content_type)
    made.init()
    return made


def text(**how):
    return client(**how).predict(StringRequest(TEXT)).response_data.decode() == TEXT


def refusal(**how):
    try:
        client(**how).predict(StringRequest(TEXT))
    except PredictException as refused:
        return refused.code
    return 200


def tensorflow():
    """The answer is the request again: of no signature, so that all of it is what an answer has not."""
    request = TFRequest("")
    request.add_feed("x", [1, 3], TFRequest.DT_FLOAT, [1.0, 2.0, 3.0])
    return client().predict(request).response.SerializeToString() == request.to_string()


def torch():
    """The answer is the request again: its inputs stand where an answer has its outputs."""
    request = TorchRequest()
    request.add_feed(0, [1, 3], TorchRequest.DT_FLOAT, [1.0, 2.0, 3.0])
    return list(client().predict(request).get_values(0))


def large():
    body = "0123456789abcdef" * 65536
    return client().predict(StringRequest(body)).response_data.decode() == body


print(json.dumps({
    "text": text(), "json": text(content_type="application/json"), "large": large(), "tensorflow": tensorflow(),
    "torch": torch(), "direct": text(kind=ENDPOINT_TYPE_DIRECT), "group": text(name=group, key=group_token),
    "of_group": text(name=f"{group}.{service}"), "wrong": refusal(key=token + "x"),
    "none": refusal(name="nobody"), "of_another_group": refusal(name=f"other.{service}")}))
