"""Stories about laptops and screens: slow, hot, stolen, borrowed."""

from __future__ import annotations

from gql.demo.people import (
    ARCHITECTS,
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
        category="SERVICE_REQUEST",
        subject="Second screen for {person}",
        description="{person} would like a second screen, {why}. {details}",
        priority="LOW",
        origin="WEB",
        variants=(
            at(
                BROKERS,
                person="the renewals desk",
                why="because comparing two policies on one is slow",
                details="That makes four screens. Cost centre 4410.",
            ),
            at(
                LAW,
                person="Ottilie Crane",
                why="for reviewing documents side by side",
                details="If possible one that can be turned upright.",
            ),
            at(
                HOUSING,
                person="the rent arrears team",
                why="as agreed in the budget",
                details="Three desks, all with the new docks. The desks are 140 cm wide, please nothing huge.",
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{person}'s laptop gets very hot",
        description="The laptop of {person} gets so hot that {sign}. The fan runs all the time. It is {age} old.",
        priority="HIGH",
        origin="CHAT",
        variants=(
            at(
                ARCHITECTS,
                person="our junior architect",
                sign="one cannot keep it on one's knees, and the touchpad does not click any more",
                age="three years",
                answer="A little, yes. When I lay it on the table it wobbles.",
                stay="she is on site until Thursday and there is no spare",
            ),
            at(
                HOSPITAL,
                person="the palliative home team",
                sign="it switches off during visits",
                age="four years",
                answer="The lid does not close all the way any more, if you mean that.",
                stay="the team leaves again in an hour and needs something by then",
            ),
            at(
                LOGISTICS,
                person="the customs clerk",
                sign="the plastic over the keyboard is bending",
                age="two years",
                answer="Yes, clearly. Should I worry?",
                stay="there is a customs call this afternoon that cannot be missed",
            ),
            at(
                COLLEGE,
                person="our photography tutor",
                sign="the table under it smells",
                age="five years",
                answer="It rocks when you type, so yes.",
                stay="there are forty portfolios on it and no copy",
            ),
        ),
        steps=(
            Take("first", gap_minutes=2),
            Portal(
                "first",
                "One important question first: is the case bulging anywhere, or does the laptop wobble on a "
                "flat table?",
                gap_minutes=1,
            ),
            Portal("customer", "{answer}", gap_minutes=4),
            Portal(
                "first",
                "Then that is the battery, and it must not be used any more. Please switch it off now, pull "
                "the charger, do not press on it, and put it somewhere that cannot burn, a tiled floor for "
                "example. Not in a bag, not in a car. A replacement is on its way to you.",
                gap_minutes=1,
            ),
            Portal("customer", "Switched off and on the tiles. But {stay}.", gap_minutes=7),
            Feed(
                "first",
                "Swollen battery, same series as the four of last month. Replacement from the pool by "
                "express courier. The disk goes into the new one, so nothing is lost, but only after the "
                "battery is out. @{lead} there are 60 of this series in the field, should we not call them "
                "all in?",
                ("lead",),
                gap_minutes=12,
            ),
            Feed(
                "lead",
                "Yes. I am getting the list and asking the maker what they contribute. Courier for this one "
                "is approved, at any price.",
                gap_minutes=20,
            ),
            Portal(
                "first",
                "The courier is booked and brings a ready laptop. He takes the old one back in a special "
                "box, please do not send it by ordinary post.",
                gap_minutes=15,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{person}'s laptop is terribly slow",
        description=(
            "{person} waits {wait} until the laptop is ready in the morning, and {other}. Restarting does not help."
        ),
        priority="MEDIUM",
        origin="PORTAL",
        variants=(
            at(
                UTILITY,
                person="Herr Brandt",
                wait="twelve minutes",
                other="every mail takes ten seconds to open",
                seen="the disk is full to 99 %",
            ),
            at(
                BROKERS,
                person="Isla",
                wait="ten minutes",
                other="the fan is as loud as a hair dryer",
                seen="two virus scanners are running against each other",
            ),
            at(
                PUMPS,
                person="Emil",
                wait="a quarter of an hour",
                other="the CAD program shows white windows",
                seen="it has not been restarted for 61 days, whatever the user says",
            ),
            at(
                MUSEUM,
                person="our bookkeeper",
                wait="half an eternity",
                other="the spreadsheet for the Lottery grant freezes on every entry",
                seen="the disk reports read errors, so a copy comes first",
            ),
        ),
        steps=(
            Take("first", gap_minutes=85),
            Feed("first", "From the inventory: {seen}.", gap_minutes=10),
            Portal(
                "first",
                "Hello {customer}, I have an idea what it is and would like to have a look together with the "
                "user. It takes about 30 minutes, during which the laptop cannot be used. Which of these "
                "fits?\n\n- tomorrow 9:00\n- tomorrow 13:00\n- the day after, 9:00",
                gap_minutes=5,
            ),
            Wait("first", "Waiting for a time for the remote session.", gap_minutes=1),
            Feed("first", "No answer yet. Tried the phone, voice mail.", gap_minutes=1500),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Laptop stolen from {where}",
        description="The laptop of {person} was stolen from {where} {when}. {content} What do we have to do?",
        priority="CRITICAL",
        origin="CALL",
        variants=(
            at(
                HOSPITAL,
                where="a car in the car park",
                person="a home care nurse",
                when="during the lunch break",
                content="There are care plans of about thirty patients on it.",
                police="K-1190",
                answer=(
                    "Shut, not just locked. The bag with the charger is gone too. A paper with names was not in it."
                ),
                last="three hours before the theft",
            ),
            at(
                LAW,
                where="the 18:04 train",
                person="a trainee",
                when="last night",
                content="It had the bundle of a trial on it that starts next week.",
                police="BTP 4471/882",
                answer=(
                    "He says he closed the lid. There was a sticky note with the PIN of his *phone* on it, not "
                    "of the laptop."
                ),
                last="at 17:58 from the station's wireless",
            ),
            at(
                LOGISTICS,
                where="the Calais office",
                person="the shift leader",
                when="over the weekend",
                content="The window was broken. It has the seal numbers of all containers of the week.",
                police="PV 03317/2",
                answer=(
                    "It stood on the desk, switched off. The dock is gone as well, they took everything with a cable."
                ),
                last="on Friday at 22:10",
            ),
        ),
        steps=(
            Take("first", gap_minutes=1),
            Portal(
                "first",
                "I am locking the laptop and the person's accounts right now, that comes first. Meanwhile "
                "please: was it switched off or only shut, was anything on paper with it, and has it been "
                "reported to the police?",
                gap_minutes=3,
            ),
            Feed(
                "first",
                "Device marked lost, wipe sent (it runs when the thing comes online). Sessions ended, "
                "password and codes reset. Disk is encrypted according to the inventory, report of last week.",
                gap_minutes=6,
            ),
            Portal("customer", "{answer} Police report is `{police}`.", gap_minutes=18),
            Escalate(
                "first",
                2,
                "second",
                "Stolen device with sensitive data. Please check what was on it, and whether anything was used since.",
                gap_minutes=3,
            ),
            Feed(
                "second",
                "Encryption confirmed, key is in escrow, last contact {last}. No sign-ins since from any "
                "unknown place. @{lead} with encryption and a reset this is most likely not a reportable "
                "breach, but that is for their data protection officer to say, not us.",
                ("lead",),
                gap_minutes=50,
            ),
            Portal(
                "second",
                "Hello {customer}, what we know: the disk is encrypted, the device was last in contact "
                "{last}, and nobody has signed in since. The moment it goes online it erases itself. Your "
                "data protection officer will want this in writing; a summary with times is in your file "
                "portal.",
                gap_minutes=25,
            ),
            Portal(
                "customer",
                "That helps a lot, thank you. Our officer has one question: was there a copy of the data, or "
                "is work lost?",
                gap_minutes=95,
            ),
            Portal(
                "second",
                "Everything was synchronised at the last contact. What was done after that, offline, is "
                "lost. A replacement laptop with all data is ready for pick-up.",
                gap_minutes=15,
            ),
            Portal("customer", "Picked up, everything is there.", gap_minutes=1300),
            Resolve(
                "second",
                "Device locked and set to erase itself, accounts reset, report for the data protection "
                "officer delivered, replacement handed over with all synchronised data.",
                "Resolved successfully",
                gap_minutes=30,
            ),
            Close("lead", gap_minutes=2880),
            Feed(
                "second",
                "The wipe was confirmed this morning: somebody switched the laptop on. I have passed time "
                "and address to the customer by phone, for the police.",
                gap_minutes=9100,
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="Loan of {what} for {event}",
        description="For {event} we would like to borrow {what}, from {start} for {days}. Somebody can pick it up.",
        priority="LOW",
        origin="PORTAL",
        variants=(
            at(
                RESORT,
                what="six tablets",
                event="the torchlight race",
                start="the 28th",
                days="three days",
                why="The race is called off because of the forecast.",
            ),
            at(
                HOTELS,
                what="a projector and a laptop",
                event="the wine fair",
                start="Thursday",
                days="two days",
                why="The fair brings its own equipment, as it turns out.",
            ),
            at(
                MUSEUM,
                what="two laptops",
                event="the volunteers' training",
                start="the 9th",
                days="a day",
                why="Too few have signed up, we are doing it later in the year.",
            ),
            at(
                HOUSING,
                what="a label printer",
                event="the move to the new office",
                start="next Monday",
                days="five days",
                why="The movers do the labels, it is in their contract.",
            ),
        ),
        steps=(
            Take("first", gap_minutes=230),
            Portal(
                "first",
                "Hello {customer}, reserved from {start} for {days}. It is ready for pick-up the day before, "
                "from two o'clock.",
                gap_minutes=20,
            ),
            Portal("customer", "I am sorry, we do not need it after all. {why}", gap_minutes=2600),
            Cancel(
                "first",
                "No longer relevant",
                "Called off by the customer; the reservation is released.",
                gap_minutes=25,
            ),
        ),
    ),
)
