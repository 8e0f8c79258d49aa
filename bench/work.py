"""What servers are asked: the operations, what each is to cost beside the peers, and when two answers are the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.desk import Bench

Variables = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Goal:
    """How much CPU a peer takes, as a multiple of the desk's; for a limit, the desk as a multiple of the limit's."""

    must: float
    aim: float


@dataclass(frozen=True, slots=True)
class Work:
    """One operation, with the variables that it is sent with in turn."""

    title: str
    name: str
    document: str
    variables: Callable[[Bench], Variables]
    peers: dict[str, Goal]
    """At least so many times the desk's CPU."""
    limits: dict[str, Goal] = field(default_factory=dict)
    """The desk takes at most so many times the CPU of these."""
    postgraphile: str = ""
    """The same in the schema that PostGraphile makes of the desk's tables."""

    def bodies(self, bench: Bench, server: str = "") -> list[dict[str, Any]]:
        """What is sent to a server: PostGraphile has a schema of its own, all others the desk's."""
        document, given = self.document, self.variables(bench)
        if server == POSTGRAPHILE:
            document, given = self.postgraphile, [_with_row_id(variables) for variables in given]
        return [{"query": document, "operationName": self.name, "variables": variables} for variables in given]


def _with_row_id(variables: dict[str, Any]) -> dict[str, Any]:
    return {name: int(value.partition("_")[2]) if name == "id" else value for name, value in variables.items()}


BY_HAND, CONSTANT = "by hand", "constant bytes"
NAIVE, MERCURIUS, POSTGRAPHILE = "naive twin", "mercurius", "PostGraphile"

PAGE = """query Page($first: Int!) {
  cases(filter: {}, first: $first) {
    nodes {
      id number subject priority registeredAt
      status { name }
      contact { id name account { id name } }
      account { id name }
      assignee { id name }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

WORKS = (
    Work(
        "page of 50 cases with contact, account, assignee, status",
        "Page",
        PAGE,
        lambda bench: [{"first": 50}],
        {NAIVE: Goal(20, 35), MERCURIUS: Goal(2, 3)},
        {BY_HAND: Goal(2, 1.3)},
        postgraphile="""query Page($first: Int!) {
  openCases(first: $first) {
    nodes {
      rowId number subject priority registeredAt
      caseStatusByStatusId { name }
      contactByContactId { rowId name accountByAccountId { rowId name } }
      accountByAccountId { rowId name }
      deskUserByAssigneeId { rowId name }
    }
    pageInfo { hasNextPage endCursor }
  }
}""",
    ),
    Work(
        "a case with 20 history entries of three kinds and their actors",
        "OneCase",
        """query OneCase($id: ID!) {
  case(by: {id: $id}) {
    id number subject
    status { name }
    history(last: 20) {
      nodes {
        __typename id at
        actor { __typename name ... on User { id } ... on Contact { id } }
        ... on FeedPost { body }
        ... on PortalMessage { body }
        ... on CaseStatusChanged { from { name } to { name } }
      }
      pageInfo { hasPreviousPage }
    }
  }
}""",
        lambda bench: [{"id": f"Case_{id}"} for id in bench.history_ids],
        {NAIVE: Goal(12, 20), MERCURIUS: Goal(1.1, 1.5)},
        {BY_HAND: Goal(2, 1.4)},
        postgraphile="""query OneCase($id: Int!) {
  seenCase(caseId: $id) {
    rowId number subject
    caseStatusByStatusId { name }
    entriesByCaseId(last: 20) {
      nodes {
        kind rowId at payload
        deskUserByActorUserId { rowId name }
        contactByActorContactId { rowId name }
        feedPostByFeedPostId { body }
        portalMessageByPortalMessageId { body }
      }
      pageInfo { hasPreviousPage }
    }
  }
}""",
    ),
    Work(
        "20 contacts with 5 cases each",
        "Contacts",
        """query Contacts($first: Int!) {
  contacts(first: 20) {
    nodes {
      id name
      cases(filter: {includeFinal: true}, first: $first) {
        nodes { id number subject status { name } }
        pageInfo { hasNextPage }
      }
    }
  }
}""",
        lambda bench: [{"first": 5}],
        {NAIVE: Goal(20, 40), MERCURIUS: Goal(2, 3)},
        {BY_HAND: Goal(2, 1.3)},
        postgraphile="""query Contacts($first: Int!) {
  allContacts(first: 20, orderBy: [NAME_KEY_ASC, PRIMARY_KEY_ASC]) {
    nodes {
      rowId name
      seenCases(first: $first) {
        nodes { rowId number subject caseStatusByStatusId { name } }
        pageInfo { hasNextPage }
      }
    }
  }
}""",
    ),
    Work(
        "`viewer { user { id } }`",
        "Viewer",
        "query Viewer { viewer { user { id } } }",
        lambda bench: [{}],
        {NAIVE: Goal(15, 25), MERCURIUS: Goal(0.8, 0.9)},
        {CONSTANT: Goal(2, 1.4)},
        postgraphile="query Viewer { viewer { rowId } }",
    ),
    Work(
        "posting to the feed",
        "Post",
        """mutation Post($id: ID!, $body: String!) {
  postToFeed(input: {caseId: $id, body: $body}) {
    feedPost { id at body actor { name } }
    errors { code message }
  }
}""",
        lambda bench: [
            {"id": f"Case_{id}", "body": "The fuse is in the second cabinet, behind the panel."}
            for id in bench.case_ids
        ],
        {NAIVE: Goal(8, 12), MERCURIUS: Goal(0.6, 0.9)},
        postgraphile="""mutation Post($id: Int!, $body: String!) {
  postToFeed(input: {caseId: $id, body: $body}) {
    result { rowId at body deskUserByActorUserId { name } }
  }
}""",
    ),
)

FEED = "subscription Feed($id: ID!) { feedPostAdded(caseId: $id) { id cursor at body actor { name } } }"


class Different(Exception):
    """Two servers answer the same operation differently."""

    def __init__(self, work: str, server: str, expected: Any, told: Any) -> None:
        super().__init__(f"{work}: {server} answers\n{told!s:.2000}\nand the desk\n{expected!s:.2000}")


def normal(told: Any) -> Any:
    """An answer without what may differ: cursors, how an instant is written, and the ids and instants of new rows.

    Raises ValueError for one with errors.
    """
    if isinstance(told, dict):
        if told.get("errors"):
            raise ValueError(f"answered with errors: {told['errors']}")
        return {key: _plain(key, value) for key, value in told.items() if key != "extensions"}
    return [normal(item) for item in told] if isinstance(told, list) else told


def _plain(key: str, value: Any) -> Any:
    if key in ("cursor", "endCursor"):
        return bool(value)
    if key == "feedPost" or key == "feedPostAdded":
        return normal({**value, "id": "new", "at": "now"})
    if isinstance(value, str) and key.lower().endswith("at"):
        return re.sub(r"\.?0*(Z|\+00:00)$", "Z", value)
    return normal(value)


DIFFERENT = ("id", "rowId", "__typename", "kind", "priority", "at", "registeredAt", "endCursor")
"""Fields that PostGraphile has other values of: its ids are numbers, and enums that the tables hold as such too."""


def texts(told: Any) -> list[str]:
    """Every text of an answer, in order: what is compared where the schema is another."""
    if isinstance(told, dict):
        return sorted(text for key, value in told.items() if key not in DIFFERENT for text in texts(value))
    if isinstance(told, list):
        return sorted(text for item in told for text in texts(item))
    return [told] if isinstance(told, str) else []


def same(work: str, server: str, expected: Any, told: Any) -> None:
    """Raises Different when an answer does not say what the desk's says."""
    if server == POSTGRAPHILE:
        alike = not told.get("errors") and texts(told) == texts(expected)
    else:
        alike = normal(told) == normal(expected)
    if not alike:
        raise Different(work, server, expected, told)
