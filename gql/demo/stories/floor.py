"""Stories from warehouse, kitchen and shop floor: scanners and heat sensors."""

from __future__ import annotations

from gql.demo.people import BAKERY, COLD, HOSPITAL, HOTELS, LOGISTICS, PUMPS, RESORT
from gql.demo.stories.shape import Close, Escalate, Feed, Portal, Resolve, Story, Take, Wait, at

STORIES: tuple[Story, ...] = (
    Story(
        category="INCIDENT",
        subject="Scanners lose the connection in {area}",
        description=(
            "In {area} the hand scanners lose the connection {often}. One has to walk back to {back} "
            "until they recover, and then the last booking is sometimes there twice. {effect}"
        ),
        priority="HIGH",
        origin="CALL",
        variants=(
            at(
                LOGISTICS,
                area="aisles 14 to 18",
                often="every few minutes",
                back="the packing tables",
                effect="Pickers have begun to write on cardboard.",
                change="around that time the racks there were filled up to the roof with bottled water",
                channel="all three access points are on the same channel",
            ),
            at(
                COLD,
                area="freezer B",
                often="whenever the big door is open",
                back="the anteroom",
                effect="At -8 °F nobody likes to walk a yard too many.",
                change="the curtain at the door was replaced by one with metal strips",
                channel="the access point inside sends at a tenth of its power since it was defrosted",
            ),
            at(
                PUMPS,
                area="hall 3",
                often="when the overhead crane moves",
                back="the tool crib",
                effect="Operators book their orders at the end of the shift from memory.",
                change="the crane has got a radio remote control",
                channel="the crane's remote sits on top of our band, at full power",
            ),
        ),
        steps=(
            Take("first", gap_minutes=10),
            Portal(
                "first",
                "Hello {customer}, since when is it like that, and was anything changed in {area} around "
                "that time? Racks, machines, doors?",
                gap_minutes=6,
            ),
            Portal(
                "customer", "For a few weeks now, and it is getting worse. Now that you ask: {change}.", gap_minutes=50
            ),
            Feed(
                "first",
                "That would explain it, I am almost sure it is radio. Double bookings are a second matter: "
                "the scanner program repeats a booking when it gets no answer.",
                gap_minutes=12,
            ),
            Escalate(
                "first", 2, None, "Radio coverage in {area}, and double bookings after reconnecting.", gap_minutes=2
            ),
            Take("second", gap_minutes=75),
            Feed(
                "second",
                "Survey on site: {channel}. That can be dealt with. The double bookings cannot, not on our "
                "side: no key on the message, so the ERP cannot know the second from the first.",
                gap_minutes=1380,
            ),
            Portal(
                "second",
                "I was on site this morning. The radio part is understood and will be better from tomorrow "
                "on. The double bookings have another cause, and a colleague who knows the scanner program "
                "is taking that on.",
                gap_minutes=30,
            ),
            Escalate(
                "second",
                3,
                None,
                "Scanner program repeats bookings without a key. Radio part is in hand.",
                gap_minutes=5,
            ),
            Take("third", gap_minutes=140),
            Feed(
                "third",
                "Confirmed in the log: 61 doubles in two weeks. The next version of the scanner program "
                "sends a key; I am building it for two test devices first. {second} has the radio change "
                "tonight.",
                gap_minutes=210,
            ),
            Portal(
                "third",
                "Hello {customer}, please pick two scanners and two patient people for a test on Monday. "
                "They get a new version that cannot book twice. A list of the 61 doubles of the last two "
                "weeks is in your file portal, so that they can be taken back.",
                gap_minutes=25,
            ),
            Portal("customer", "Two devices and two people are found. Patient is another question.", gap_minutes=160),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{device} {symptom}",
        description="{device} {symptom}. {detail} The other scanners are fine.",
        priority="MEDIUM",
        origin="PORTAL",
        variants=(
            at(
                LOGISTICS,
                device="scanner 22",
                symptom="types the wrong letter",
                detail="Every parcel number begins with `q` instead of `a` and is not found.",
                sheet="*Country: France*",
                fix="Its keyboard layout was set to English, so the leading `a` became a `q`",
            ),
            at(
                HOSPITAL,
                device="the wristband scanner on ward 5",
                symptom="opens a new window",
                detail="The patient's record closes and a search page opens, every time.",
                sheet="*Suffix: Enter*",
                fix=(
                    "It had been set to send a function key after each scan, by one of the codes on the last "
                    "page of its own manual"
                ),
            ),
            at(
                BAKERY,
                device="the flour silo scanner",
                symptom="beeps but books nothing",
                detail="The light turns green each time, the screen stays empty.",
                sheet="*Mode: Keyboard*",
                fix="It had dropped out of keyboard mode when its battery was empty",
            ),
        ),
        steps=(
            Take("first", gap_minutes=25),
            Portal(
                "first",
                "Hello {customer}, that looks like a setting of the scanner itself. I have put a sheet with "
                "one barcode into your file portal, {sheet}. Please print it, scan it once with that "
                "scanner, and then try a normal code.",
                gap_minutes=15,
            ),
            Portal("customer", "Sounded like a doorbell and now it works. What was that?", gap_minutes=70),
            Resolve(
                "first",
                "{fix}. Scanning the sheet has put that right; keep it near the charger in case it happens again.",
                "Resolved successfully",
                gap_minutes=10,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Gaps in the temperature record of {room}",
        description=(
            "Registered automatically: sensor `{sensor}` in {room} has sent {share} % of its values in "
            "the last 24 hours. The limit is 95 %."
        ),
        priority="MEDIUM",
        origin="API",
        variants=(
            at(
                COLD,
                room="freezer B",
                sensor="bw-frz-b-04",
                share="71",
                who="the USDA auditor",
                answer="They moved a pallet rack in front of it on Tuesday. Can it not be hung on the other wall?",
                plan="moving it to the west wall, two feet higher",
            ),
            at(
                HOSPITAL,
                room="the vaccine refrigerator on level 1",
                sensor="vh-vac-1-02",
                share="88",
                who="the pharmacy",
                answer="We changed the battery ourselves a while ago. Perhaps not the right type.",
                plan=(
                    "a new battery of the right type (lithium, not alkaline); the pharmacy writes the values by "
                    "hand until then"
                ),
            ),
            at(
                HOTELS,
                room="the main kitchen cold room",
                sensor="bb-kit-03",
                share="64",
                who="the food inspector",
                answer="It hangs behind steel shelves now, the new chef has rearranged everything.",
                plan="a small repeater in front of the door",
            ),
            at(
                BAKERY,
                room="the dough retarder in Otley",
                sensor="hf-ret-01",
                share="90",
                who="the quality control team",
                answer="It gets steam from the oven next door whenever the door is open.",
                plan="replacing it by the model for wet rooms, one is in stock",
            ),
        ),
        steps=(
            Take("first", gap_minutes=15),
            Portal(
                "first",
                "Hello {customer}, the sensor `{sensor}` in {room} reports with gaps since yesterday. "
                "Nothing has been too warm as far as we can see, but the record has holes. Has anything "
                "changed around it?",
                gap_minutes=10,
            ),
            Portal("customer", "{answer} And {who} looks at that record, so holes are not nothing.", gap_minutes=140),
            Feed(
                "first",
                "Values inside the gaps are in the sensor's memory and can be read out on site, it keeps 30 "
                "days. Nothing is lost for {who}, but I would not promise that before we have them.",
                gap_minutes=20,
            ),
            Feed(
                "first",
                "{plan}. Technician on Wednesday, reads out the memory too. @{lead} visit is not covered by "
                "their package, goodwill or bill?",
                ("lead",),
                gap_minutes=35,
            ),
            Feed(
                "lead",
                "Goodwill, we should have seen it before the monitor did. But say so to them as such.",
                gap_minutes=90,
            ),
            Portal(
                "first",
                "The plan: {plan}. A technician comes on Wednesday and also reads the missing values out of "
                "the sensor, so that the record becomes complete. No charge.",
                gap_minutes=8,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Heat alarm from {room} at night, nothing was warm",
        description=(
            "At {time} the heat alarm of {room} woke {who}. When we got there everything was normal. It "
            "was the {nth} time this month, and if it goes on nobody will get up any more."
        ),
        priority="HIGH",
        origin="EMAIL",
        variants=(
            at(
                RESORT,
                room="the server closet at the base lodge",
                time="2:40 am",
                who="our on-call patroller",
                nth="third",
                when="around half past two, for six or seven minutes",
                cause="the compressor next door blows off at that hour and pushes warm air through the cable duct",
                fix="The duct is sealed, and the sensor hangs at the other end of the closet",
                odd="One quiet night, and then 2:41 again.",
            ),
            at(
                PUMPS,
                room="the varnish store",
                time="4:15",
                who="the plant fire officer",
                nth="second",
                when="a quarter past four, on weekdays only",
                cause="the heating of the early shift starts then and the sensor hangs above the radiator pipe",
                fix="The sensor was moved to the ceiling in the middle, as the fire officer wished",
                odd="Quiet for two nights, and now again, at 4:16.",
            ),
            at(
                COLD,
                room="the ammonia machine room",
                time="3:05",
                who="two people with breathing gear",
                nth="fourth",
                when="shortly after three, every few days",
                cause="the automatic test of the emergency generator heats the room for a few minutes",
                fix=(
                    "The alarm now knows the generator's test and waits ten minutes while it runs; the gas alarm "
                    "is not touched by that"
                ),
                odd="Last night another one, at 3:04. The crew is not amused.",
            ),
        ),
        steps=(
            Take("first", gap_minutes=45),
            Portal(
                "first",
                "Good morning {customer}, I am sorry about the night. Please tell me the times of the "
                "earlier alarms as well, if you have them noted. I only see those of the last seven days.",
                gap_minutes=10,
            ),
            Wait("first", "Times of the earlier alarms.", gap_minutes=1),
            Portal("customer", "From the log book: {when}.", gap_minutes=310),
            Take("first", gap_minutes=20),
            Feed(
                "first",
                "A pattern like that is not a broken sensor. I raise the threshold by two degrees for now "
                "and set the recording to every minute, so that we see the next one coming.",
                gap_minutes=25,
            ),
            Resolve(
                "first",
                "Threshold raised by two degrees; values are recorded every minute now.",
                "Workaround given",
                gap_minutes=15,
            ),
            Portal(
                "customer", "{odd} Please find the cause this time instead of turning up the number.", gap_minutes=2860
            ),
            Take("first", gap_minutes=12),
            Feed(
                "first",
                "They are right. The curve of the last alarm rises within a minute and falls as fast: that "
                "is warm air, not a fault. @{second} you know the building's installation better than I do.",
                ("second",),
                gap_minutes=30,
            ),
            Escalate(
                "first",
                2,
                "second",
                "Repeated heat alarm with a clear pattern; cause must be found on site.",
                gap_minutes=2,
            ),
            Portal(
                "second",
                "Hello {customer}, I have laid your times next to the timetable of everything that runs at "
                "night in the building. My suspicion: {cause}. May I come by on Thursday and look?",
                gap_minutes=150,
            ),
            Portal("customer", "That fits like a glove. Thursday is fine, ask for me at the gate.", gap_minutes=60),
            Resolve(
                "second",
                "Cause: {cause}. {fix}. The threshold is back at its old value.",
                "Resolved successfully",
                gap_minutes=2700,
            ),
            Close("second", gap_minutes=4320),
        ),
    ),
)
