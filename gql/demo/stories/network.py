"""Stories about networks: wireless, offices without a line, sites cut off from the rest."""

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
    UTILITY,
)
from gql.demo.stories.shape import Cancel, Close, Escalate, Feed, Portal, Resolve, Story, Take, Wait, at

STORIES: tuple[Story, ...] = (
    Story(
        category="INCIDENT",
        subject="No Wi-Fi in {place} since {since}",
        description="The wireless in {place} has been gone since {since}. Computers on a cable still work. {need}",
        priority="HIGH",
        origin="CALL",
        variants=(
            at(
                HOSPITAL,
                place="ward 4 West",
                since="the night shift",
                need="We do the medication rounds on tablets and are back on paper right now.",
            ),
            at(
                HOTELS,
                place="the conference wing",
                since="breakfast",
                need="There are 80 delegates in the house and the organiser is standing at my desk.",
            ),
            at(
                COLLEGE,
                place="the print studio",
                since="Monday",
                need="Students cannot hand in their work from there and the deadline is Thursday.",
            ),
            at(
                MUSEUM,
                place="the lock-keeper's cottage",
                since="the weekend",
                need="The audio guides need it, so visitors walk through in silence.",
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="All computers offline in {place}",
        description=(
            "About {count} of us in {place} have no network at all: no mail, no files, and the desk "
            "phones are dead too. It went off {time}, while {event}."
        ),
        priority="HIGH",
        origin="CALL",
        variants=(
            at(
                BROKERS,
                place="the claims office",
                count="ten",
                time="a few minutes ago",
                event="desks were being moved",
                switch="aq-sw-2f-03",
                lights="The lights at the wall sockets are blinking like mad, all of them.",
                seen="the uplink is at 100 % and it logs moving MAC addresses every second",
                found="a patch cable with both ends in the same floor box",
                fix="The cable is out, and loop protection is now switched on for the whole floor.",
            ),
            at(
                HOUSING,
                place="the ground floor front office",
                count="six",
                time="half an hour ago",
                event="the electricians were working in the corridor",
                switch="cr-sw-eg-01",
                lights="No lights at the sockets. The phones are completely dark.",
                seen="it stopped answering half an hour ago, and so did the UPS under it",
                found="the cabinet in the corridor without power - its plug had been pulled for a drill",
                fix="The cabinet has power again, and its plug is now locked and labelled.",
            ),
            at(
                PUMPS,
                place="the test hall office",
                count="four",
                time="just now",
                event="the new label printer was being set up",
                switch="hp-sw-hall2-01",
                lights="Lights are on, but every computer says `No internet` and has a strange address.",
                seen="it is up and clean, but the PCs have addresses from a range we do not use",
                found="the new printer handing out network addresses of its own",
                fix=(
                    "That function is off in the printer now, and the switch refuses such answers from anything "
                    "but our server."
                ),
            ),
        ),
        steps=(
            Take("first", gap_minutes=4),
            Portal(
                "first",
                "Hello {customer}, I have it. One question while I look: are the little lights on the wall "
                "sockets on, and does anything show on the phones?",
                gap_minutes=3,
            ),
            Portal("customer", "{lights}", gap_minutes=6),
            Feed("first", "Access switch `{switch}`: {seen}. I cannot get any further with my rights.", gap_minutes=8),
            Escalate(
                "first",
                2,
                None,
                "A whole office is down. Switch `{switch}` needs somebody with access to it.",
                gap_minutes=2,
            ),
            Take("second", gap_minutes=5),
            Feed(
                "second",
                "Found {found}. Not our doing, but we had no protection against it either. @{lead} I would "
                "like to put that on the list for all sites of {account} before it happens in a bigger "
                "office.",
                ("lead",),
                gap_minutes=25,
            ),
            Portal(
                "second",
                "It looks good from here. Could you try two or three desks and one of the phones, please?",
                gap_minutes=4,
            ),
            Portal("customer", "All back, phones too. That was quicker than I feared, thank you.", gap_minutes=7),
            Resolve("second", "The cause was {found}. {fix}", "Resolved successfully", gap_minutes=5),
            Feed("lead", "Agreed. I have it on the agenda for the next service review with them.", gap_minutes=180),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Network slow every {when} at {site}",
        description=(
            "Opening a file takes minutes at {site}, but only in the {when}. The rest of the day "
            "everything is normal. {effect}"
        ),
        priority="MEDIUM",
        origin="EMAIL",
        variants=(
            at(
                LAW,
                when="afternoon",
                site="the Leeds office",
                effect=(
                    "Counsel sat in front of an hourglass during a video hearing yesterday, which must not "
                    "happen again."
                ),
                measured="15:10: 3 Mbit/s down, 0.8 up. At 9:00 this morning it was 94 and 41.",
                guess="the other offices copy their dictations to Leeds at about that time",
            ),
            at(
                LOGISTICS,
                when="evening",
                site="the Lyon depot",
                effect="The late shift cannot print the loading lists in time and trucks leave late.",
                measured="19:40: 2 Mbit/s down and the ping to your address is between 300 and 900. At noon it is 12.",
                guess="the camera recorder was replaced two weeks ago, and it is that long that we have this",
            ),
            at(
                COLLEGE,
                when="lunch hour",
                site="the Mill Street building",
                effect="Tutors have stopped trying to upload marks between twelve and two.",
                measured="12:35 on a cable in room 14: 5 Mbit/s. On the wireless it would not even finish. 17:00: 210.",
                guess="it is worst on days when film students are in the building",
            ),
        ),
        steps=(
            Take("first", gap_minutes=70),
            Feed(
                "first",
                "Line utilisation for {site} is only kept for 24 hours and the case came in after the fact. "
                "I need a measurement while it is happening, otherwise we only guess.",
                gap_minutes=20,
            ),
            Portal(
                "first",
                "Hello {customer}, the line to {site} looks healthy at the moment. To see what happens in "
                "the {when} I need your help:\n\n1. When it is slow, open the speed test on the intranet "
                "page *Help*.\n2. Write down the time and the two numbers.\n3. Do the same once when it is "
                "fast.\n\nThen we can compare with what our side records from now on.",
                gap_minutes=15,
            ),
            Wait("first", "Waiting for measurements in the {when} and outside of it.", gap_minutes=2),
            Portal(
                "customer",
                "Here you are. {measured} Also somebody here noticed that {guess}. Does that help?",
                gap_minutes=1530,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{site} completely offline",
        description=(
            "{site} has no connection at all: no internet, no phones, no ERP. {effect} Please call my "
            "mobile, I do not get mail here."
        ),
        priority="CRITICAL",
        origin="CALL",
        variants=(
            at(
                LOGISTICS,
                site="Marseille depot",
                effect="Eleven trucks are waiting at the gate and we cannot book a single one in.",
                ref="TN-448213",
                cause="a digger cut the fibre on the access road",
                eta="within four hours",
                works="The first truck is booked in. Slowly, but it works.",
                impatient="The four hours are over. What do I tell the drivers of tomorrow morning?",
            ),
            at(
                UTILITY,
                site="Waterworks Nord",
                effect=(
                    "The control room still sees the pumps, but nobody gets the readings or can print the shift report."
                ),
                ref="S-90127-31",
                cause="a line card has failed in their exchange",
                eta="within three hours",
                works="Readings are coming in again, every value a little late.",
                impatient=(
                    "The three hours are long over, and the regulator is asking for the hourly values. Is there "
                    "any news?"
                ),
            ),
            at(
                BAKERY,
                site="Otley bakery",
                effect="The night's orders from the shops do not come in, so we are baking by yesterday's list.",
                ref="INC0077340",
                cause="water got into a street cabinet after the rain",
                eta="in the course of the day",
                works="Orders are dripping in. The shops can stop phoning us now.",
                impatient=(
                    "Still on the grey box. Tonight's run is three times this size, will it hold? I need to know "
                    "before I plan the shift."
                ),
            ),
        ),
        steps=(
            Take("first", gap_minutes=2),
            Portal(
                "first",
                "I see the line down from here as well. The fault is open with the line provider under "
                "`{ref}`. You will hear from us again in 30 minutes at the latest, news or no news.",
                gap_minutes=5,
            ),
            Feed(
                "first",
                "The backup over mobile did not take over. According to the asset list the SIM there was "
                "never activated. I have **not** said so to the customer. @{lead} you may want to know this "
                "before they ask.",
                ("lead",),
                gap_minutes=6,
            ),
            Escalate(
                "first",
                2,
                "second",
                "Provider fault, and the backup path did not take over. Needs a router change.",
                gap_minutes=1,
            ),
            Portal(
                "second",
                "Hello {customer}, I am taking over from {first}. The provider has found that {cause}; they "
                "expect the repair {eta}. Until then I bring you up over mobile: please connect the small "
                "grey box on the shelf to the router's port 4 and tell me the colour of its light.",
                gap_minutes=14,
            ),
            Portal("customer", "Done. It was orange, now it is green. {works}", gap_minutes=11),
            Feed(
                "second",
                "Activated a pool SIM and moved the default route by hand. 12 Mbit/s, so only ERP, phones "
                "and mail are let through. Guest wireless and updates are blocked - to be undone once the "
                "line is back.",
                gap_minutes=10,
            ),
            Feed(
                "lead",
                "I have called their management myself and told them about the SIM. They took it well, "
                "mostly because it is working now. @{second} please check the other sites of {account} for "
                "the same mistake this week.",
                ("second",),
                gap_minutes=45,
            ),
            Portal("customer", "{impatient}", gap_minutes=190),
            Portal(
                "second",
                "Fair question. The technician is on site and splicing, I have just had them on the phone. "
                "The mobile line holds for the night if it must: I have taken everything off it that is not "
                "orders, ERP or phones.",
                gap_minutes=9,
            ),
            Portal(
                "customer",
                "Understood. I would rather hear that than another time that is then not true.",
                gap_minutes=12,
            ),
            Resolve(
                "second",
                "The provider repaired the line ({cause}); {site} is back on it. The backup over mobile was "
                "set up properly and tested by pulling the plug: it takes over within 40 seconds.",
                "Resolved successfully",
                gap_minutes=170,
            ),
            Close("lead", gap_minutes=2820),
            Feed(
                "second",
                "Checked the others: two more SIMs were never activated. Both are done and tested.",
                gap_minutes=2900,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{device} has no network",
        description=(
            "{device} has no network since this morning. I have restarted it twice. The computers next to it are fine."
        ),
        priority="MEDIUM",
        origin="CHAT",
        variants=(
            at(
                HOSPITAL,
                device="the PC at the ward 7 desk",
                oops=(
                    "the power strip under the desk was switched off, so the little network box had no power. "
                    "The cleaners, probably"
                ),
                note="dead socket",
            ),
            at(
                ARCHITECTS,
                device="the model room workstation",
                oops="somebody had unplugged the dock to charge a phone",
                note="dock unplugged",
            ),
            at(
                BAKERY,
                device="the office PC in the Ilkley shop",
                oops="the flight mode was on. There is a key for that on this keyboard, who thinks of such a thing",
                note="flight mode",
            ),
        ),
        steps=(
            Take("first", gap_minutes=6),
            Portal(
                "first",
                "Hi {customer}, I am with you. Can you follow the network cable from the device to the wall "
                "and tell me whether a light is on where it ends? If there is no cable, look at the bottom "
                "right of the screen: is there a small plane?",
                gap_minutes=2,
            ),
            Portal("customer", "Oh. Found it: {oops}. Sorry for the trouble!", gap_minutes=9),
            Portal(
                "first", "No trouble at all, it happens every week somewhere. I am closing this one.", gap_minutes=2
            ),
            Cancel("first", "No fault found", "Not a fault of ours ({note}); the customer found it.", gap_minutes=1),
        ),
    ),
)
