"""The demo's stories are complete, differ from each other, and obey the desk's rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter
from typing import get_args

import pytest

from gql.demo.people import ACCOUNTS
from gql.demo.stories import STORIES
from gql.demo.stories.shape import (
    TEXTS,
    Cancel,
    Canceled,
    Category,
    Close,
    Escalate,
    Feed,
    Origin,
    Portal,
    Priority,
    Reopen,
    Resolve,
    Resolved,
    Slot,
    Step,
    Story,
    Take,
    Variant,
    Wait,
)

NAMES = {"customer": "Vera", "first": "Anna", "second": "Ben", "third": "Yusuf", "lead": "Dora"}
SLOTS = frozenset(get_args(Slot))
LINE_OF = {"first": 1, "second": 2, "third": 3}
FINAL = {"CLOSED", "CANCELED"}
ACTIVE = {"NEW", "IN_PROGRESS", "REOPENED"}
WISHED = {
    "NEW": 15,
    "IN_PROGRESS": 20,
    "WAITING": 12,
    "RESOLVED": 18,
    "REOPENED": 6,
    "CLOSED": 22,
    "CANCELED": 7,
}

by_subject = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.subject)


def every_case() -> Iterator[tuple[Story, Variant, Story]]:
    for story in STORIES:
        for variant in story.variants:
            yield story, variant, story.told(variant, NAMES)


def texts_of(step: Step) -> list[str]:
    return [getattr(step, name) for name in TEXTS if hasattr(step, name)]


def texts(story: Story) -> list[str]:
    return [story.subject, story.description, *(text for step in story.steps for text in texts_of(step))]


def fields_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


class Desk:
    """One case under the desk's rules: what a step may do to it, and what it is afterwards."""

    def __init__(self) -> None:
        self.status = "NEW"
        self.assignee: str | None = None
        self.line = 1

    def play(self, step: Step) -> None:
        assert self.status not in FINAL or isinstance(step, Feed), f"{step} on a final case"
        match step:
            case Feed():
                pass
            case Portal(by="customer"):
                if self.status in {"WAITING", "RESOLVED"}:
                    self.status, self.assignee = "REOPENED", None
            case Portal():
                assert self.status != "REOPENED", f"{step} before somebody has taken the reopened case"
            case Take(by=by):
                assert self.status in ACTIVE | {"WAITING"}, f"{step} when {self.status}"
                assert (self.status, self.assignee) != ("IN_PROGRESS", by), f"{step} takes what is theirs already"
                assert self.status != "IN_PROGRESS" or self.assignee is None, f"{step} when {self.assignee} has it"
                self.status, self.assignee = "IN_PROGRESS", by
            case Escalate(by=by, line=line, to=to):
                assert self.status in ACTIVE - {"REOPENED"}, f"{step} when {self.status}"
                assert line > self.line or (by == "lead" and line != self.line), f"{step} from line {self.line}"
                assert to is None or LINE_OF[to] == line, f"{step}: {to} does not belong to line {line}"
                self.line, self.assignee = line, to
            case Wait(by=by):
                assert (self.status, self.assignee) == ("IN_PROGRESS", by), f"{step} when {self.status}"
                self.status = "WAITING"
            case Resolve(by=by):
                assert (self.status, self.assignee) == ("IN_PROGRESS", by), f"{step} when {self.status}"
                self.status = "RESOLVED"
            case Cancel(by=by):
                assert (self.status, self.assignee) == ("IN_PROGRESS", by), f"{step} when {self.status}"
                self.status = "CANCELED"
            case Close():
                assert self.status == "RESOLVED", f"{step} when {self.status}"
                self.status = "CLOSED"
            case Reopen():
                assert self.status == "RESOLVED", f"{step} when {self.status}"
                self.status, self.assignee = "REOPENED", None


def after_all_steps(story: Story) -> Desk:
    desk = Desk()
    for step in story.steps:
        desk.play(step)
    return desk


@by_subject
def test_a_story_formats_with_each_of_its_variants(story: Story) -> None:
    for variant in story.variants:
        told = story.told(variant, NAMES)
        assert all(text.strip() == text and text for text in texts(told))
        assert not [text for text in texts(told) if "{" in text or "}" in text]


@by_subject
def test_the_variants_of_a_story_say_the_same_words_and_all_are_used(story: Story) -> None:
    used = set().union(*(fields_of(text) for text in texts(story))) - set(NAMES)
    for variant in story.variants:
        assert not set(variant) & set(NAMES)
        assert used - {"account"} == set(variant) - {"account"}


@by_subject
def test_a_story_obeys_the_rules_of_the_desk(story: Story) -> None:
    after_all_steps(story)


@by_subject
def test_time_goes_on_in_a_story(story: Story) -> None:
    assert all(1 <= step.gap_minutes <= 7 * 24 * 60 for step in story.steps)


@by_subject
def test_every_name_in_a_story_is_known(story: Story) -> None:
    assert story.category in get_args(Category)
    assert story.priority in get_args(Priority)
    assert story.origin in get_args(Origin)
    for step in story.steps:
        assert step.by in SLOTS or (isinstance(step, Portal) and step.by == "customer")
        match step:
            case Resolve(closure=closure):
                assert closure in get_args(Resolved)
            case Cancel(closure=closure):
                assert closure in get_args(Canceled)
            case Escalate(to=to):
                assert to is None or to in SLOTS


@by_subject
def test_mentions_are_those_that_the_note_names(story: Story) -> None:
    for step in story.steps:
        for text in texts_of(step):
            assert isinstance(step, Feed) or "@{" not in text, f"a mention outside the feed: {step}"
        if isinstance(step, Feed):
            assert set(re.findall(r"@\{(\w+)\}", step.body)) == set(step.mentions)
            assert step.by not in step.mentions


@by_subject
def test_customers_read_no_name_of_somebody_they_have_not_met(story: Story) -> None:
    met = {"customer"}
    for step in story.steps:
        met.add(step.by)
        if isinstance(step, Escalate) and step.to:
            met.add(step.to)
        if isinstance(step, Portal) and step.by != "customer":
            assert fields_of(step.body) & set(NAMES) <= met


@by_subject
def test_the_words_of_a_variant_leave_whole_sentences(story: Story) -> None:
    for variant in story.variants:
        for text in texts(story.told(variant, NAMES)):
            assert not re.match(r"[a-z]", text), text
            assert not re.search(r"(?<!\.)[.!?] [a-z]", text), text
            assert not re.search(r" {2}|(?<!\.)\.\.(?!\.)|[,;?!]\.|\.[,;]| [,;]", text), text


@pytest.mark.parametrize(
    "steps",
    [
        (Resolve("first", "Done.", "Resolved successfully", gap_minutes=1),),
        (Take("first", gap_minutes=1), Take("second", gap_minutes=1)),
        (Take("first", gap_minutes=1), Escalate("first", 2, "third", "Why.", gap_minutes=1)),
        (
            Take("first", gap_minutes=1),
            Wait("first", "Why.", gap_minutes=1),
            Portal("customer", "Here.", gap_minutes=1),
            Resolve("first", "Done.", "Resolved successfully", gap_minutes=1),
        ),
        (
            Take("first", gap_minutes=1),
            Cancel("first", "No fault found", "Why.", gap_minutes=1),
            Portal("customer", "Thanks.", gap_minutes=1),
        ),
    ],
    ids=["resolved-untaken", "taken-from-another", "wrong-line", "reopened-not-taken", "customer-on-a-final-case"],
)
def test_the_rules_here_refuse_what_the_desk_refuses(steps: tuple[Step, ...]) -> None:
    desk = Desk()
    for step in steps[:-1]:
        desk.play(step)
    with pytest.raises(AssertionError):
        desk.play(steps[-1])


def test_all_subjects_differ_and_are_short() -> None:
    subjects = [told.subject for _, _, told in every_case()]
    assert len(subjects) == len(set(subjects))
    assert all(len(subject) <= 200 for subject in subjects)


def test_there_are_about_sixty_stories_and_two_hundred_cases() -> None:
    assert 55 <= len(STORIES) <= 65
    assert all(3 <= len(story.variants) <= 4 for story in STORIES)
    assert 195 <= sum(1 for _ in every_case()) <= 215


def test_the_cases_end_in_all_statuses_in_the_wished_mix() -> None:
    ends = Counter(after_all_steps(story).status for story, _, _ in every_case())
    shares = {status: 100 * count / ends.total() for status, count in ends.items()}
    assert shares == pytest.approx(WISHED, abs=1.5)


def test_open_cases_lie_on_every_line() -> None:
    ends = [after_all_steps(story) for story in STORIES]
    assert {end.line for end in ends if end.status in ACTIVE} == {1, 2, 3}


def test_every_account_has_cases_and_those_with_a_login_in_the_cast_have_most() -> None:
    cases = Counter(variant["account"] for _, variant, _ in every_case())
    names = [account.name for account in ACCOUNTS]
    assert set(cases) == set(names)
    assert min(cases.values()) >= 8
    assert {name for name, _ in cases.most_common(2)} == set(names[:2])


def test_conversations_are_of_very_different_length() -> None:
    lengths = sorted(len(story.steps) for story in STORIES)
    assert lengths[0] == 0
    assert lengths[len(lengths) // 2] in range(4, 10)
    assert lengths[-1] >= 14
