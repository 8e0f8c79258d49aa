"""Stories about who may go where: rights, passwords, people who come and people who go."""

from __future__ import annotations

from gql.demo.people import (
    ARCHITECTS,
    BAKERY,
    BROKERS,
    COLD,
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
from gql.demo.stories.shape import Close, Feed, Portal, Resolve, Story, Take, Wait, at

STORIES: tuple[Story, ...] = (
    Story(
        category="SERVICE_REQUEST",
        subject="Access to {folder} for {person}",
        description="{person} needs {rights} to {folder}, because {why}. Approved by {approver}, in writing.",
        priority="MEDIUM",
        origin="PORTAL",
        variants=(
            at(
                LAW,
                person="Marcus Thorne",
                folder="the matter Okoye v Danford",
                rights="read and write access",
                why="he takes it over from a colleague in Leeds next week",
                approver="the head of litigation",
            ),
            at(
                HOSPITAL,
                person="Sister Ingrid Falk",
                folder="Roster_2W",
                rights="write access",
                why="she makes the duty roster during the holidays",
                approver="the head nurse",
            ),
            at(
                ARCHITECTS,
                person="our intern Leo",
                folder="the competition folder",
                rights="read access",
                why="he builds the model from the plans",
                approver="the partner in charge",
            ),
            at(
                BROKERS,
                person="Morag Sinclair",
                folder="Claims/Marine",
                rights="the same access as her predecessor",
                why="she starts on the desk on Monday",
                approver="the head of claims",
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{person} is locked out of {system}",
        description="{person} cannot sign in to {system} any more: `{message}`. {effect}",
        priority="HIGH",
        origin="CALL",
        variants=(
            at(
                HOSPITAL,
                person="Dr Akande",
                system="the laboratory system",
                message="Account disabled by administrator",
                effect="The results of the whole morning are waiting for a signature.",
                manager="the head of the laboratory",
                found="disabled on Friday because the contract in personnel's list ended that day",
            ),
            at(
                UTILITY,
                person="Herr Krämer",
                system="the pipe register",
                message="No role assigned",
                effect="The excavator is on site and wants to know where the gas is.",
                manager="the network department's head",
                found="his role was taken away with the reorganisation, together with the old department",
            ),
            at(
                BAKERY,
                person="Marta in payroll",
                system="the time clock program",
                message="User locked (3)",
                effect="Wages have to go to the bank tomorrow.",
                manager="the head of personnel",
                found="locked by personnel on purpose, with the note *clarify first*",
            ),
            at(
                COLLEGE,
                person="our external examiner",
                system="the marks database",
                message="Account expired",
                effect="The exam board meets on Thursday.",
                manager="the registrar",
                found="the guest account ended with last term and nobody asked to extend it",
            ),
        ),
        steps=(
            Take("first", gap_minutes=5),
            Feed(
                "first",
                "Not a forgotten password: {found}. I will not undo that on a phone call, however urgent it is.",
                gap_minutes=10,
            ),
            Portal(
                "first",
                "Hello {customer}, this is not about a wrong password: the access was taken away. To give it "
                "back I need a short written yes from {manager}. A one-line answer here or by mail to us is "
                "enough, and then it takes five minutes.",
                gap_minutes=4,
            ),
            Wait("first", "Written approval by {manager} is needed.", gap_minutes=1),
            Feed(
                "lead",
                "They called me as well. Same answer. Please keep an eye on this one, it is urgent the "
                "moment the approval is here.",
                gap_minutes=35,
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="New phone, sign-in codes for {person} are lost",
        description=(
            "{person} {story} and now has no app for the sign-in codes. Mail and {system} are out of reach without it."
        ),
        priority="MEDIUM",
        origin="CALL",
        variants=(
            at(
                ARCHITECTS,
                person="Diego Marsh",
                story="dropped his phone off a scaffold",
                system="the project platform",
            ),
            at(
                RESORT,
                person="Jenna from ski patrol",
                story="has lost the old phone under the chairlift at Elk Bowl",
                system="the patrol log",
            ),
            at(HOSPITAL, person="Nurse Dahl on ward 2", story="has traded in the old phone", system="the roster"),
            at(
                LOGISTICS,
                person="the driver coordinator",
                story="reset the phone because it was slow",
                system="the tour plan",
            ),
        ),
        steps=(
            Take("first", gap_minutes=3),
            Portal(
                "first",
                "I can help with that. Because the code is the second lock, I have to be sure who I let in: "
                "please let {person} call us from the number that we have on file, or from a desk phone in "
                "the house.",
                gap_minutes=4,
            ),
            Portal("customer", "Will call from the desk phone in a minute.", gap_minutes=3),
            Feed(
                "first",
                "Called back on the internal extension and asked the two questions from personnel's list. "
                "Identity fine. Old device removed.",
                gap_minutes=15,
            ),
            Resolve(
                "first",
                "The old phone was removed and the new one registered; sign-in with a code works. Ten spare "
                "codes were given out, to be kept on paper at home.",
                "Resolved successfully",
                gap_minutes=12,
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="New colleague {person} starts on {start}",
        description=(
            "{person} joins {team} on {start}. We need the usual: account, mail, a laptop, and {extra}. "
            "Please have it ready the day before, last time it was late."
        ),
        priority="MEDIUM",
        origin="PORTAL",
        variants=(
            at(
                PUMPS,
                person="Oskar Lindell",
                team="the design office",
                start="the 15th",
                extra="a CAD licence",
                stuck="The CAD licence: all twelve seats are taken",
                answer="Give him Lena's, she is on parental leave from the 10th.",
            ),
            at(
                HOUSING,
                person="Temperance Boateng",
                team="the income team",
                start="the 2nd",
                extra="access to the tenancy system",
                stuck="Access to the tenancy system: the form needs the date of the data protection training",
                answer=(
                    "She does the training on her first morning. Can you prepare everything so that it is one "
                    "click then?"
                ),
            ),
            at(
                LAW,
                person="Aurelio Vance",
                team="the tax group",
                start="the 11th",
                extra="a headset for dictation",
                stuck="The headset: the model of the group is sold out until the 20th",
                answer="Then please any other that does not fall off. He has a hearing on the 13th.",
            ),
            at(
                COLD,
                person="Bryce Lundquist",
                team="the night shift office at dock 2",
                start="Monday",
                extra="a badge for the freezer doors",
                stuck="The badge: I need the certificate for work in the cold",
                answer="It is in your mail. His safety boots are not your business, I suppose?",
            ),
        ),
        steps=(
            Take("first", gap_minutes=55),
            Feed(
                "first",
                "Checklist:\n\n- [x] account and mail\n- [x] groups as for the rest of {team}\n- [ ] laptop "
                "- imaging on the bench\n- [ ] {extra}\n- [ ] parcel or pick-up?",
                gap_minutes=90,
            ),
            Portal(
                "first",
                "Hello {customer}, account and mail for {person} are ready, the laptop is being set up. "
                "{stuck}. How shall we go about it?",
                gap_minutes=30,
            ),
            Portal("customer", "{answer}", gap_minutes=200),
            Feed(
                "first",
                "Noted, doing it that way. Laptop has to be with the courier by three the day before. Last "
                "time it was our fault indeed (wrong address label), so I call {customer} when it has left "
                "the house.",
                gap_minutes=25,
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="{person} is leaving: close all access on {day}",
        description=(
            "{person} leaves us on {day}. Please close all accounts {moment}, forward mail to {heir} for "
            "{weeks} weeks and keep the files. {tone}"
        ),
        priority="HIGH",
        origin="EMAIL",
        variants=(
            at(
                BROKERS,
                person="Callum Rae",
                day="Friday",
                moment="at 12:00 sharp",
                heir="the commercial desk",
                weeks="six",
                tone="The parting is not a friendly one, so please be on time.",
                extra="a remote desktop session that was still open on the old terminal server",
                proposal="I would end it together with the rest",
            ),
            at(
                HOTELS,
                person="Chef Laurent Picard",
                day="the 31st",
                moment="at the end of the day",
                heir="the kitchen office",
                weeks="four",
                tone="He has been with us for nineteen years and we are giving him a party.",
                extra="the admin account of the recipe program, which is in his name",
                proposal="I would move it over to the kitchen office",
            ),
            at(
                UTILITY,
                person="Frau Dr. Sattler",
                day="the last day of the month",
                moment="in the evening",
                heir="the metering office",
                weeks="eight",
                tone="She retires.",
                extra="a signing card for the metering gateway, valid for two more years",
                proposal="I would have it revoked that evening",
            ),
            at(
                MUSEUM,
                person="Gwen Tudor",
                day="Sunday",
                moment="after closing time",
                heir="the press office",
                weeks="two",
                tone="Her internship is over.",
                extra="the password of the museum's social media account, which only she knows",
                proposal="I would have her change it together with the press office",
            ),
        ),
        steps=(
            Take("first", gap_minutes=60),
            Portal(
                "first",
                "Hello {customer}, planned for {day}, {moment}. Who takes back laptop, phone and badge? And "
                "is there anything that runs in {person}'s name, such as automatic reports?",
                gap_minutes=15,
            ),
            Portal(
                "customer",
                "Laptop and phone come back to me. About reports I do not know, can you see that?",
                gap_minutes=120,
            ),
            Feed(
                "first",
                "Went through the list of owners. Found {extra}. @{lead} this is not on the leavers' "
                "checklist, it should be.",
                ("lead",),
                gap_minutes=70,
            ),
            Feed("lead", "Added to the checklist as step 9.", gap_minutes=30),
            Portal("first", "I have looked and found something: {extra}. {proposal}, is that right?", gap_minutes=10),
            Portal("customer", "Oh! Yes, right. Nobody here had that in mind.", gap_minutes=45),
            Feed(
                "first",
                "Accounts closed at the agreed time, sessions ended, codes revoked, forwarding on. Reminder "
                "set for its end.",
                gap_minutes=2880,
            ),
            Resolve(
                "first",
                "All access of {person} is closed. Mail goes to {heir} for {weeks} weeks, files are kept. "
                "Also taken care of: {extra}.",
                "Resolved successfully",
                gap_minutes=20,
            ),
            Close("first", gap_minutes=2890),
        ),
    ),
)
