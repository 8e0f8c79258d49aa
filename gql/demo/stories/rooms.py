"""Stories about rooms and visitors: panels at doors, double bookings, guest wireless."""

from __future__ import annotations

from gql.demo.people import ARCHITECTS, BROKERS, COLLEGE, HOSPITAL, HOTELS, LAW, MUSEUM, UTILITY
from gql.demo.stories.shape import Close, Feed, Portal, Reopen, Resolve, Story, Take, at

STORIES: tuple[Story, ...] = (
    Story(
        category="INCIDENT",
        subject="Panel at {room} shows the wrong {what}",
        description="The panel at the door of {room} shows {shown}. {effect} In the calendar everything is right.",
        priority="LOW",
        origin="PORTAL",
        variants=(
            at(
                HOSPITAL,
                room="seminar room 2",
                what="time",
                shown="everything one hour late",
                effect=(
                    "People walk in while others are still in there, last time during a difficult talk with relatives."
                ),
                found="It takes the time from a server that is gone, and has been guessing since",
                todo="give it our own time server, and look at the other nine of that make",
            ),
            at(
                LAW,
                room="the Inner Temple room",
                what="names",
                shown="the subject of the meeting instead of *busy*",
                effect="Our clients' names are not for the corridor!",
                found="After the update the setting for private subjects is back at its default",
                todo="set it for all panels and leave this one dark until then",
            ),
            at(
                ARCHITECTS,
                room="the big table",
                what="meetings",
                shown="meetings of the Portland office",
                effect="We are not even in the same state.",
                found="Both offices have a room called *Big Table*, and the panel has taken the first",
                todo="rename one of them, once the two offices agree on which",
            ),
        ),
        steps=(
            Take("first", gap_minutes=65),
            Feed("first", "{found}.", gap_minutes=30),
            Portal(
                "first",
                "Hello {customer}, I know what it is and will {todo}. I expect to have that done by tomorrow evening.",
                gap_minutes=8,
            ),
            Portal(
                "customer",
                "Fine, thank you. Could you put a paper on the door until then? No? Then we do it.",
                gap_minutes=40,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{room} was booked twice again",
        description="{room} was booked twice {when}, by {one} and by {two}. Both had a confirmation. {effect}",
        priority="MEDIUM",
        origin="EMAIL",
        variants=(
            at(
                UTILITY,
                room="the council hall",
                when="on Monday",
                one="the works council",
                two="the fire brigade's training",
                effect="Forty people stood in front of sixty.",
                new="the same hall has two bookings for the 19th, one of them made through the old Outlook form",
            ),
            at(
                COLLEGE,
                room="life drawing studio B",
                when="on Wednesday evening",
                one="the evening class",
                two="a photographer who had paid",
                effect="The model did not know whom to follow.",
                new="studio B is taken twice on Friday, both confirmed by the system at the same minute",
            ),
            at(
                HOTELS,
                room="the Jacaranda suite",
                when="last Saturday",
                one="a christening",
                two="a company dinner",
                effect="We had to move the dinner to the terrace and give it away for nothing.",
                new="it has happened in the Acacia room as well, so it is not one room's calendar",
            ),
        ),
        steps=(
            Take("first", gap_minutes=75),
            Feed(
                "first",
                "The room accepts a booking when it cannot reach the calendar server, and compares later - "
                "which is never. That can be turned off.",
                gap_minutes=45,
            ),
            Portal(
                "first",
                "Hello {customer}, I am sorry for the scene that must have been. The room was allowed to "
                "confirm bookings without checking. I have turned that off: now it only confirms what it has "
                "checked.",
                gap_minutes=15,
            ),
            Resolve(
                "first",
                "The room no longer confirms bookings that it has not checked against the calendar.",
                "Resolved successfully",
                gap_minutes=10,
            ),
            Feed(
                "lead",
                "Went through the bookings of next week before calling {customer}: {new}. So that was not all of it.",
                gap_minutes=1300,
            ),
            Reopen("lead", "Double bookings still happen: {new}.", gap_minutes=4),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="Guest Wi-Fi for {event}",
        description=("{event} takes place {when} with about {count} guests. We need wireless access for them. {wish}"),
        priority="MEDIUM",
        origin="PORTAL",
        variants=(
            at(
                MUSEUM,
                event="the model boat convention",
                when="the weekend after next",
                count="300",
                wish="It should not ask for a mail address.",
                done="nobody is asked for a mail address",
                name="boats",
                network="`canal-guest`",
            ),
            at(
                HOSPITAL,
                event="the midwives' conference",
                when="from Thursday to Saturday",
                count="180",
                wish="The two streaming cameras have to be on it as well.",
                done="the two cameras have a lane of their own",
                name="midwives",
                network="`vh-event`",
            ),
            at(
                BROKERS,
                event="the partners' day",
                when="next Tuesday",
                count="60",
                wish="Nobody should get into our own network with it.",
                done="it has no way into your own network, I have tried",
                name="quayside",
                network="`aq-guest`",
            ),
            at(
                HOTELS,
                event="the surf film festival",
                when="in the first week of next month",
                count="450",
                wish="The jury uploads films of 20 GB, so it has to be quick.",
                done="the jury has a faster access of its own",
                name="bigwave",
                network="`banksia-event`",
            ),
        ),
        steps=(
            Take("first", gap_minutes=180),
            Portal(
                "first",
                "Hello {customer}, gladly. I suggest one password for all, `{name}` and a number, valid "
                "during the event only. Which rooms are used?",
                gap_minutes=15,
            ),
            Portal(
                "customer",
                "The large hall and the foyer. {count} is what we have registered, it may become more.",
                gap_minutes=260,
            ),
            Feed(
                "first",
                "Hall has two access points, good for perhaps 120 devices. Borrowing two from the pool; "
                "{second} sets up the limits per device.",
                gap_minutes=40,
            ),
            Portal(
                "first",
                "Two more access points are coming for the time of the event. The password is on a sheet for "
                "printing in your file portal, with a code for the camera. Taken care of as well: {done}.",
                gap_minutes=90,
            ),
            Portal("customer", "Perfect, the sheet is hanging in the foyer already.", gap_minutes=120),
            Resolve(
                "first",
                "Guest network {network} is set up for the event and switches itself off afterwards; two "
                "extra access points are installed in the hall.",
                "Resolved successfully",
                gap_minutes=1500,
            ),
            Close("first", gap_minutes=4320),
        ),
    ),
)
