"""Stories about e-mail: late, missing, shared, too large."""

from __future__ import annotations

from gql.demo.people import (
    ARCHITECTS,
    BAKERY,
    BROKERS,
    COLLEGE,
    HOSPITAL,
    HOTELS,
    HOUSING,
    LAW,
    LOGISTICS,
    MUSEUM,
    PUMPS,
    RESORT,
    UTILITY,
)
from gql.demo.stories.shape import Cancel, Close, Escalate, Feed, Portal, Resolve, Story, Take, Wait, at

STORIES: tuple[Story, ...] = (
    Story(
        category="INCIDENT",
        subject="Mails to {recipient} arrive hours late",
        description=(
            "Our mails to {recipient} take {delay} to arrive, every day since {since}. Their mails to us "
            "are quick. {effect}"
        ),
        priority="HIGH",
        origin="EMAIL",
        variants=(
            at(
                LAW,
                recipient="the court's registry",
                delay="three to five hours",
                since="Monday",
                effect="With filing deadlines at midnight I do not have to explain what that means.",
            ),
            at(
                BAKERY,
                recipient="our flour supplier",
                delay="until the next morning",
                since="the new phone system went in",
                effect="Twice now the delivery did not come because the order had not.",
            ),
            at(
                LOGISTICS,
                recipient="the port of Genoa",
                delay="four hours at least",
                since="the first of the month",
                effect="Containers stay where they are until the papers are there, and every day in port costs money.",
            ),
        ),
        steps=(
            Take("first", gap_minutes=20),
            Portal(
                "first",
                "Hello {customer}, please forward me one of these mails as an attachment, not inline, so "
                "that the path it took comes along. Best a recent one.",
                gap_minutes=8,
            ),
            Portal(
                "customer",
                "I have just sent one of last week to your address. You can see for yourself when it was "
                "sent and when it arrived.",
                gap_minutes=20,
            ),
            Feed(
                "first",
                "Header: leaves us at once, then sits at the recipient's filter with `451 4.7.1 greylisted, "
                "try again` - and our relay tries again from a *different* address each time, so it starts "
                "over.",
                gap_minutes=35,
            ),
            Escalate(
                "first",
                2,
                None,
                "Greylisting on their side meets rotating addresses on ours. Needs a fixed outgoing address "
                "for this recipient.",
                gap_minutes=4,
            ),
            Take("second", gap_minutes=65),
            Portal(
                "second",
                "We know the reason: their filter asks unknown senders to try again later, and for it we "
                "look like a new sender each time. I am giving your mails to {recipient} one fixed way out.",
                gap_minutes=30,
            ),
            Feed(
                "second",
                "Route is in. First mail went through after 15 minutes, which is their minimum. I want a "
                "full day of figures before I call it done.",
                gap_minutes=80,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Attachments to {recipient} come back",
        description=(
            "Whenever I send {what} to {recipient} the mail comes back after a minute. Without the "
            "attachment it goes through. I need to send it by {until}."
        ),
        priority="MEDIUM",
        origin="PORTAL",
        variants=(
            at(ARCHITECTS, recipient="the building authority", what="a set of drawings", until="Friday noon"),
            at(PUMPS, recipient="the customer in Gdynia", what="the test reports", until="tomorrow evening"),
            at(
                RESORT,
                recipient="the insurance adjuster",
                what="photos of the damage to lift 3",
                until="the end of the week",
            ),
        ),
        steps=(
            Take("first", gap_minutes=35),
            Portal(
                "first",
                "Hi {customer}, the mail that comes back contains the reason, usually in a line beginning "
                "with `550` or `552`. Could you paste that mail here, whole, even if it looks like "
                "gibberish? And roughly how big is the attachment?",
                gap_minutes=6,
            ),
            Wait("first", "Need the text of the returned mail.", gap_minutes=1),
            Feed(
                "first",
                "If they do not answer by tomorrow: nothing in our outbound log for that address above 20 "
                "MB, so it may well be their own program that refuses. Ask for a remote session then.",
                gap_minutes=30,
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="Shared mailbox {address} for {team}",
        description=(
            "{team} would like a shared mailbox `{address}`. {members} should be able to read it and "
            "answer in its name. {why}"
        ),
        priority="LOW",
        origin="PORTAL",
        variants=(
            at(
                MUSEUM,
                address="schools@",
                team="the education team",
                members="Priscilla, Owen and the two volunteers",
                why="School bookings go to Owen personally today and he is on leave for three weeks from Monday.",
                owner="Priscilla Dunn",
            ),
            at(
                BAKERY,
                address="allergens@",
                team="quality control",
                members="Four people",
                why="The new labels print this address, so it has to exist before they do.",
                owner="Rosalind Pike",
            ),
            at(
                RESORT,
                address="lostandfound@",
                team="guest services",
                members="The six people on the desk",
                why="Last season everybody had a bit of the gloves in their own inbox.",
                owner="Marisol Vega",
            ),
            at(
                HOUSING,
                address="repairs-north@",
                team="the northern patch",
                members="Tom and the three surveyors",
                why="Tenants get an answer from whoever is on duty then.",
                owner="Tom Ashworth",
            ),
        ),
        steps=(
            Take("first", gap_minutes=140),
            Portal(
                "first",
                "Gladly. Who shall be the owner? That is the person we ask when somebody else wants in. And "
                "do you want a copy of what was sent to stay in the shared mailbox? Most teams do.",
                gap_minutes=10,
            ),
            Portal("customer", "{owner}. And yes please, with copies.", gap_minutes=60),
            Feed(
                "first",
                "Created, owner set, copies on. Note for whoever comes after me: the name in the directory "
                "has to stay hidden until {owner} says so.",
                gap_minutes=45,
            ),
            Resolve(
                "first",
                "The mailbox `{address}` exists. It appears in the mail program of the members by itself "
                "within an hour; if not, close and open the program once. Owner: {owner}.",
                "Resolved successfully",
                gap_minutes=10,
            ),
        ),
    ),
    Story(
        category="CONSULTATION",
        subject="How can we send {what} to {recipient}?",
        description=(
            "We have to get {what} to {recipient}, about {size}. By mail it is too big, and {objection}. "
            "What do you recommend?"
        ),
        priority="LOW",
        origin="CHAT",
        variants=(
            at(
                ARCHITECTS,
                what="a point cloud",
                recipient="the structural engineer",
                size="38 GB",
                objection="the free services are forbidden by our client",
                days="14",
                keep="the engineer can upload the marked-up version to the same place",
            ),
            at(
                HOSPITAL,
                what="training videos",
                recipient="the nursing college",
                size="6 GB",
                objection="USB sticks are not allowed any more, rightly",
                days="30",
                keep="no patient may be recognisable in them. If one is, stop and ask us first",
            ),
            at(
                UTILITY,
                what="scanned pipe plans",
                recipient="the planning office",
                size="11 GB",
                objection="a courier with a disk feels like 1998",
                days="7",
                keep="the plans count as critical infrastructure, so choose *named persons only*",
            ),
        ),
        steps=(
            Take("first", gap_minutes=5),
            Portal(
                "first",
                "Good that you ask first. You already have something for this: the *Exchange* area of your "
                "file portal. Make a folder, add the outside person by mail address, set an end date ({days} "
                "days is usual) and upload. They get a link and a code by text message. One more thing: "
                "{keep}.",
                gap_minutes=12,
            ),
            Portal("customer", "I did not know we had that. Does it cost extra?", gap_minutes=6),
            Feed("first", "Exchange is in their package up to 100 GB, they use 2. Fine.", gap_minutes=4),
            Portal(
                "first",
                "No, up to 100 GB it is part of your package, and expired folders empty themselves.",
                gap_minutes=2,
            ),
            Resolve(
                "first",
                "Recommended the *Exchange* area of the file portal, with named recipients and an end date "
                "of {days} days.",
                "Information provided",
                gap_minutes=15,
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="Update of the mailing list {list}",
        description="Please update the list {list}. Out: {out}. In: {into}. {note}",
        priority="LOW",
        origin="EMAIL",
        variants=(
            at(
                HOSPITAL,
                list="on-call-surgery",
                out="Dr Ek and Dr Palm",
                into="Dr Osei from the first of the month",
                note="The switchboard uses this list at night, so it must not be empty for a minute.",
                odd="an address of the old paging company, which nobody has used for two years",
            ),
            at(
                BROKERS,
                list="underwriters-all",
                out="everybody who has left in the last half year, you have the list",
                into="the three new colleagues of the marine desk",
                note="The broker meeting is invited through it on Thursday.",
                odd="a private address at a free mail service",
            ),
            at(
                COLLEGE,
                list="first-year-tutors",
                out="last year's tutors",
                into="the fourteen names in the mail that follows",
                note="Term starts on Monday and the welcome letter goes out on Sunday evening.",
                odd="a student, who has been reading along for almost a year",
            ),
            at(
                PUMPS,
                list="works-council",
                out="Mr Sundin, retired",
                into="Ms Aho, elected last week",
                note="Please nobody else, also not for testing.",
                odd="the mailbox of the production scheduler, probably a mix-up of two Johanssons",
            ),
        ),
        steps=(
            Take("first", gap_minutes=190),
            Feed("first", "While at it: the list also contains {odd}. Asking before I touch it.", gap_minutes=25),
            Portal(
                "first",
                "Hello {customer}, done as you wrote. One thing I came across: the list also contains {odd}. "
                "Shall I remove that too?",
                gap_minutes=5,
            ),
            Portal("customer", "Good heavens, yes. Please remove.", gap_minutes=40),
            Resolve(
                "first",
                "The list {list} is up to date; one address that had no business there was removed after asking.",
                "Resolved successfully",
                gap_minutes=15,
            ),
            Portal("customer", "Thank you very much!", gap_minutes=20),
            Take("first", gap_minutes=15),
            Feed("first", "Only a thank-you, which reopened it. Nothing left to do.", gap_minutes=1),
            Resolve("first", "The list {list} is up to date.", "Resolved successfully", gap_minutes=1),
            Close("first", gap_minutes=2880),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Calendar of {team} has disappeared",
        description=(
            "The shared calendar of {team} is gone from everybody's list since {since}. We plan {what} "
            "with it, so please bring it back."
        ),
        priority="MEDIUM",
        origin="PORTAL",
        variants=(
            at(HOTELS, team="the events team", since="this morning", what="weddings two years ahead"),
            at(HOUSING, team="the surveyors", since="yesterday", what="all inspections"),
            at(LAW, team="the litigation department", since="lunch", what="hearings"),
            at(COLLEGE, team="the studio technicians", since="the holidays", what="the kiln and the dark room"),
        ),
        steps=(
            Take("first", gap_minutes=18),
            Feed(
                "first",
                "There is already a case for this from the same team, ten minutes older, with more detail. "
                "{second} has it and the calendar is being restored there.",
                gap_minutes=6,
            ),
            Portal(
                "first",
                "Hello {customer}, a colleague of yours has reported this a few minutes before you and the "
                "calendar is being restored already. May I close this one, so that the news comes in one "
                "place?",
                gap_minutes=3,
            ),
            Portal("customer", "Yes of course, I did not know she had written too.", gap_minutes=14),
            Cancel(
                "first",
                "Created by mistake",
                "Reported twice by the same team; the older case is being worked on by {second}.",
                gap_minutes=2,
            ),
        ),
    ),
)
