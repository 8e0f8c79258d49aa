"""GraphQL over HTTP: whatever a client sends, it gets an answer with a code, and never a 500."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from gql.engine.http import LARGEST_BODY
from tests.engine.toy import Toy, served, toy

GRAPHQL_JSON = "application/graphql-response+json"

TOY = toy()
CLIENT = TestClient(TOY.app)
"""Raises what the application raises, so that a 500 shows its cause."""


def post(body: Any, **headers: str) -> Any:
    """The response to any body at all."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return CLIENT.post("/graphql", content=content, headers=sent)


def ask(query: str, **rest: Any) -> dict[str, Any]:
    response = post({"query": query, **rest})
    assert response.status_code == 200, response.text
    return dict(response.json())


def refusal(response: Any, status: int, code: str = "INVALID") -> str:
    """The message of a request that was not executed; there is no `data` then, and no trace of our code."""
    assert response.status_code == status, response.text
    told = response.json()
    assert set(told) == {"errors"}
    assert {error["extensions"]["code"] for error in told["errors"]} == {code}
    assert "Traceback" not in response.text
    assert "gql/" not in response.text
    return str(told["errors"][0]["message"])


@pytest.fixture
def fresh() -> Toy:
    """The toy, with nothing counted yet."""
    TOY.doings.counted = 0
    return TOY


# ---------------------------------------------------------------- bodies that hold no operation


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"query { who }",
        b"{",
        b'{"query": "{ who }"',
        b'{"query": "{ who }"} {}',
        b"{'query': '{ who }'}",
        b'{"query": "{ who }", "variables": {"a": NaN}}',
        b'{"query": "{ who }", "variables": {"a": Infinity}}',
        b'{"query": "\xff"}',
        b'{"query": "{ said(text: \\"\\ud800\\") }"}',
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf" + b'{"query": "{ who }"}',
        '{"query": "{ who }"}'.encode("utf-16"),
        b"\0",
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"query": "{ who }", "variables": {"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}}",
        b'{"query": "{ who }", "variables": ' + b'{"a": ' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        gzip.compress(b'{"query": "{ who }"}', mtime=0),
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    assert refusal(post(body), 400) == "The body is not JSON."


@pytest.mark.parametrize("body", [None, True, 7, 1.5, "{ who }", [], ["{ who }"]])
def test_a_body_that_is_json_but_no_object_is_refused(body: Any) -> None:
    assert refusal(post(body), 400) == "Send one JSON object with `query`."


def test_several_operations_in_one_body_are_refused_and_none_is_done(fresh: Toy) -> None:
    batch = [{"query": "mutation { count }"}, {"query": "mutation { count }"}]
    assert refusal(post(batch), 400) == "Send one JSON object with `query`."
    assert fresh.doings.counted == 0


@pytest.mark.parametrize("query", [None, 7, True, ["{ who }"], {"a": 1}])
def test_a_query_that_is_no_text_is_refused(query: Any) -> None:
    assert refusal(post({"query": query}), 400) == "`query` is text."


def test_a_body_without_a_query_is_refused() -> None:
    assert refusal(post({}), 400) == "`query` is text."
    assert refusal(post({"mutation": "{ who }"}), 400) == "`query` is text."


@pytest.mark.parametrize("variables", [7, True, "{}", [], [{"a": 1}]])
def test_variables_that_are_no_object_are_refused(variables: Any) -> None:
    assert refusal(post({"query": "{ who }", "variables": variables}), 400) == "`variables` is an object."


@pytest.mark.parametrize("name", [7, True, [], {}])
def test_an_operation_name_that_is_no_text_is_refused(name: Any) -> None:
    assert refusal(post({"query": "{ who }", "operationName": name}), 400) == "`operationName` is text."


@pytest.mark.parametrize("extensions", [7, True, "{}", []])
def test_extensions_that_are_no_object_are_refused(extensions: Any) -> None:
    assert refusal(post({"query": "{ who }", "extensions": extensions}), 400) == "`extensions` is an object."


def test_what_is_null_counts_as_left_out_and_what_is_unknown_is_left_alone() -> None:
    sent: dict[str, Any] = {
        "query": "{ who }",
        "variables": None,
        "operationName": None,
        "extensions": None,
        "more": [1],
    }
    assert ask(**sent) == {"data": {"who": "nobody"}}


def test_a_body_may_be_as_large_as_the_limit_and_not_a_byte_larger() -> None:
    frame = b'{"query": "{ who }", "more": "%s"}'
    room = LARGEST_BODY - len(frame) + 2
    assert post(frame % (b"x" * room)).status_code == 200
    refused = post(frame % (b"x" * (room + 1)))
    assert f"{LARGEST_BODY:,} bytes" in refusal(refused, 413, "LIMIT")
    assert refused.json()["errors"][0]["extensions"] == {"code": "LIMIT", "limit": "body", "allowed": LARGEST_BODY}


def test_a_body_without_a_length_is_cut_at_the_limit_too() -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(200):
            yield b" " * 10_000

    response = CLIENT.post("/graphql", content=parts(), headers={"content-type": "application/json"})
    refusal(response, 413, "LIMIT")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/plain; application/json",
        "application/jsonp",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ],
)
def test_another_content_type_is_refused(content_type: str, fresh: Toy) -> None:
    response = post({"query": "mutation { count }"}, content_type=content_type)
    assert refusal(response, 415) == "Send the operation as `application/json`."
    assert fresh.doings.counted == 0


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON", " application/json "])
def test_the_content_type_may_be_written_in_any_way_that_means_json(content_type: str) -> None:
    assert post({"query": "{ who }"}, content_type=content_type).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "nonsense"])
def test_an_encoded_body_is_refused_unread(encoding: str) -> None:
    body = gzip.compress(b'{"query": "{ who }"}')
    assert refusal(post(body, content_encoding=encoding), 415) == "Send the body without encoding."


@pytest.mark.parametrize("encoding", ["identity", "Identity", "IDENTITY"])
def test_a_body_may_say_that_it_is_not_encoded(encoding: str) -> None:
    assert post({"query": "{ who }"}, content_encoding=encoding).status_code == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_at_all_are_answered(body: bytes) -> None:
    refusal(post(body), 400)


@given(
    st.fixed_dictionaries(
        {"query": st.sampled_from(["{ who }", "query($v: Int!) { double(number: $v) }", "{ who", ""]) | st.text()},
        optional={"variables": JSON | st.fixed_dictionaries({"v": JSON}), "operationName": JSON, "extensions": JSON},
    )
)
def test_any_json_in_the_places_of_an_operation_is_answered(body: dict[str, Any]) -> None:
    response = post(body)
    assert response.status_code in (200, 400)
    told = response.json()
    assert "data" in told or told["errors"]


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
MEDIA_TYPES = st.sampled_from(["application/json", "text/html", GRAPHQL_JSON, "*/*", "application/json;q=0", ";", ","])


@given(
    st.dictionaries(
        st.sampled_from(["accept", "content-type", "content-encoding", "authorization", "origin", "x-anything"]),
        MEDIA_TYPES | TEXT.map(str.strip),
    ),
    st.sampled_from([b'{"query": "{ who }"}', b"{", b""]),
)
def test_any_headers_at_all_are_answered(headers: dict[str, str], body: bytes) -> None:
    sent = [(name, value.encode("latin-1")) for name, value in headers.items()]
    response = CLIENT.post("/graphql", content=body, headers=sent)
    assert response.status_code in (200, 400, 415)
    assert set(response.json()) <= {"data", "errors"}


# ---------------------------------------------------------------- documents that cannot be executed


@pytest.mark.parametrize("document", ["", " ", "# nothing", "{", "{ who", "{ who }}", "\0", "{ who \0 }", "é", "{{}}"])
def test_a_document_with_a_syntax_error_is_refused(document: str) -> None:
    assert refusal(post({"query": document}), 200).startswith("Syntax Error")


@pytest.mark.parametrize(
    "document",
    [
        "{ nothing }",
        "{ double }",
        '{ double(number: "7") }',
        "{ double(number: 1.5) }",
        "{ who { name } }",
        "{ again }",
        "query($a: Nothing) { who }",
        "{ who @nothing }",
        "{ ...A }",
        "fragment A on Query { ...B } fragment B on Query { ...A } { ...A }",
        "{ who } { who }",
        "{ said(text: $text) }",
        "fragment A on Query { who }",
        "type Query { who: String }",
        "subscription { up(to: 1) partly { who } }",
    ],
)
def test_a_document_that_does_not_fit_the_schema_is_refused(document: str) -> None:
    assert refusal(post({"query": document}), 200)


def test_a_document_that_was_refused_is_refused_again() -> None:
    first, second = post({"query": "{ twice: nothing }"}), post({"query": "{ twice: nothing }"})
    assert refusal(first, 200) == refusal(second, 200)


TWO = "query A { who } mutation B { count }"


def test_of_several_operations_one_must_be_named(fresh: Toy) -> None:
    assert refusal(post({"query": TWO}), 200) == "Name one of the operations."
    assert ask(TWO, operationName="A") == {"data": {"who": "nobody"}}
    assert fresh.doings.counted == 0
    assert ask(TWO, operationName="B") == {"data": {"count": 1}}


def test_an_operation_that_is_not_there_is_refused() -> None:
    assert refusal(post({"query": TWO, "operationName": "C"}), 200) == "There is no operation 'C'."
    assert refusal(post({"query": "{ who }", "operationName": "C"}), 200) == "There is no operation 'C'."


DIGITS = "9" * 20_000


def test_a_number_of_20_000_digits_is_refused_wherever_it_stands() -> None:
    refusal(post({"query": f"{{ double(number: {DIGITS}) }}"}), 200)
    refusal(post({"query": f"{{ said(text: {DIGITS}) }}"}), 200)
    refusal(post({"query": f"{{ numbers(of: [1, -{DIGITS}]) }}"}), 200)
    refusal(post({"query": f"query($n: Int = {DIGITS}) {{ double(number: $n) }}"}), 200)
    variables = b'{"query": "query($n: Int!) { double(number: $n) }", "variables": {"n": %s}}' % DIGITS.encode()
    assert post(variables).status_code in (200, 400)
    assert "data" not in post(variables).json()


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 2**53, 2**63, 2**64, 1e400, 1.5, "7", True, None, [7], {}])
def test_a_variable_that_does_not_fit_its_type_is_refused_before_anything_is_executed(number: Any) -> None:
    body = {"query": "query($n: Int!) { double(number: $n) }", "variables": {"n": number}}
    if number == 1e400:
        refusal(post(body), 400)
    else:
        assert "$n" in refusal(post(body), 200)


def test_a_variable_that_is_missing_is_refused() -> None:
    assert "$n" in refusal(post({"query": "query($n: Int!) { double(number: $n) }"}), 200)


def test_the_largest_numbers_are_taken() -> None:
    assert ask("{ numbers(of: [2147483647, -2147483648]) }")["data"]["numbers"] == [2**31 - 1, -(2**31)]


@pytest.mark.parametrize("depth", [20, 100, 300, 600, 900, 1_300])
@pytest.mark.parametrize("field", ["again", "later"])
def test_a_deep_document_is_answered_or_told_to_be_too_deep(field: str, depth: int) -> None:
    response = post({"query": f"{{ {field} " * depth + "{ who }" + " }" * depth})
    if depth <= 100:
        assert "errors" not in response.json()
    elif "errors" in response.json():
        refusal(response, 200, "LIMIT")


@pytest.mark.parametrize("depth", [100, 1_000, 1_900])
def test_a_deep_literal_is_refused(depth: int) -> None:
    response = post({"query": "{ numbers(of: " + "[" * depth + "1" + "]" * depth + ") }"})
    assert response.status_code == 200
    assert response.json()["errors"][0]["extensions"]["code"] in ("INVALID", "LIMIT")


@pytest.mark.parametrize("depth", [100, 500, 900])
def test_deep_variables_are_refused(depth: int) -> None:
    nested: Any = 1
    for _ in range(depth):
        nested = [nested]
    body = {"query": "query($of: [Int!]!) { numbers(of: $of) }", "variables": {"of": nested}}
    refusal(post(body), 200)


def test_a_document_with_more_fields_than_can_be_compared_is_a_limit() -> None:
    refusal(post({"query": "{" + " who" * 3_000 + "}"}), 200, "LIMIT")


# ---------------------------------------------------------------- methods and media types


def get(**said: str) -> Any:
    return CLIENT.get("/graphql", params=said)


def test_a_query_may_come_by_get() -> None:
    assert get(query="{ who }").json() == {"data": {"who": "nobody"}}
    said = get(
        query="query A { who } query B($n: Int!) { double(number: $n) }", operationName="B", variables='{"n": 4}'
    )
    assert said.json() == {"data": {"double": 8}}


def test_a_mutation_by_get_is_refused_and_not_executed(fresh: Toy) -> None:
    response = get(query="mutation { count }")
    assert "POST" in refusal(response, 405)
    assert response.headers["allow"] == "GET, POST"
    assert fresh.doings.counted == 0


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"query": "{ who }", "variables": "{"},
        {"query": "{ who }", "variables": "[]"},
        {"query": "{ who }", "extensions": "7"},
        {str(number): "" for number in range(200)},
    ],
    ids=["nothing", "no json", "no object", "no extensions", "many fields"],
)
def test_a_query_string_that_holds_no_operation_is_refused(said: dict[str, str]) -> None:
    refusal(get(**said), 400)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda sent: sent.decode("latin-1")))
def test_any_query_string_at_all_is_answered(text: str) -> None:
    response = CLIENT.get(f"/graphql?{quote(text, safe='&=%+')}")
    assert response.status_code in (200, 400)


def test_a_browser_gets_the_page() -> None:
    response = CLIENT.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (response.status_code, response.text) == (200, "the page")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_not_allowed(method: str) -> None:
    response = CLIENT.request(method, "/graphql", json={"query": "{ who }"})
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]


def test_a_subscription_by_post_is_refused_with_the_way_to_go() -> None:
    assert "graphql-transport-ws" in refusal(post({"query": "subscription { up(to: 1) }"}), 400)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, application/json;q=0.9", GRAPHQL_JSON),
        ("Application/GraphQL-Response+JSON; charset=utf-8", GRAPHQL_JSON),
        (f"application/json,{GRAPHQL_JSON} ; q=0.05", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0", "application/json"),
        (f"{GRAPHQL_JSON}; charset=utf-8; Q=0.000, */*", "application/json"),
        ("application/graphql-response+jsonp", "application/json"),
        ("text/html;q=0, */*", "application/json"),
        (f"{'x/y, ' * 300}{GRAPHQL_JSON}", "application/json"),
    ],
)
def test_the_answer_has_the_media_type_that_was_asked_for(accept: str | None, media_type: str) -> None:
    response = post({"query": "{ who }"}, **({} if accept is None else {"accept": accept}))
    assert response.headers["content-type"].partition(";")[0] == media_type
    assert response.json() == {"data": {"who": "nobody"}}


def test_headers_that_come_more_than_once_are_one_list() -> None:
    sent = [
        ("content-type", "application/json"),
        ("accept", GRAPHQL_JSON),
        ("accept", "application/json"),
        ("accept", "text/plain"),
    ]
    response = CLIENT.post("/graphql", content=b'{"query": "{ who }"}', headers=sent)
    assert response.headers["content-type"] == GRAPHQL_JSON
    twice = [("content-type", "application/json"), ("authorization", "vera"), ("authorization", "paul")]
    response = CLIENT.post("/graphql", content=b'{"query": "{ who }"}', headers=twice)
    assert response.json() == {"data": {"who": "vera, paul"}}


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{ who"},
        {"query": "{ nothing }"},
        {"query": TWO},
        {"query": "{ who }", "operationName": "C"},
        {"query": "query($n: Int!) { double(number: $n) }"},
        {"query": "query($n: Int!) { double(number: $n) }", "variables": {"n": "x"}},
    ],
    ids=["syntax", "validation", "unnamed", "unknown", "missing variable", "wrong variable"],
)
def test_what_is_not_executed_is_a_400_in_graphqls_own_media_type_and_a_200_in_json(body: dict[str, Any]) -> None:
    assert refusal(post(body, accept=GRAPHQL_JSON), 400) == refusal(post(body, accept="application/json"), 200)


def test_what_fails_while_it_is_executed_is_a_200_in_either_media_type() -> None:
    for accept in (GRAPHQL_JSON, "application/json"):
        response = post({"query": "{ refused who }"}, accept=accept)
        assert response.status_code == 200
        assert response.json()["data"] == {"refused": None, "who": "nobody"}


def test_the_answer_says_what_took_how_long() -> None:
    told = post({"query": "{ who }"}).headers["server-timing"]
    assert re.fullmatch(r"prepare;dur=\d+\.\d{3}, execute;dur=\d+\.\d{3}, total;dur=\d+\.\d{3}", told)
    prepare, execute, total = (float(number) for number in re.findall(r"dur=([\d.]+)", told))
    assert 0 <= prepare + execute <= total + 0.002
    assert re.fullmatch(r"total;dur=\d+\.\d{3}", post(b"{").headers["server-timing"])


# ---------------------------------------------------------------- errors


def test_an_error_that_clients_may_read_has_its_code_words_and_place() -> None:
    told = ask("{ who sunday: refused }")
    assert told["data"] == {"who": "nobody", "sunday": None}
    [error] = told["errors"]
    assert (error["message"], error["path"]) == ("Not on a Sunday.", ["sunday"])
    assert error["extensions"] == {"code": "NOT_NOW"}


def test_an_error_that_brings_its_code_keeps_it() -> None:
    [error] = ask("{ coded }")["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("Too much of it.", "LIMIT")


def test_a_fault_is_masked_and_its_id_is_in_the_log() -> None:
    with capture_logs() as logged:
        response = post({"query": "{ broken }"})
    assert response.status_code == 200
    assert "hunter2" not in response.text
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    [entry] = [entry for entry in logged if entry["log_level"] == "error"]
    assert entry["error_id"] == error["extensions"]["errorId"]
    assert re.fullmatch("[0-9a-f]{16}", entry["error_id"])
    assert "hunter2" in str(entry["exc_info"])


def test_a_fault_before_anything_is_executed_is_masked_too() -> None:
    with capture_logs() as logged:
        told = refusal(post({"query": "{ who }"}, authorization="faulty"), 503, "INTERNAL")
    assert "hunter2" not in told
    assert [entry["log_level"] for entry in logged] == ["error"]


def test_what_a_client_does_wrong_is_not_logged_as_our_error() -> None:
    with capture_logs() as logged:
        post(b"[")
        post({"query": "{ nothing }"})
        post({"query": "{ refused coded }"})
        post({"query": "query($n: Int!) { double(number: $n) }"})
    assert [entry for entry in logged if entry["log_level"] in ("error", "warning", "critical")] == []


def test_the_authorization_header_reaches_the_context() -> None:
    assert post({"query": "{ who }"}, authorization="vera").json() == {"data": {"who": "vera"}}


def test_each_operation_has_a_context_of_its_own(fresh: Toy) -> None:
    before = fresh.doings.begun
    ask("{ who }")
    ask("{ who }")
    assert fresh.doings.begun == before + 2


# ---------------------------------------------------------------- the line


ASKED = b'{"query": "{ who }"}'
REQUEST = (
    b"POST /graphql HTTP/1.1\r\nhost: desk\r\nauthorization: anna\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(ASKED), ASKED)
)
CONVERSATIONS = {
    "one after the other": [REQUEST, REQUEST],
    "three at once": [REQUEST * 3],
    "one that is to be the last": [REQUEST, REQUEST.replace(b"host", b"connection: close\r\nhost")],
    "by HTTP/1.0": [REQUEST.replace(b"HTTP/1.1", b"HTTP/1.0")],
    "a refusal, and on": [REQUEST.replace(b"who", b"wh?"), REQUEST],
    "the page's head, and on": [b"HEAD /graphql HTTP/1.1\r\nhost: desk\r\naccept: text/html\r\n\r\n", REQUEST],
    "a head that there is none of, and on": [b"HEAD /graphql HTTP/1.1\r\nhost: desk\r\n\r\n", REQUEST],
}


@pytest.mark.parametrize("said", CONVERSATIONS)
@pytest.mark.anyio
async def test_a_line_hears_the_same_as_from_a_plain_server(said: str) -> None:
    heard = []
    for plain in (False, True):
        async with served(plain=plain) as toy:
            heard.append(re.sub(rb"dur=[0-9.]+|date: [^\r]+", b"", await _heard(toy, CONVERSATIONS[said])))
    assert heard[0] == heard[1]
    assert b'{"data":{"who":"anna"}}' in heard[0]


@pytest.mark.parametrize("accept", [b"*/*", b"text/event-stream"])
@pytest.mark.parametrize("plain", [False, True], ids=["", "plain server"])
@pytest.mark.anyio
async def test_who_does_not_send_the_whole_request_in_time_is_told_so_and_the_line_is_closed(
    plain: bool, accept: bytes
) -> None:
    async with served(plain=plain, deadline=0.2) as toy:
        address = urlsplit(toy.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(REQUEST.replace(b"host", b"accept: %s\r\nhost" % accept)[:-10])
        heard = b""
        async with asyncio.timeout(10):
            with suppress(ConnectionResetError):  # a byte may still be on its way when the line is closed
                for byte in ASKED[-10:-7]:
                    await asyncio.sleep(0.05)
                    writer.write(bytes((byte,)))
                while chunk := await reader.read(65_536):
                    heard += chunk
        writer.close()
    assert heard.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"\r\nconnection: close\r\n" in heard
    assert b'{"code":"LIMIT","limit":"time","allowed":0.2}' in heard
    assert toy.doings.begun == 0


async def _heard(toy: Toy, sent: list[bytes]) -> bytes:
    """All that a line hears when each is sent once what went before was answered, and whether it is closed then."""
    address = urlsplit(toy.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    heard, asked = b"", 0
    async with asyncio.timeout(10):
        for data in sent:
            writer.write(data)
            asked += data.count(b" /graphql ")
            while heard.count(b"HTTP/1.1 ") < asked or not heard.endswith((b"}", b"\r\n\r\n", b"the page")):
                chunk = await reader.read(65_536)
                if not chunk:
                    return heard + b" closed"
                heard += chunk
        if b"connection: close" in heard:
            assert await reader.read() == b""
            heard += b" closed"
        writer.close()
        await writer.wait_closed()
    return heard
