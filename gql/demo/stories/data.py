"""Stories about data: backups, lost files, exports for others."""

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
    MUSEUM,
    PUMPS,
    RESORT,
    UTILITY,
)
from gql.demo.stories.shape import Close, Escalate, Feed, Portal, Resolve, Story, Take, at

STORIES: tuple[Story, ...] = (
    Story(
        category="INCIDENT",
        subject="Backup of {server} failed {times} nights in a row",
        description=(
            "Registered automatically: the backup of `{server}` has ended with an error {times} nights "
            "in a row. Last complete backup: {last}."
        ),
        priority="HIGH",
        origin="API",
        variants=(
            at(
                ARCHITECTS,
                server="sl-projects-01",
                times="three",
                last="Friday, 23:40",
                error="VSS writer timed out",
                cause="the volume is at 96 %, and there is no room for the snapshot",
                ask="may I delete the render caches older than a month (1.2 TB)",
                reply="Caches yes. But not those of the Mission Bay tower, that is still being presented.",
            ),
            at(
                HOUSING,
                server="cr-tenancy-db",
                times="two",
                last="Sunday, 01:15",
                error="log chain broken",
                cause="somebody made a copy by hand on Monday at noon, and that cut the chain",
                ask="do you know who made a copy on Monday at noon",
                reply="That was the supplier of the tenancy system, for a test. They did not ask us either.",
            ),
            at(
                COLLEGE,
                server="tw-studio-nas",
                times="five",
                last="nine days ago",
                error="path too long",
                cause="a student's folder lies 40 levels deep in itself",
                ask="may I shorten the path of the folder `final_final_2` in the film archive",
                reply="Please do. The student has graduated and nobody dares to open it.",
            ),
        ),
        steps=(
            Take("first", gap_minutes=20),
            Feed(
                "first", "Error is `{error}`. Restarted the job by hand, same result after 20 minutes.", gap_minutes=45
            ),
            Escalate("first", 2, None, "Backup of `{server}` fails with `{error}`, also by hand.", gap_minutes=2),
            Take("second", gap_minutes=35),
            Feed(
                "second",
                "Cause found: {cause}. I am making a full copy to the spare disk first, so that there is "
                "*something* of tonight. That the monitor needed so many nights to open a case is a matter "
                "of its own, @{lead}.",
                ("lead",),
                gap_minutes=90,
            ),
            Portal(
                "second",
                "Hello {customer}, the backup of `{server}` has not been complete for some nights. A full "
                "copy is being made right now, so you are covered again from tonight on. For the lasting "
                "repair one question: {ask}?",
                gap_minutes=10,
            ),
            Portal("customer", "{reply}", gap_minutes=75),
            Feed(
                "second",
                "Going ahead like that. Staying in progress until there were two good nights in a row.",
                gap_minutes=15,
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="Please restore {file}",
        description="{file} in {folder} was {how} {when}. Please bring back {version}. {effect}",
        priority="HIGH",
        origin="CALL",
        variants=(
            at(
                MUSEUM,
                file="the loans register",
                folder="`Collections`",
                how="overwritten with an empty table",
                when="an hour ago",
                version="this morning's version",
                effect="A lender is coming tomorrow and wants to see his entry.",
                stamp="half past five this morning",
            ),
            at(
                LAW,
                file="the witness statement (final)",
                folder="*Brennan estate*",
                how="saved over by a template",
                when="last night",
                version="the version of yesterday, 18:00",
                effect="It has to be served today.",
                stamp="yesterday 17:45",
            ),
            at(
                RESORT,
                file="the lift maintenance log",
                folder="`Ops/Lifts`",
                how="deleted",
                when="some time last week",
                version="the last version there is",
                effect="The state inspector asks for it on Friday.",
                stamp="Tuesday 11:30 pm",
            ),
            at(
                HOSPITAL,
                file="the roster for next month",
                folder="`Roster_Surgery`",
                how="sorted by one column only, so that names and shifts no longer match, just",
                when="now",
                version="this morning's version",
                effect="It goes to the printer's at noon tomorrow.",
                stamp="six o'clock this morning",
            ),
        ),
        steps=(
            Take("first", gap_minutes=3),
            Portal(
                "first",
                "I have found a version of {stamp}. I am putting it *next to* the present one, with "
                "`_restored` in its name, so that nothing is lost a second time. Please look whether it is "
                "the right one.",
                gap_minutes=12,
            ),
            Portal("customer", "It is the right one. You have saved the day for us, really.", gap_minutes=8),
            Feed(
                "first",
                "Second time in that folder. Would be a case for versions switched on for users, so that "
                "they can do it themselves. Told them on the phone, they will think about it.",
                gap_minutes=15,
            ),
            Resolve(
                "first",
                "The version of {stamp} was restored next to the present file. Tip: a right click on a file, "
                "*Earlier versions*, shows those of the last two weeks.",
                "Resolved successfully",
                gap_minutes=5,
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="Export of {what} for {whom}",
        description="{whom} needs {what} of {span} as {format}. By {until}, please. {rules}",
        priority="MEDIUM",
        origin="EMAIL",
        variants=(
            at(
                BAKERY,
                what="all supplier bookings",
                whom="the auditor",
                span="the last three years",
                format="a file with separated columns",
                until="the end of the month",
                rules="She has written down the columns that she wants, I will forward it.",
                rows="410,000",
                odd="her description has a column for the cost centre, which we have only had for a year",
            ),
            at(
                UTILITY,
                what="all meter readings",
                whom="the regulator",
                span="the last two years",
                format="XML",
                until="the 30th",
                rules="Names and addresses of households must not be in it.",
                rows="9.2 million",
                odd="a household can also be told from the number of its meter",
            ),
            at(
                BROKERS,
                what="all policies with claims",
                whom="the reinsurer",
                span="the last five years",
                format="one table per year",
                until="next Friday",
                rules="Only the marine book.",
                rows="640,000",
                odd="before the merger, marine and cargo were one book and cannot be told apart by the code alone",
            ),
        ),
        steps=(
            Take("first", gap_minutes=120),
            Feed(
                "first", "Nothing first line can click together: about {rows} rows, and rules on top.", gap_minutes=30
            ),
            Escalate(
                "first", 2, None, "Export of {what} for {whom}, with rules about what may be in it.", gap_minutes=2
            ),
            Take("second", gap_minutes=160),
            Portal("second", "Hello {customer}, before I start: {odd}. How shall I handle that?", gap_minutes=75),
            Portal(
                "customer",
                "Good point, I have to ask. ... I am told: do what is correct, and write down what you did.",
                gap_minutes=1320,
            ),
            Feed(
                "second",
                "First attempt stopped after four hours, the reporting database is too small for {rows} rows "
                "with joins. It has to be done on the archive, and that is @{third}'s territory. Query and "
                "notes are in the case folder.",
                ("third",),
                gap_minutes=290,
            ),
            Escalate(
                "second",
                3,
                "third",
                "Export is too large for the reporting database. Query is written and checked with the customer.",
                gap_minutes=4,
            ),
            Feed(
                "third",
                "Running it in slices at night so that the archive stays usable. A third is through. "
                "Checksums per slice, {whom} will ask for them sooner or later.",
                gap_minutes=1150,
            ),
            Portal(
                "third",
                "In between: one third is exported and checked, the rest follows in two more nights. You "
                "will get it well before the date, together with a page on what was done to the data.",
                gap_minutes=20,
            ),
        ),
    ),
    Story(
        category="CONSULTATION",
        subject="What must we hand out when {who} asks for their data?",
        description=(
            "{who} wants to know everything that we have stored about them, {law}. Which of your systems "
            "hold something, and can you get it for us? We have {days} days."
        ),
        priority="MEDIUM",
        origin="PORTAL",
        variants=(
            at(
                HOTELS,
                who="a former guest",
                law="citing the privacy act",
                days="30",
                systems="bookings, the door lock log, the restaurant's allergy notes and the guest wireless",
                trap="the allergy notes are health data, so they go by registered letter or by the file portal only",
            ),
            at(
                HOUSING,
                who="a tenant",
                law="with a template letter from the internet",
                days="28",
                systems="the tenancy system, the repairs line's recordings, letters and the entry phones of two houses",
                trap="in the recordings one hears other people too, so only a transcript can go out",
            ),
            at(
                PUMPS,
                who="an applicant whom we refused",
                law="under article 15",
                days="21",
                systems="the applicants' mailbox, the interview notes and the visitors' book at the gate",
                trap="interview notes belong to it, even those in somebody's personal notebook app",
            ),
        ),
        steps=(
            Take("first", gap_minutes=95),
            Feed(
                "first",
                "@{lead} I can answer which systems, but not what the law demands. How far do we go?",
                ("lead",),
                gap_minutes=20,
            ),
            Feed(
                "lead",
                "We say what we hold for them and deliver it on their instruction. What goes out is their "
                "decision, and their lawyer's. Please keep that line in writing.",
                gap_minutes=40,
            ),
            Portal(
                "first",
                "Hello {customer}, what we run for you and where the person may appear: {systems}. On your "
                "instruction we export all of it into your file portal. What you then hand out is your "
                "decision, please with your data protection officer. One trap that we know of: {trap}.",
                gap_minutes=60,
            ),
            Portal(
                "customer",
                "Very clear, thank you. Please export all of these. By when would we have it?",
                gap_minutes=180,
            ),
            Portal(
                "first",
                "Within three working days, so that enough time is left for you to look through it.",
                gap_minutes=15,
            ),
            Feed(
                "first",
                "Exports are in the file portal, visible to {customer} and their officer only. They empty "
                "themselves after 60 days.",
                gap_minutes=2700,
            ),
            Resolve(
                "first",
                "Named the systems that hold data about the person, exported their contents to the file "
                "portal, and pointed out: {trap}.",
                "Information provided",
                gap_minutes=10,
            ),
            Close("first", gap_minutes=2900),
        ),
    ),
)
