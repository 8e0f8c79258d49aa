"""Stories about printers, labels and scanning to mail."""

from __future__ import annotations

from gql.demo.people import (
    ARCHITECTS,
    BAKERY,
    BROKERS,
    COLD,
    COLLEGE,
    HOSPITAL,
    HOUSING,
    LAW,
    LOGISTICS,
    MUSEUM,
    PUMPS,
    UTILITY,
)
from gql.demo.stories.shape import Close, Escalate, Feed, Portal, Resolve, Story, Take, Wait, at

STORIES: tuple[Story, ...] = (
    Story(
        category="SERVICE_REQUEST",
        subject="Toner for {device} {site}",
        description=(
            "{device} {site} asks for {what}. We have none left in the cupboard. Please send two so that "
            "there is one in reserve."
        ),
        priority="LOW",
        origin="PORTAL",
        variants=(
            at(HOSPITAL, device="printer VH-2214", site="in the blood laboratory", what="black toner"),
            at(LAW, device="the big copier", site="on the third floor", what="magenta, and soon yellow"),
            at(COLLEGE, device="the poster printer", site="at Mill Street", what="matte black ink"),
            at(HOUSING, device="printer CR-08", site="at the tenants' desk", what="a drum unit, not toner"),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Labels from {printer} are shifted",
        description=(
            "{printer} prints {offset}, so the barcode is cut off and {effect}. We changed the roll on "
            "{day}. The printer next to it is fine with the same rolls."
        ),
        priority="MEDIUM",
        origin="CALL",
        variants=(
            at(
                LOGISTICS,
                printer="label printer 4",
                offset="about 5 mm too low",
                effect="parcels fall out of the sorter",
                day="Tuesday",
            ),
            at(
                COLD,
                printer="the pallet labeler at dock 6",
                offset="half an inch to the left",
                effect="the scanners on the forklifts do not read it",
                day="the weekend",
            ),
            at(
                BAKERY,
                printer="the allergen label printer in Otley",
                offset="every second label across the gap",
                effect="we cannot send out anything packed, by law",
                day="Monday night",
            ),
        ),
        steps=(
            Take("first", gap_minutes=12),
            Portal(
                "first",
                "Hello {customer}, that sounds like the gap sensor after a change of roll. Please switch the "
                "printer off, hold the *Feed* key, switch it on again and let go when it has pushed out "
                "three labels. Then print one of yours.",
                gap_minutes=6,
            ),
            Portal("customer", "Did that. Better for ten labels, then it creeps away again.", gap_minutes=35),
            Feed(
                "first",
                "Calibration holds for a few labels only. Either the roller is worn or the driver sends the "
                "wrong length. The model is out of warranty. Spare roller: one in stock, in the van of the "
                "Thursday round.",
                gap_minutes=15,
            ),
            Portal(
                "first",
                "Then it is probably the rubber roller, which slips when it is worn. I have one here and "
                "will send it with a technician on Thursday. Until then, could you send the jobs to the "
                "printer next to it? I have just allowed that for your queue.",
                gap_minutes=10,
            ),
            Portal(
                "customer",
                "We do, but then people queue at one printer with a full belt behind them. Thursday morning "
                "please, not afternoon.",
                gap_minutes=25,
            ),
            Feed(
                "first",
                "Asked dispatch for a morning slot, they will confirm tomorrow. If the roller does not help, "
                "{second} has the driver on their desk.",
                gap_minutes=40,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Paper jams in {device} several times a day",
        description=(
            "{device} jams again and again, always {where}. We have pulled out the paper by hand each "
            "time and nothing is torn inside as far as we can see. It prints about {volume} pages a day."
        ),
        priority="LOW",
        origin="WEB",
        variants=(
            at(
                BROKERS,
                device="the printer in the post room",
                where="at the top where the envelopes come out",
                volume="900",
                photo="the output flap",
            ),
            at(
                MUSEUM,
                device="the ticket office printer",
                where="when it prints on both sides",
                volume="150",
                photo="the inside of the rear door",
            ),
            at(
                PUMPS,
                device="the works order printer in hall 1",
                where="with the thicker paper of tray 2",
                volume="400",
                photo="the rollers behind tray 2",
            ),
        ),
        steps=(
            Take("first", gap_minutes=160),
            Portal(
                "first",
                "Good morning {customer}. So that the technician brings the right part along: could you take "
                "two photos, one of the type plate (a sticker on the back), one of {photo}?",
                gap_minutes=10,
            ),
            Feed(
                "first",
                "Page counter by network: due for the maintenance kit long ago, the message must have been "
                "clicked away for months. If the photos show nothing else I simply order the kit.",
                gap_minutes=5,
            ),
            Wait("first", "Photos of the type plate and of {photo} are needed for the order.", gap_minutes=3),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{device} takes paper from the wrong tray",
        description=(
            "{device} takes {wrong} for everything, although {right} is chosen. It did the right thing "
            "until last week. {effect}"
        ),
        priority="MEDIUM",
        origin="EMAIL",
        variants=(
            at(
                LAW,
                device="printer WA-LON-11",
                wrong="the letterhead",
                right="plain paper",
                effect="We have thrown away 200 sheets of expensive letterhead already.",
                again="since we restarted our computers this morning it is the letterhead again, on all of them",
            ),
            at(
                HOSPITAL,
                device="printer VH-1130",
                wrong="the sheet of patient labels",
                right="the upper tray",
                effect="Every discharge letter costs us a sheet of labels and the labels stick inside.",
                again=(
                    "the day shift has it right and the night shift does not, so it seems to depend on who is signed in"
                ),
            ),
            at(
                UTILITY,
                device="printer SWE-EG-02",
                wrong="the payment slips",
                right="tray 1",
                effect="Slips are numbered and must be accounted for, so please hurry.",
                again="from the billing program it is wrong as before. From the text program it is right",
            ),
        ),
        steps=(
            Take("first", gap_minutes=50),
            Portal(
                "first",
                "Hello {customer}, the driver was updated last week and has lost its tray settings. I have "
                "set them again on the print server. Please print one page and look which tray it takes.",
                gap_minutes=25,
            ),
            Portal("customer", "Right tray now. Thanks!", gap_minutes=30),
            Resolve(
                "first",
                "The tray settings were lost with the update of the driver and have been set again on the "
                "print server.",
                "Resolved successfully",
                gap_minutes=5,
            ),
            Portal("customer", "I am afraid we were too quick: {again}.", gap_minutes=1120),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Scan to mail stopped working on {device}",
        description="{device} no longer sends scans. It says `{error}` and beeps. {effect}",
        priority="HIGH",
        origin="CALL",
        variants=(
            at(
                HOUSING,
                device="the copier at the tenants' desk",
                error="Connection failed E-806",
                effect=(
                    "Tenants bring papers to be copied into their file and we now photograph them with a phone, "
                    "which we must not."
                ),
                place="the copier in the back office",
            ),
            at(
                BROKERS,
                device="the copier on the second floor",
                error="Send error 752",
                effect="Signed proposals have to be with the insurer the same day.",
                place="the copier on the first floor",
            ),
            at(
                HOSPITAL,
                device="the scanner in the archive",
                error="SMTP auth error",
                effect="Referral letters are piling up in a tray.",
                place="the scanner at the admissions desk",
            ),
            at(
                ARCHITECTS,
                device="the plotter scanner",
                error="Server rejected sender",
                effect="Marked-up drawings go to the contractor as scans every evening.",
                place="the small copier in the hall",
            ),
        ),
        steps=(
            Take("first", gap_minutes=8),
            Feed(
                "first",
                "Same as elsewhere this week: the mail provider has switched off the old way of signing in. "
                "The device's software is too old for the new one.",
                gap_minutes=12,
            ),
            Portal(
                "first",
                "Hello {customer}, the mail provider no longer accepts how this device signs in. I have set "
                "it to go through our own mail relay instead. Could you scan one page to yourself?",
                gap_minutes=20,
            ),
            Portal("customer", "Arrived. Thanks.", gap_minutes=15),
            Resolve(
                "first", "The device now sends through the desk's mail relay.", "Resolved successfully", gap_minutes=5
            ),
            Portal(
                "customer",
                "Small scans arrive, big ones do not. Everything over about ten pages just vanishes, without "
                "any message. That is worse than before: people think it was sent!",
                gap_minutes=1290,
            ),
            Take("first", gap_minutes=10),
            Feed(
                "first",
                "Relay limit is 5 MB and it drops silently what is larger. I did not know that when I "
                "pointed the device at it. Raising the limit is not in my hands.",
                gap_minutes=15,
            ),
            Escalate(
                "first",
                2,
                None,
                "The relay drops scans above 5 MB without telling the sender. Needs a higher limit or another way.",
                gap_minutes=2,
            ),
            Take("second", gap_minutes=55),
            Feed(
                "second",
                "The limit stays, there is a reason for it (the relay has filled its disk once already). I "
                "let it answer the sender instead of dropping, and the device can store big scans in a "
                "folder.",
                gap_minutes=40,
            ),
            Portal(
                "second",
                "Hello {customer}, from now on whoever scans something too big gets a mail that says so. For "
                "big ones there is a new key on the display, *Scan to folder*: the scan lies in `Scans` on "
                "your drive a moment later. The same key is on {place}.",
                gap_minutes=20,
            ),
            Portal("customer", "The folder works, even with 60 pages. We can live with that.", gap_minutes=75),
            Resolve(
                "second",
                "Scans up to 5 MB go by mail. Larger ones are answered with a notice and can be stored with "
                "*Scan to folder*. A new device with a larger limit is proposed for the next replacement "
                "round.",
                "Workaround given",
                gap_minutes=10,
            ),
            Close("second", gap_minutes=2890),
        ),
    ),
)
