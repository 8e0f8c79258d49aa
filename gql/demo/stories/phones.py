"""Stories about telephones: who rings when, who hears whom, what the mailbox says."""

from __future__ import annotations

from gql.demo.people import ARCHITECTS, BROKERS, COLD, HOSPITAL, HOTELS, HOUSING, LAW, LOGISTICS
from gql.demo.stories.shape import Escalate, Feed, Portal, Resolve, Story, Take, Wait, at

STORIES: tuple[Story, ...] = (
    Story(
        category="SERVICE_REQUEST",
        subject="Change who rings for {number}",
        description="Please change the group behind {number}: {change} From {start}, if possible. {why}",
        priority="MEDIUM",
        origin="EMAIL",
        variants=(
            at(
                HOUSING,
                number="the repairs line",
                change=(
                    "it should ring at Joan's and at the two temps' at the same time, and only after 20 seconds "
                    "at the front desk."
                ),
                start="Monday",
                why="At the moment the front desk takes every call and tenants wait.",
            ),
            at(
                HOTELS,
                number="extension 9",
                change=(
                    "between 23:00 and 6:00 it should go to the night manager's mobile instead of the empty reception."
                ),
                start="tonight",
                why="A guest with chest pain rang for four minutes last night.",
            ),
            at(
                LAW,
                number="the main number",
                change="take out Mr Obi, who has left, and put in the two trainees, one after the other.",
                start="the first of the month",
                why="The receptionist cannot tell callers who is in.",
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="One-way audio on calls to {target}",
        description=(
            "On calls to {target} we hear the other side, but they do not hear us. Not every time, "
            "perhaps one call in {ratio}. {effect}"
        ),
        priority="HIGH",
        origin="PORTAL",
        variants=(
            at(
                HOSPITAL,
                target="the ambulance control room",
                ratio="five",
                effect="They hang up and call back, which costs minutes that they do not have.",
                hint="but the two that we noted down came from the new handsets",
            ),
            at(
                LOGISTICS,
                target="drivers abroad",
                ratio="three",
                effect="Drivers think that nobody is there and drive on.",
                hint="but only roaming numbers so far, never a domestic one",
            ),
            at(
                BROKERS,
                target="the Lisbon office",
                ratio="ten",
                effect="Of course it is always the call with the client in it.",
                hint="but they may all have been transferred before",
            ),
        ),
        steps=(
            Take("first", gap_minutes=15),
            Portal(
                "first",
                "Hello {customer}, is there anything the bad calls have in common: a certain phone, "
                "transferred or direct, mobile or fixed network?",
                gap_minutes=5,
            ),
            Portal("customer", "Hard to say, {hint}.", gap_minutes=130),
            Escalate(
                "first",
                2,
                None,
                "One-way audio, intermittent. Needs a trace at the border controller; that is not first line's.",
                gap_minutes=20,
            ),
            Take("second", gap_minutes=50),
            Feed(
                "second",
                "Two media gateways, and I bet that one of them advertises its inside address. But the trace "
                "is only kept for two hours, so I need a call that has just happened.",
                gap_minutes=40,
            ),
            Portal(
                "second",
                "Hello {customer}, I have a suspicion and need one fresh example for proof. The next time it "
                "happens, please send me time and both numbers **within an hour**, here or by phone. I have "
                "set up the recording of the technical data (not of what is said).",
                gap_minutes=10,
            ),
            Wait("second", "Needs a fresh example with time and both numbers.", gap_minutes=1),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Voice messages for {number} no longer come by mail",
        description=(
            "Messages on the answering machine of {number} used to arrive as mail with a sound file. "
            "Since {since} nothing arrives, although callers say that they have left messages. {effect}"
        ),
        priority="MEDIUM",
        origin="EMAIL",
        variants=(
            at(
                ARCHITECTS,
                number="the site office",
                since="last Wednesday",
                effect="A subcontractor says he has warned us twice about a wrong delivery.",
                count="seven",
                cause="the mailbox was full of old faxes",
            ),
            at(
                COLD,
                number="the after-hours line",
                since="the weekend",
                effect="One of them was about a freezer at -2.",
                count="three",
                cause="the address it sends to belonged to somebody who has left",
            ),
            at(
                HOUSING,
                number="the emergency line",
                since="the move to the new system",
                effect="Tenants without heating are on there.",
                count="nineteen",
                cause="the new system still asked for a PIN that had never been set",
            ),
        ),
        steps=(
            Take("first", gap_minutes=12),
            Portal(
                "first",
                "The messages are there, {count} of them, they are just not sent. I am forwarding them to "
                "you by hand first, then I look for the reason.",
                gap_minutes=9,
            ),
            Portal(
                "customer",
                "Received all {count}. Some of these were really important. Thank you for doing it in this order.",
                gap_minutes=20,
            ),
            Feed(
                "first",
                "Reason: {cause}. No alarm on our side for mail that cannot be delivered from the voice "
                "system, @{lead} worth one?",
                ("lead",),
                gap_minutes=25,
            ),
            Resolve(
                "first",
                "Messages were not sent because {cause}. That is put right, a test message arrived by mail, "
                "and the {count} messages that had been held back were forwarded.",
                "Resolved successfully",
                gap_minutes=15,
            ),
            Feed("lead", "Worth one. I have asked for it.", gap_minutes=70),
        ),
    ),
)
