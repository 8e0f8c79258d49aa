"""Signing in and out, what a token opens and for how long, and who the viewer is."""

from __future__ import annotations

import asyncio
import base64
import json
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLField, GraphQLInputObjectType, get_named_type, is_required_input_field
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey
from pydantic import SecretStr

from gql.actions import users
from gql.actions.unit_of_work import Work, unit_of_work
from gql.actor import DESK
from gql.api.schema import make_schema
from gql.errors import Unauthenticated
from gql.store import LogState
from gql.tokens import Tokens, fits, hash_password
from tests.running import Desk, app_lookups

SCHEMA = make_schema()._schema
assert SCHEMA.query_type is not None
assert SCHEMA.mutation_type is not None

SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) {
  token expiresAt viewer { user { name } contact { name } } errors { code message field } } }"""
CHANGE = """mutation($input: ChangePasswordInput!) { changePassword(input: $input) {
  token expiresAt viewer { user { name } contact { name } } errors { code message field } } }"""
ME = "{ viewer { user { name } contact { name } } }"
REFUSED = {
    "token": None,
    "expiresAt": None,
    "viewer": None,
    "errors": [
        {
            "code": "INVALID",
            "message": "This login and this password do not belong together.",
            "field": ["password"],
        }
    ],
}


async def sign_in(desk: Desk, login: str, password: str = "demo") -> dict[str, Any]:
    """The payload of a sign-in."""
    return dict((await desk.run(None, SIGN_IN, input={"login": login, "password": password}))["signIn"])


async def token_of(desk: Desk, login: str, password: str = "demo") -> str:
    return str((await sign_in(desk, login, password))["token"])


async def with_token(desk: Desk, token: str, document: str, **variables: Any) -> dict[str, Any]:
    """The answer to whoever bears the token."""
    body = {"query": document, "variables": variables}
    response = await desk.post(body, authorization=f"Bearer {token}")
    assert response.status_code == 200, response.text
    return dict(response.json())


async def lets_in(desk: Desk, token: str) -> bool:
    """Whether the token is good, which HTTP and sockets agree about."""
    answer = await with_token(desk, token, ME)
    good = "errors" not in answer
    assert good or answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    try:
        async with desk.socket(token=token):
            opened = True
    except Exception:
        opened = False
    assert opened == good
    return good


@asynccontextmanager
async def by_the_desk(desk: Desk) -> AsyncIterator[Work]:
    """What an administrator does at the machine itself."""
    parts = desk.app.state.desk
    with desk.database():
        async with unit_of_work(DESK, datetime.now(UTC), app_lookups(desk), parts.realtime.ring) as work:
            yield work


async def secret_of(desk: Desk) -> str:
    with desk.database():
        return str((await LogState.get(id=1)).secret)


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def part(value: Any) -> str:
    """A part of a token as it stands there."""
    plain = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


# ---------------------------------------------------------------- signing in


@pytest.mark.parametrize(
    ("login", "viewer"),
    [
        ("anna", {"user": {"name": "Anna Weber"}, "contact": None}),
        ("otto", {"user": {"name": "Otto Haugen"}, "contact": None}),
        ("vera", {"user": None, "contact": {"name": "Vera Lindqvist"}}),
    ],
)
async def test_signing_in_answers_a_token_and_who_one_is(desk: Desk, login: str, viewer: Any) -> None:
    before = datetime.now(UTC)
    payload = await sign_in(desk, login)
    assert payload["errors"] == []
    assert payload["viewer"] == viewer
    assert (await with_token(desk, payload["token"], ME))["data"] == {"viewer": viewer}
    lasting = datetime.fromisoformat(payload["expiresAt"]) - before
    assert timedelta(minutes=720, seconds=-1) <= lasting <= timedelta(minutes=720, seconds=5)


async def test_a_login_may_be_written_in_any_case(desk: Desk) -> None:
    for login in ("anna", "ANNA", " anna ", "Anna", "ａｎｎａ"):
        assert (await sign_in(desk, login))["viewer"]["user"] == {"name": "Anna Weber"}


async def test_a_wrong_password_an_unknown_login_and_one_shut_out_are_told_alike(desk: Desk) -> None:
    async with by_the_desk(desk) as work:
        await users.shut_out(work, "cleo")
    told = [
        await desk.answer(None, SIGN_IN, input={"login": login, "password": password})
        for login, password in (("anna", "wrong"), ("nobody", "wrong"), ("nobody", "demo"), ("cleo", "demo"))
    ]
    assert told == [{"data": {"signIn": REFUSED}}] * 4


async def test_no_login_at_all_is_a_fault(desk: Desk) -> None:
    for login in ("", " ", "\0", "anna\0", "a" * 251, "a" * 20_000, "ﷺ" * 300, "%", "' OR 1=1 --"):
        assert await sign_in(desk, login) == REFUSED


async def test_no_password_at_all_is_a_fault(desk: Desk) -> None:
    for password in ("", " ", "\0", "demo\0", "Demo", "demo ", "x" * 1_000, "x" * 1_001, "x" * 500_000):
        assert await sign_in(desk, "anna", password) == REFUSED


async def until_shut_out(desk: Desk, token: str) -> None:
    """Returns when the token is not good any more, which takes two seconds at most."""
    async with asyncio.timeout(2):
        while "errors" not in await with_token(desk, token, ME):
            await asyncio.sleep(0.01)
    assert not await lets_in(desk, token)


async def test_a_login_that_is_shut_out_is_out_within_two_seconds(desk: Desk) -> None:
    token = await token_of(desk, "cleo")
    assert await lets_in(desk, token)
    async with by_the_desk(desk) as work:
        await users.shut_out(work, "cleo")
    await until_shut_out(desk, token)


async def test_a_token_lasts_as_long_as_the_setting_says(another: Any) -> None:
    async with another(token_minutes=15) as desk:
        payload = await sign_in(desk, "anna")
        lasting = datetime.fromisoformat(payload["expiresAt"]) - datetime.now(UTC)
        assert timedelta(minutes=14, seconds=50) < lasting <= timedelta(minutes=15)
        assert claims_of(payload["token"])["exp"] == datetime.fromisoformat(payload["expiresAt"]).timestamp()


async def test_a_token_holds_no_more_than_it_needs(desk: Desk) -> None:
    assert claims_of(await token_of(desk, "anna")).keys() == {"iss", "sub", "gen", "jti", "iat", "exp"}


async def test_two_tokens_of_one_moment_are_two(desk: Desk) -> None:
    now = datetime.now(UTC)
    tokens, login = desk.app.state.desk.tokens, desk.logins["anna"]
    assert len({tokens.issue(login.id, login.generation, now)[0] for _ in range(10)}) == 10


async def test_the_passwords_are_checked_beside_what_others_ask(desk: Desk) -> None:
    hashed = await hash_password("demo")
    begun = time.perf_counter()
    assert await fits("demo", hashed)
    one_hash = time.perf_counter() - begun
    waits = []
    async with desk.socket("ben") as socket:
        signing_in = [asyncio.create_task(sign_in(desk, login)) for login in ("anna", "ben", "dora", "otto")]
        while not all(task.done() for task in signing_in):
            begun = time.perf_counter()
            await socket.send({"type": "ping"})
            assert await socket.receive() == {"type": "pong"}
            waits.append(time.perf_counter() - begun)
        assert all(payload["token"] for payload in await asyncio.gather(*signing_in))
    assert statistics.median(waits) < one_hash / 2, (one_hash, waits)


# ---------------------------------------------------------------- without a good token


def asked(field: str, stated: GraphQLField) -> str:
    """A field with the least that it can be asked with."""

    def least(type_: Any) -> Any:
        named = get_named_type(type_)
        if isinstance(named, GraphQLInputObjectType):
            needed = {name: f.type for name, f in named.fields.items() if is_required_input_field(f)}
            if not needed:  # one of them is
                needed = {name: field.type for name, field in list(named.fields.items())[:1]}
            return "{" + ", ".join(f"{name}: {least(kind)}" for name, kind in needed.items()) + "}"
        if isinstance(named, GraphQLEnumType):
            return next(iter(named.values))
        return {"Boolean": "true", "Int": "1", "DateTime": '"2026-01-01T00:00:00Z"'}.get(named.name, '"x"')

    needed = {name: arg.type for name, arg in stated.args.items() if str(arg.type).endswith("!")}
    arguments = ", ".join(f"{name}: {least(kind)}" for name, kind in needed.items())
    return f"{field}{f'({arguments})' if arguments else ''} {{ __typename }}"


async def assert_refused(desk: Desk, field: str, document: str) -> None:
    """Nobody gets through to the field: without a token, with nonsense, with one whose time is over."""
    for token in (None, "nonsense", await expired(desk)):
        answer = await desk.answer(None, document) if token is None else await with_token(desk, token, document)
        [error] = answer["errors"]
        assert (error["extensions"]["code"], error["path"]) == ("UNAUTHENTICATED", [field])
        assert answer["data"] in (None, {field: None})


async def test_nothing_is_read_without_a_token(desk: Desk) -> None:
    assert SCHEMA.query_type is not None
    for field, stated in SCHEMA.query_type.fields.items():
        if field != "ratingAsked":
            await assert_refused(desk, field, f"{{ {asked(field, stated)} }}")


async def test_nothing_is_done_without_a_token(desk: Desk) -> None:
    assert SCHEMA.mutation_type is not None
    for field, stated in SCHEMA.mutation_type.fields.items():
        if field not in ("signIn", "setPassword", "rateCase"):
            await assert_refused(desk, field, f"mutation {{ {asked(field, stated)} }}")


async def expired(desk: Desk) -> str:
    login, minutes = desk.logins["anna"], desk.app.state.desk.settings.token_minutes
    issued = datetime.now(UTC) - timedelta(minutes=minutes)
    return str(desk.app.state.desk.tokens.issue(login.id, login.generation, issued)[0])


async def test_the_schema_can_be_read_without_a_token(desk: Desk) -> None:
    assert (await desk.run(None, "{ __schema { queryType { name } } }"))["__schema"] == {"queryType": {"name": "Query"}}


async def test_a_good_token_is_not_needed_to_sign_in_and_a_bad_one_does_not_hinder(desk: Desk) -> None:
    variables = {"input": {"login": "anna", "password": "demo"}}
    answer = await with_token(desk, "nonsense", SIGN_IN, **variables)
    assert answer["data"]["signIn"]["errors"] == []


async def test_an_expired_token_says_so(desk: Desk) -> None:
    [error] = (await with_token(desk, await expired(desk), ME))["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert "expired" in error["message"]
    assert not await lets_in(desk, await expired(desk))


async def test_another_header_is_no_token(desk: Desk) -> None:
    for header in (b"", b"Bearer", b"Basic YW5uYTpkZW1v", b"Token x", b"\xe9", b"Bearer \xe9", b"Bearer a b"):
        response = await desk.post({"query": ME}, authorization=header)  # type: ignore[arg-type]
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_word_bearer_may_be_written_in_any_case(desk: Desk) -> None:
    for word in ("bearer", "BEARER", "Bearer "):
        response = await desk.post({"query": ME}, authorization=f"{word} {desk.token('anna')}")
        assert "errors" not in response.json()


async def test_a_token_that_was_tampered_with_does_not_let_in(desk: Desk) -> None:
    good = await token_of(desk, "vera")
    head, body, signature = good.split(".")
    claims = claims_of(good)
    anna = str(desk.logins["anna"].id)
    none = part({"alg": "none", "typ": "JWT"})
    assert await lets_in(desk, good)
    for wrong in (
        f"{head}.{part({**claims, 'sub': anna})}.{signature}",
        f"{head}.{part({**claims, 'exp': claims['exp'] + 1})}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{signature[:-4]}",
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body}.{signature}.{signature}",
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
        f"{none}.{part({**claims, 'sub': anna})}.",
        f"{part({'alg': 'NONE'})}.{body}.",
        f"{part({'alg': 'HS512'})}.{body}.{signature}",
        f"{part({'alg': 'RS256'})}.{body}.{signature}",
        f"{part({})}.{body}.{signature}",
        f"{part([])}.{body}.{signature}",
        f"{part({'alg': None})}.{body}.{signature}",
        f"{part({'alg': 'HS256', 'x': 1})}.{body}.{signature}",
        f"{part(b'[' * 20_000)}.{body}.{signature}",
        f"{part(b'{' + b'%c: ' % 34 * 9_000)}.{body}.{signature}",
        f"{part(b'[' * 9_000 + b']' * 9_000)}.{body}.{signature}",
        f"{head}.{part(b'[' * 9_000 + b']' * 9_000)}.{signature}",
        f"{head}.{body}.{part(b'x' * 32)}",
        "..",
        "....",
        "x" * 20_000,
    ):
        assert not await lets_in(desk, wrong), wrong[:60]


async def test_only_the_desks_own_signature_and_claims_let_in(desk: Desk) -> None:
    secret = await secret_of(desk)
    login, soon = desk.logins["anna"], int(time.time()) + 600
    good = {"iss": "caseline", "sub": str(login.id), "gen": login.generation, "jti": "x", "iat": 0, "exp": soon}

    def signed(claims: dict[str, Any], key: str = secret, alg: str = "HS256") -> str:
        return jwt.encode({"alg": alg}, claims, OctKey.import_key(key.encode()), algorithms=["HS256", "HS512"])

    assert await lets_in(desk, signed(good))
    for wrong in (
        signed(good, key="another secret of more than 32 characters"),
        signed(good, alg="HS512"),
        signed({**good, "iss": "another desk"}),
        signed({**good, "gen": login.generation + 1}),
        signed({**good, "gen": login.generation - 1}),
        signed({**good, "sub": "987654321"}),
        signed({**good, "sub": "anna"}),
        signed({**good, "exp": int(time.time())}),
        signed({**good, "exp": "soon"}),
        signed({**good, "exp": 10**30}),
        *[
            signed({name: value for name, value in good.items() if name != left_out})
            for left_out in ("iss", "sub", "exp")
        ],
        *[signed({name: value for name, value in good.items() if name != left_out}) for left_out in ("gen", "jti")],
    ):
        assert not await lets_in(desk, wrong), claims_of(wrong)


TOKENS = Tokens("a secret of thirty-two characters", minutes=15)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_no_text_at_all_is_a_fault_as_a_token(text: str) -> None:
    with pytest.raises(Unauthenticated):
        TOKENS.read(text, NOW)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_no_json_at_all_is_a_fault_as_a_tokens_head_or_body(value: Any) -> None:
    head, body, signature = TOKENS.issue(1, 1, NOW)[0].split(".")
    for wrong in (f"{part(value)}.{body}.{signature}", f"{head}.{part(value)}.{signature}"):
        with pytest.raises(Unauthenticated):
            TOKENS.read(wrong, NOW)


def test_a_token_is_good_until_the_second_it_expires() -> None:
    text, expires_at = TOKENS.issue(7, 3, NOW)
    token = TOKENS.read(text, expires_at - timedelta(microseconds=1))
    assert (token.login_id, token.generation, token.expires_at) == (7, 3, NOW + timedelta(minutes=15))
    with pytest.raises(Unauthenticated):
        TOKENS.read(text, expires_at)


async def test_all_processes_of_a_desk_take_each_others_tokens(desk: Desk, another: Any) -> None:
    async with another() as second:
        assert await lets_in(second, await token_of(desk, "anna"))
        assert await lets_in(desk, await token_of(second, "anna"))


async def test_a_desk_with_another_secret_does_not_take_the_token(desk: Desk, another: Any) -> None:
    async with another(secret=SecretStr("another secret of more than 32 characters")) as second:
        assert not await lets_in(second, await token_of(desk, "anna"))
        assert await lets_in(second, await token_of(second, "anna"))


# ---------------------------------------------------------------- signing out


SIGN_OUT = "mutation($input: SignOutInput!) { signOut(input: $input) { errors { code } } }"


async def sign_out(desk: Desk, token: str, **input: Any) -> None:
    answer = await with_token(desk, token, SIGN_OUT, input=input)
    assert answer == {"data": {"signOut": {"errors": []}}}


@pytest.mark.parametrize("input", [{}, {"everywhere": False}])
async def test_signing_out_ends_the_token_that_asks_and_no_other(desk: Desk, input: dict[str, bool]) -> None:
    one, other = await token_of(desk, "anna"), await token_of(desk, "anna")
    await sign_out(desk, one, **input)
    assert not await lets_in(desk, one)
    assert await lets_in(desk, other)
    assert (await with_token(desk, one, SIGN_OUT, input=input))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await lets_in(desk, await token_of(desk, "anna"))


async def test_signing_out_everywhere_ends_all_tokens_of_the_login_and_of_no_other(desk: Desk) -> None:
    mine, bens = [await token_of(desk, "anna") for _ in range(3)], await token_of(desk, "ben")
    await sign_out(desk, mine[0], everywhere=True)
    for token in mine:
        assert not await lets_in(desk, token)
    assert await lets_in(desk, bens)
    assert await lets_in(desk, await token_of(desk, "anna"))


async def test_a_token_that_was_ended_is_ended_in_all_processes_within_two_seconds(desk: Desk, another: Any) -> None:
    async with another() as second:
        token = await token_of(desk, "anna")
        assert await lets_in(second, token)
        await sign_out(desk, token)
        assert not await lets_in(desk, token), "where it was ended it is so at once"
        await until_shut_out(second, token)


@pytest.mark.rule("R-162")
@pytest.mark.parametrize("everywhere", [False, True])
async def test_signing_out_ends_the_streams_of_the_token_with_an_error(desk: Desk, everywhere: bool) -> None:
    token = await token_of(desk, "anna")
    async with desk.socket(token=token) as socket:
        stream = await socket.subscribe("subscription { casesChanged { caseId } }")
        begun = time.monotonic()
        await sign_out(desk, token, everywhere=everywhere)
        assert await stream.error() == "UNAUTHENTICATED"
        assert time.monotonic() - begun < 2


async def test_signing_out_this_token_leaves_the_streams_of_another(desk: Desk) -> None:
    one, other = await token_of(desk, "anna"), await token_of(desk, "anna")
    async with desk.socket(token=other) as socket:
        stream = await socket.subscribe("subscription { caseHistoryAdded { summary } }")
        await sign_out(desk, one)
        await desk.register("ben")
        assert await stream.next() == {"summary": "Registered, by call."}


# ---------------------------------------------------------------- changing the password


async def change(desk: Desk, token: str, old: str, new: str) -> dict[str, Any]:
    answer = await with_token(desk, token, CHANGE, input={"oldPassword": old, "newPassword": new})
    assert "errors" not in answer, answer
    return dict(answer["data"]["changePassword"])


@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_a_new_password_ends_all_tokens_and_answers_a_new_one(desk: Desk, login: str) -> None:
    mine, other = await token_of(desk, login), await token_of(desk, login)
    bens = await token_of(desk, "ben")
    payload = await change(desk, mine, "demo", "correct horse")
    assert payload["errors"] == []
    assert payload["viewer"] == (await with_token(desk, payload["token"], ME))["data"]["viewer"]
    assert await lets_in(desk, payload["token"])
    assert not await lets_in(desk, mine)
    assert not await lets_in(desk, other)
    assert await lets_in(desk, bens)
    assert await sign_in(desk, login) == REFUSED
    assert (await sign_in(desk, login, "correct horse"))["errors"] == []


async def test_a_password_that_is_not_changed_leaves_all_as_it_was(desk: Desk) -> None:
    token = await token_of(desk, "anna")
    for old, new, code, field in (
        ("wrong", "correct horse", "INVALID", "oldPassword"),
        ("", "correct horse", "INVALID", "oldPassword"),
        ("demo\0", "correct horse", "INVALID", "oldPassword"),
        ("x" * 500_000, "correct horse", "INVALID", "oldPassword"),
        ("demo", "", "INVALID", "newPassword"),
        ("demo", "7 chars", "INVALID", "newPassword"),
        ("demo", "x" * 1_001, "LIMIT", "newPassword"),
        ("demo", "correct\0horse", "INVALID", "newPassword"),
    ):
        payload = await change(desk, token, old, new)
        assert (payload["token"], payload["expiresAt"], payload["viewer"]) == (None, None, None)
        assert [(error["code"], error["field"]) for error in payload["errors"]] == [(code, [field])]
    assert await lets_in(desk, token)
    assert (await sign_in(desk, "anna"))["errors"] == []


async def test_a_password_of_8_to_1_000_characters_is_taken_as_it_is(desk: Desk) -> None:
    token, old = await token_of(desk, "anna"), "demo"
    for new in ("8 chars.", "x" * 1_000, "  pass word  ", "пароль и \N{GRINNING FACE}"):
        token = (await change(desk, token, old, new))["token"]
        assert (await sign_in(desk, "anna", new))["errors"] == []
        assert await sign_in(desk, "anna", new + " ") == REFUSED
        old = new


@pytest.mark.rule("R-162")
async def test_a_new_password_ends_the_streams_of_the_old_one(desk: Desk) -> None:
    token = await token_of(desk, "anna")
    async with desk.socket(token=token) as socket:
        stream = await socket.subscribe("subscription { casesChanged { caseId } }")
        await change(desk, token, "demo", "correct horse")
        assert await stream.error() == "UNAUTHENTICATED"


# ---------------------------------------------------------------- the viewer


async def test_the_viewer_is_the_employee_with_what_is_hers(desk: Desk) -> None:
    case = await desk.register("ben", assigneeId=desk.ids["anna"])
    document = """{ viewer { user { name role email groups { name } supportLines { level } } contact { name } timeZone
      unreadCount notifications { nodes { reason entry { case { id } } } } cursor } }"""
    viewer = (await desk.run("anna", document))["viewer"]
    assert viewer.pop("cursor")
    assert viewer == {
        "user": {
            "name": "Anna Weber",
            "role": "AGENT",
            "email": "anna@caseline.example",
            "groups": [{"name": "First line"}],
            "supportLines": [{"level": 1}],
        },
        "contact": None,
        "timeZone": "UTC",
        "unreadCount": 1,
        "notifications": {"nodes": [{"reason": "ASSIGNED", "entry": {"case": {"id": case["id"]}}}]},
    }


async def test_the_viewer_is_the_customer_with_what_is_theirs(desk: Desk) -> None:
    await desk.register()
    document = (
        "{ viewer { user { name } contact { name account { name } cases { totalCount } } timeZone unreadCount } }"
    )
    assert (await desk.run("vera", document))["viewer"] == {
        "user": None,
        "contact": {
            "name": "Vera Lindqvist",
            "account": {"name": "Westhaven Hospital"},
            "cases": {"totalCount": 1},
        },
        "timeZone": "UTC",
        "unreadCount": 0,
    }
