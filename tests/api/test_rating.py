"""The customer's word: grades, what they do to a case, and who may give them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gql.actions import satisfaction
from gql.settings import Settings
from gql.store import Case, CaseStatus, Entry, Login, SatisfactionLevel
from gql.tokens import Tokens
from tests.api.setting_up import DELIVERED, put, registered_as, row_id, running_after, with_setting
from tests.running import Desk, app_lookups, running

GRADED = "status { code } satisfaction { level { name points } comment ratedAt }"
ASKED = """query($token: String!) { ratingAsked(token: $token) {
  caseNumber caseSubject levels { name points statusAfter { code } } satisfaction { level { name } comment } } }"""
TOLD = "{ viewer { notifications { nodes { reason entry { case { id } } } } } }"


async def rate(desk: Desk, login: str, case_id: str, level: str, comment: str | None = None) -> dict[str, Any]:
    """What the case shows once somebody graded it on the portal."""
    given = {"by": {"caseId": case_id}, "levelId": desk.ids[level], "comment": comment}
    return dict((await desk.done(login, "rateCase", f"case {{ {GRADED} }}", **given))["case"])


async def rated_by_letter(desk: Desk, token: str, level: str, comment: str | None = None) -> dict[str, Any]:
    """The payload of a grade that is given without a login."""
    document = """mutation($input: RateCaseInput!) { rateCase(input: $input) {
      case { id } errors { code message field } } }"""
    input = {"by": {"token": token}, "levelId": desk.ids[level], "comment": comment}
    return dict((await desk.run(None, document, input=input))["rateCase"])


async def letter(desk: Desk, case_id: str, now: datetime | None = None) -> str:
    """The token of the letter that asks the case's contact."""
    with desk.database():
        case = await Case.get(id=row_id(case_id))
    token = satisfaction.rating_token(case, desk.app.state.desk.tokens, now or datetime.now(UTC), app_lookups(desk))
    assert token is not None
    return token


async def offered(desk: Desk) -> list[dict[str, Any]]:
    """The grades that can be given."""
    shown = "{ lookups { satisfactionLevels { name points } } }"
    return list((await desk.run("vera", shown))["lookups"]["satisfactionLevels"])


async def entries(desk: Desk) -> int:
    with desk.database():
        return await Entry.all().count()


async def told(desk: Desk, login: str, case_id: str) -> list[str]:
    nodes = (await desk.run(login, TOLD))["viewer"]["notifications"]["nodes"]
    return [node["reason"] for node in nodes if node["entry"]["case"]["id"] == case_id]


# ---------------------------------------------------------------- the scale


@pytest.mark.rule("R-86")
@pytest.mark.parametrize("login", ["anna", "vera"])
async def test_a_new_desk_has_five_grades_of_which_two_reopen(desk: Desk, login: str) -> None:
    shown = "{ lookups { satisfactionLevels { name points inUse statusAfter { code } } } }"
    levels = (await desk.run(login, shown))["lookups"]["satisfactionLevels"]
    assert [(level["points"], level["name"], level["statusAfter"]["code"]) for level in levels] == [
        (1, "Extremely poor", "REOPENED"),
        (2, "Poor", "REOPENED"),
        (3, "Neutral", "CLOSED"),
        (4, "Good", "CLOSED"),
        (5, "Excellent", "CLOSED"),
    ]
    assert all(level["inUse"] for level in levels)


@pytest.mark.rule("R-86")
async def test_a_scale_of_the_desks_own_may_have_any_number_of_grades(settings: Settings) -> None:
    async def longer() -> None:
        for points in range(6, 11):
            await SatisfactionLevel.create(name=f"Better than {points - 1}", points=points)

    async with running_after(settings, longer) as desk:
        assert [level["points"] for level in await offered(desk)] == list(range(1, 11))
        id = await registered_as(desk, "RESOLVED")
        graded = await rate(desk, "vera", id, "Better than 9")
        assert (graded["status"]["code"], graded["satisfaction"]["level"]["points"]) == ("RESOLVED", 10)


@pytest.mark.rule("R-86")
async def test_a_grade_that_was_retired_is_not_given_any_more_and_stays_where_it_was(
    desk: Desk, settings: Settings
) -> None:
    old = await registered_as(desk, "RESOLVED")
    await rate(desk, "vera", old, "Neutral")

    async def retired() -> None:
        assert await SatisfactionLevel.filter(name="Neutral").update(in_use=False) == 1

    async with running_after(settings, retired) as later:
        assert "Neutral" not in [level["name"] for level in await offered(later)]
        new = await registered_as(later, "RESOLVED")
        error = await later.refused("vera", "rateCase", by={"caseId": new}, levelId=later.ids["Neutral"])
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["levelId"])
        assert (await later.case("vera", old, GRADED))["satisfaction"]["level"]["name"] == "Neutral"


# ---------------------------------------------------------------- what a grade does


@pytest.mark.rule("R-87")
@pytest.mark.parametrize(
    ("level", "after"),
    [
        ("Extremely poor", "REOPENED"),
        ("Poor", "REOPENED"),
        ("Neutral", "CLOSED"),
        ("Good", "CLOSED"),
        ("Excellent", "CLOSED"),
    ],
)
async def test_a_grade_for_a_resolved_case_leads_it_where_the_scale_says(desk: Desk, level: str, after: str) -> None:
    id = await registered_as(desk, "RESOLVED")
    graded = await rate(desk, "vera", id, level, "Thank you, all of you.")
    assert graded["status"]["code"] == after
    given = graded["satisfaction"]
    assert (given["level"]["name"], given["comment"]) == (level, "Thank you, all of you.")


@pytest.mark.rule("R-87")
async def test_what_a_grade_does_is_read_from_the_scale(settings: Settings) -> None:
    async def turned_round() -> None:
        reopened, waiting = await CaseStatus.get(code="REOPENED"), await CaseStatus.get(code="WAITING")
        await SatisfactionLevel.filter(name="Excellent").update(status_after_id=reopened.id)
        await SatisfactionLevel.filter(name="Good").update(status_after_id=waiting.id)
        await SatisfactionLevel.filter(name="Poor").update(status_after_id=None)

    async with running_after(settings, turned_round) as desk:
        for level, after in (("Excellent", "REOPENED"), ("Good", "WAITING"), ("Poor", "RESOLVED")):
            id = await registered_as(desk, "RESOLVED")
            assert (await rate(desk, "vera", id, level))["status"]["code"] == after


@pytest.mark.rule("R-88")
async def test_a_poor_grade_clears_the_assignee_and_tells_the_group_that_is_kept(desk: Desk) -> None:
    id = await registered_as(desk, "IN_PROGRESS", assigneeGroupId=desk.ids["group First line"])
    await desk.done("anna", "resolveCase", caseId=id, resolution="Put out.")
    before = len(await told(desk, "cleo", id))
    await rate(desk, "vera", id, "Poor")
    hands = await desk.case("anna", id, "assignee { name } assigneeGroup { name }")
    assert hands == {"assignee": None, "assigneeGroup": {"name": "First line"}}
    for member in ("anna", "cleo"):
        assert (await told(desk, member, id))[0] == "GROUP_ASSIGNED"
    assert len(await told(desk, "cleo", id)) == before + 1
    assert await told(desk, "ben", id) == []


@pytest.mark.rule("R-88")
async def test_where_the_desk_keeps_assignees_a_poor_grade_tells_the_assignee(settings: Settings) -> None:
    async with running_after(settings, with_setting("ClearAssigneeOnCaseReopening", False)) as desk:
        id = await registered_as(desk, "IN_PROGRESS")
        await desk.done("anna", "resolveCase", caseId=id, resolution="Put out.")
        await rate(desk, "vera", id, "Poor")
        assert (await desk.case("dora", id, "assignee { name }"))["assignee"] == {"name": "Anna Weber"}
        assert (await told(desk, "anna", id))[0] == "ASSIGNED"


@pytest.mark.rule("R-91")
@pytest.mark.parametrize("code", [code for code in DELIVERED if code != "RESOLVED"])
async def test_a_grade_for_a_case_that_is_not_resolved_is_kept_and_moves_nothing(desk: Desk, code: str) -> None:
    id = await registered_as(desk, code)
    for level in ("Poor", "Excellent"):
        graded = await rate(desk, "vera", id, level)
        assert (graded["status"]["code"], graded["satisfaction"]["level"]["name"]) == (code, level)


@pytest.mark.rule("R-91")
@pytest.mark.rule("R-92")
async def test_another_grade_takes_the_place_of_the_one_before(settings: Settings) -> None:
    async def moves_nothing() -> None:
        await SatisfactionLevel.all().update(status_after_id=None)

    async with running_after(settings, moves_nothing) as desk:
        id = await registered_as(desk, "RESOLVED")
        await rate(desk, "vera", id, "Poor", "Still warm.")
        graded = await rate(desk, "vera", id, "Good")
        assert (graded["satisfaction"]["level"]["name"], graded["satisfaction"]["comment"]) == ("Good", None)
        entries = await desk.history("vera", id, "__typename ... on CaseRated { level { name } comment }")
        given = [(e["level"]["name"], e["comment"]) for e in entries if e["__typename"] == "CaseRated"]
        assert given == [("Poor", "Still warm."), ("Good", None)]


@pytest.mark.rule("R-91")
async def test_the_same_grade_twice_is_recorded_once_unless_the_case_was_resolved_anew(desk: Desk) -> None:
    id = await registered_as(desk, "RESOLVED")
    await rate(desk, "vera", id, "Poor")
    before = await entries(desk)
    assert (await rate(desk, "vera", id, "Poor"))["status"]["code"] == "REOPENED"
    assert await entries(desk) == before
    await desk.done("anna", "resolveCase", caseId=id, resolution="Now really.")
    assert (await rate(desk, "vera", id, "Poor"))["status"]["code"] == "REOPENED"


@pytest.mark.rule("R-89")
async def test_the_comment_is_in_the_history_of_both_sides_and_is_found_there(desk: Desk) -> None:
    id = await registered_as(desk, "RESOLVED")
    await rate(desk, "vera", id, "Excellent", "Quick and friendly.")
    search = """history(filter: {search: "frien"}) { nodes { __typename summary actor { name }
      ... on CaseRated { level { name } comment } } }"""
    for login in ("vera", "anna"):
        [entry] = (await desk.case(login, id, search))["history"]["nodes"]
        assert entry == {
            "__typename": "CaseRated",
            "summary": "Graded: Excellent.",
            "actor": {"name": "Vera Lindqvist"},
            "level": {"name": "Excellent"},
            "comment": "Quick and friendly.",
        }


# ---------------------------------------------------------------- who may


@pytest.mark.rule("R-92")
async def test_of_employees_supervisors_change_a_grade_and_agents_do_not(desk: Desk) -> None:
    id = await registered_as(desk, "RESOLVED")
    error = await desk.refused("anna", "rateCase", by={"caseId": id}, levelId=desk.ids["Good"])
    assert error["code"] == "FORBIDDEN"
    for login, may in (("anna", False), ("dora", True), ("vera", True)):
        assert ("RATE" in (await desk.case(login, id, "viewerActions"))["viewerActions"]) is may
    assert (await rate(desk, "dora", id, "Good", "By phone."))["satisfaction"]["comment"] == "By phone."


@pytest.mark.rule("R-161")
async def test_nobody_grades_the_case_of_another_customer(desk: Desk) -> None:
    id = await registered_as(desk, "RESOLVED")
    for case in (id, "Case_987654321"):
        error = await desk.refused("paul", "rateCase", by={"caseId": case}, levelId=desk.ids["Good"])
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["by", "caseId"])


# ---------------------------------------------------------------- by a letter


@pytest.mark.rule("R-90")
async def test_a_letters_token_shows_what_is_asked_without_a_login_and_records_nothing(desk: Desk) -> None:
    id = await registered_as(desk, "RESOLVED", subject="Smoke in room 4")
    token = await letter(desk, id)
    before = await entries(desk)
    for _ in range(3):
        asked = (await desk.run(None, ASKED, token=token))["ratingAsked"]
    assert asked["caseSubject"] == "Smoke in room 4"
    assert asked["caseNumber"] == (await desk.case("vera", id, "number"))["number"]
    assert [level["points"] for level in asked["levels"]] == [1, 2, 3, 4, 5]
    assert asked["levels"][0]["statusAfter"] == {"code": "REOPENED"}
    assert asked["satisfaction"] is None
    assert await entries(desk) == before
    assert (await desk.case("vera", id, GRADED))["satisfaction"] is None


@pytest.mark.rule("R-90")
@pytest.mark.rule("R-89")
async def test_a_letters_token_grades_in_the_contacts_name(desk: Desk) -> None:
    id = await registered_as(desk, "RESOLVED")
    token = await letter(desk, id)
    assert await rated_by_letter(desk, token, "Excellent", "Quick.") == {"case": None, "errors": []}
    graded = await desk.case("vera", id, GRADED)
    assert (graded["status"]["code"], graded["satisfaction"]["level"]["name"]) == ("CLOSED", "Excellent")
    asked = (await desk.run(None, ASKED, token=token))["ratingAsked"]
    assert asked["satisfaction"] == {"level": {"name": "Excellent"}, "comment": "Quick."}
    assert (await desk.history("anna", id, "actor { __typename name }"))[-1]["actor"]["name"] == "Vera Lindqvist"


@pytest.mark.rule("R-90")
async def test_somebody_else_who_is_signed_in_and_has_the_letter_grades_for_its_contact_and_is_not_shown_the_case(
    desk: Desk,
) -> None:
    id = await registered_as(desk, "RESOLVED")
    input = {"by": {"token": await letter(desk, id)}, "levelId": desk.ids["Good"]}
    assert (await desk.done("paul", "rateCase", "case { id }", **input))["case"] is None
    asked = (await desk.run("paul", ASKED, token=input["by"]["token"]))["ratingAsked"]
    assert asked["satisfaction"]["level"] == {"name": "Good"}


@pytest.mark.rule("R-90")
async def test_tokens_that_are_not_good_are_told_alike(desk: Desk, settings: Settings) -> None:
    id, other = await registered_as(desk, "RESOLVED"), await registered_as(desk, "RESOLVED")
    moved = await letter(desk, other)
    await put(desk, other, contact_id=row_id(desk.ids["paul"]))
    gone = await letter(desk, id)
    elsewhere = Tokens("another secret, of thirty-two characters", minutes=60)
    with desk.database():
        case, vera = await Case.get(id=row_id(id)), await Login.get(name="vera")
        foreign = satisfaction.rating_token(case, elsewhere, datetime.now(UTC), app_lookups(desk))
    signed_in, _ = desk.app.state.desk.tokens.issue(vera.id, vera.generation, datetime.now(UTC))
    old = await letter(desk, id, datetime.now(UTC) - timedelta(days=31))
    before = await entries(desk)
    answers = set()
    for token in (foreign, signed_in, old, moved, gone[:-3], "", "nonsense", "x" * 20_000, "a\0b"):
        assert (await desk.run(None, ASKED, token=token))["ratingAsked"] is None, token
        payload = await rated_by_letter(desk, token, "Good")
        [error] = payload["errors"]
        answers.add((error["code"], error["message"], *error["field"]))
    assert answers == {("NOT_FOUND", "There is no such case.", "by", "token")}
    assert await entries(desk) == before


@pytest.mark.rule("R-90")
async def test_a_letters_token_lets_nobody_in(desk: Desk) -> None:
    token = await letter(desk, await registered_as(desk, "RESOLVED"))
    response = await desk.post({"query": "{ viewer { timeZone } }"}, authorization=f"Bearer {token}")
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.rule("R-90")
async def test_how_long_a_letter_can_be_answered_is_a_setting(desk: Desk, settings: Settings) -> None:
    id = await registered_as(desk, "RESOLVED")
    async with running_after(settings, with_setting("RatingLinkDays", 60)) as patient:
        token = await letter(patient, id, datetime.now(UTC) - timedelta(days=31))
    now = datetime.now(UTC)
    async with running(settings, lambda: now + timedelta(days=28)) as later:
        assert (await later.run(None, ASKED, token=token))["ratingAsked"] is not None
    async with running(settings, lambda: now + timedelta(days=30)) as later:
        assert (await later.run(None, ASKED, token=token))["ratingAsked"] is None


# ---------------------------------------------------------------- live


async def test_a_grade_is_told_to_those_who_look_on(desk: Desk) -> None:
    id = await registered_as(desk, "RESOLVED")
    document = "subscription($id: ID!) { caseHistoryAdded(caseId: $id) { __typename summary } }"
    async with desk.stream("vera", document, id=id) as stream:
        await rate(desk, "vera", id, "Good")
        items = await stream.take(2)
    assert [item["__typename"] for item in items] == ["CaseRated", "CaseStatusChanged"]
