"""The description of the web service, and the service under whatever a machine can think of sending it."""

import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.webhook.reception import BEARER, EVENTS, SECRET, signature
from webhook.app import create_app

DESCRIPTION = json.loads((Path(__file__).parents[2] / "webhook" / "openapi.json").read_text())
OPERATIONS = [(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
EXAMPLES = 20


def test_every_address_for_machines_is_described(reception):
    app = create_app(reception.service)
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("status.")]
    found = {
        (rule.rule.split("<")[0], method.lower()) for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert found == {(path.split("{")[0], method) for path, method in OPERATIONS}


def test_the_description_is_one():
    Draft202012Validator.check_schema({"$defs": DESCRIPTION["components"]["schemas"]})
    names = [operation["operationId"] for path in DESCRIPTION["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names) == 10


class Insider:
    """Whatever is sent through here comes from somebody who knows every secret."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"].seek(0)
        environ["HTTP_AUTHORIZATION"] = f"Bearer {BEARER}"
        environ["HTTP_X_SIDECAR_SECRET"] = SECRET
        environ["HTTP_X_NOTION_SIGNATURE"] = signature(raw, EVENTS)
        return self.app(environ, start_response)


@pytest.mark.parametrize("caller", ["insider", "stranger"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_sent_the_answer_is_one_that_is_described(reception, path, method, caller):
    reception.sync()
    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    app = create_app(reception.service)
    schema.app = Insider(app) if caller == "insider" else app
    operation = schema[path][method]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes)))
    def holds(case):
        case.validate_response(case.call(), checks=CHECKS)

    holds()
