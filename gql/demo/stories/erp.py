"""Stories about the ERP: goods receipts, the close of a month, lists with something "
"missing."""

from __future__ import annotations

from gql.demo.people import ARCHITECTS, BAKERY, COLD, HOTELS, LOGISTICS, PUMPS, UTILITY
from gql.demo.stories.shape import Cancel, Escalate, Feed, Portal, Resolve, Story, Take, at

STORIES: tuple[Story, ...] = (
    Story(
        category="INCIDENT",
        subject="Month-end close hangs at {percent} %",
        description=(
            "The month-end run has been standing at {percent} % since {since}. Nobody can post anything "
            "while it runs. {pressure}"
        ),
        priority="CRITICAL",
        origin="CALL",
        variants=(
            at(
                LOGISTICS,
                percent="63",
                since="early this morning",
                pressure="Headquarters expects the figures by noon tomorrow.",
                lock="`STOCK_LEDGER`",
                culprit="a stock count of the Lille depot that somebody opened on Friday and never finished",
            ),
            at(
                UTILITY,
                percent="88",
                since="last night",
                pressure="The council's finance committee meets on Wednesday and the papers go out tonight.",
                lock="`METER_ACCRUAL`",
                culprit="an import of meter readings that has been retrying since the weekend",
            ),
            at(
                HOTELS,
                percent="41",
                since="the start of the day",
                pressure="It is the end of our financial year as well, and the auditors are in the house.",
                lock="`GUEST_DEPOSIT`",
                culprit="a group booking with a deposit in two currencies, which posts and takes back itself in a loop",
            ),
        ),
        steps=(
            Take("first", gap_minutes=3),
            Portal(
                "first",
                "I see the run standing. Please do not end it by hand yet, a half-finished close is worse "
                "than a slow one. I am bringing in our ERP people now.",
                gap_minutes=4,
            ),
            Escalate(
                "first",
                2,
                "second",
                "Month-end run stands at {percent} %, posting is blocked for the whole company.",
                gap_minutes=1,
            ),
            Portal(
                "second",
                "Hello {customer}, {second} here, second line. I am looking at what the run waits for. Two "
                "questions: did anybody start anything unusual at the weekend, and is the list of open "
                "documents empty?",
                gap_minutes=9,
            ),
            Portal(
                "customer",
                "Nothing unusual. The list has three documents, all from last month, all small. Can I tell "
                "people to go home or does it make sense to wait?",
                gap_minutes=10,
            ),
            Feed(
                "second",
                "It waits for a lock on {lock}. Holder is a background session under a service user, so I "
                "cannot see whose it is, and I will not kill it blind on a day like this. @{third} can you "
                "trace it back? @{lead} please know that this one may get loud.",
                ("third", "lead"),
                gap_minutes=25,
            ),
            Escalate(
                "second",
                3,
                "third",
                "Lock on {lock} held by a background session. Needs tracing in the database before anything is ended.",
                gap_minutes=2,
            ),
            Feed(
                "third",
                "Traced: {culprit}. Ending it is safe if the run is told to leave that part out. Testing on "
                "last night's copy first, 40 minutes.",
                gap_minutes=50,
            ),
            Portal(
                "third",
                "We know what the run is waiting for and are trying the way out on a copy first. Please plan "
                "with an hour. Those who are not needed for the close can go home.",
                gap_minutes=5,
            ),
            Portal("customer", "An hour is good. Please call me when it moves, I am staying.", gap_minutes=6),
            Feed(
                "lead",
                "I called {customer} and will do so every hour until this is through. {third} works, I talk.",
                gap_minutes=12,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Goods receipt cannot be posted for {what}",
        description=(
            "When I post the goods receipt for {what} the ERP says `{error}`. Order number is {order}. {effect}"
        ),
        priority="HIGH",
        origin="PORTAL",
        variants=(
            at(
                PUMPS,
                what="castings from Falun",
                error="Period is closed",
                order="45-10239",
                effect="The castings stand in the yard and production may not take them before they are booked.",
                cause="the new stock period had not been opened after the close",
                fix="It is open now, and from next month on the close opens it in the same step.",
            ),
            at(
                BAKERY,
                what="butter",
                error="Unit of measure KGM not maintained",
                order="B-77120",
                effect="It is 2 tonnes of butter and it is getting warm in here.",
                cause="the supplier's new article had no conversion from kilograms to cartons",
                fix="The conversion is there. New articles can no longer be released without one.",
            ),
            at(
                COLD,
                what="the delivery at lane 14",
                error="Batch already exists",
                order="PO 88213",
                effect="The driver wants his signature and is blocking the dock.",
                cause=(
                    "the batch number of an earlier delivery was typed with a zero too many and took this one's number"
                ),
                fix="The earlier batch has its right number, and the receipt went through.",
            ),
        ),
        steps=(
            Take("first", gap_minutes=7),
            Portal(
                "first",
                "Hello {customer}, I have it in front of me. Can somebody accept the delivery on paper in "
                "the meantime? Then nobody has to wait for me.",
                gap_minutes=5,
            ),
            Portal(
                "customer",
                "On paper is done, the driver is gone. The booking still has to happen today.",
                gap_minutes=12,
            ),
            Feed(
                "first",
                "Not a matter of rights, I get the same `{error}` with the test user. Needs somebody who may "
                "change master data.",
                gap_minutes=10,
            ),
            Escalate("first", 2, None, "`{error}` on order {order}; master data or period, not rights.", gap_minutes=2),
            Take("second", gap_minutes=20),
            Portal("second", "Please try to post it once more now.", gap_minutes=35),
            Portal("customer", "Posted. Thank you, both of you.", gap_minutes=9),
            Resolve("second", "Reason: {cause}. {fix}", "Resolved successfully", gap_minutes=10),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{what} missing in the ERP",
        description=(
            "{what} are missing from the list since {since}. They were there before, I am sure of it. "
            "Have they been deleted?"
        ),
        priority="HIGH",
        origin="CALL",
        variants=(
            at(ARCHITECTS, what="the fee invoices of project 2217", since="yesterday", filter="*my department only*"),
            at(
                BAKERY,
                what="all supplier invoices of last month",
                since="this morning",
                filter="*document date*, with a day of two years ago in it",
            ),
            at(
                HOTELS,
                what="the deposits of the wedding bookings",
                since="Monday",
                filter="*currency = AUD*, and the deposits are in euros",
            ),
        ),
        steps=(
            Take("first", gap_minutes=9),
            Feed("first", "All there in the database. This will be the saved view.", gap_minutes=7),
            Portal(
                "first",
                "Hello {customer}, first of all: nothing has been deleted, I can see them all. I think your "
                "list has a filter on it. Is there a small blue funnel next to the title?",
                gap_minutes=2,
            ),
            Portal("customer", "There is one! It says {filter}. I never set that.", gap_minutes=8),
            Portal(
                "first",
                "It is set when one saves the view under the standard name, and a stray click is enough. "
                "Click on the funnel and then *Remove*.",
                gap_minutes=3,
            ),
            Portal("customer", "They are back. You have no idea what kind of morning I had.", gap_minutes=4),
            Cancel("first", "No fault found", "Data complete; a saved filter hid the documents.", gap_minutes=3),
        ),
    ),
)
