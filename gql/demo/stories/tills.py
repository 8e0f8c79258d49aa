"""Stories about tills: cards, receipts, prices, sales that were made offline."""

from __future__ import annotations

from gql.demo.people import BAKERY, COLLEGE, HOSPITAL, HOTELS, MUSEUM, RESORT
from gql.demo.stories.shape import Close, Escalate, Feed, Portal, Resolve, Story, Take, at

STORIES: tuple[Story, ...] = (
    Story(
        category="INCIDENT",
        subject="Card payments declined at {till}",
        description="{till} declines every card, with `{code}`. It has been like that {time}. Cash works. {effect}",
        priority="CRITICAL",
        origin="CALL",
        variants=(
            at(
                BAKERY,
                till="the Headingley shop",
                time="since we opened",
                code="Z3 unable to go online",
                effect="It is the breakfast rush and people put the rolls back.",
            ),
            at(
                RESORT,
                till="ticket window 3",
                time="since it restarted by itself",
                code="91 issuer unavailable",
                effect="First sunny Saturday of the season, and the line reaches the parking lot.",
            ),
            at(
                MUSEUM,
                till="the shop at the aqueduct",
                time="for about half an hour",
                code="05 do not honour",
                effect="Two coach parties are due in half an hour.",
            ),
        ),
        steps=(
            Feed(
                "first",
                "Terminal answers, so it is not the line. The other terminals of {account} take cards, only "
                "this one does not. Keys or contract, both at the card processor: second line has the "
                "contact there.",
                gap_minutes=5,
            ),
            Escalate(
                "first",
                2,
                None,
                "Every card declined with `{code}`; needs the card processor's hotline.",
                gap_minutes=2,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Offline sales of {till} not in the figures",
        description=(
            "{till} was offline for {duration} and went on selling. It is online again, but {amount} of "
            "sales are not in the figures. The paper roll has them, so they did happen."
        ),
        priority="HIGH",
        origin="PORTAL",
        variants=(
            at(
                BAKERY,
                till="till 2 in Otley",
                duration="a morning",
                amount="about 640 pounds",
                files="212",
                stuck="a receipt with a voucher that the system no longer knows",
            ),
            at(
                RESORT,
                till="the Summit Hut register",
                duration="the whole storm weekend",
                amount="some $9,300",
                files="871",
                stuck="a receipt dated 1970, from the hour when the register had lost its clock",
            ),
            at(
                MUSEUM,
                till="the boat trip till",
                duration="two days",
                amount="around 1,100 pounds",
                files="148",
                stuck="a group ticket with 0 persons",
            ),
            at(
                HOTELS,
                till="the pool bar till",
                duration="an evening",
                amount="roughly 2,400 dollars",
                files="305",
                stuck="a charge to a room whose guest had already checked out",
            ),
        ),
        steps=(
            Take("first", gap_minutes=30),
            Portal(
                "first",
                "Hello {customer}, the sales are not lost: the till keeps them until they have been "
                "accepted. Please do **not** restart or close out the till today, then it stays that way.",
                gap_minutes=5,
            ),
            Portal(
                "customer",
                "OK, we put a note on it. But the day has to be closed tonight for the cash count.",
                gap_minutes=25,
            ),
            Feed(
                "first",
                "{files} receipts in the till's outbox, the oldest blocks the rest. I can see the queue, but "
                "not edit it.",
                gap_minutes=15,
            ),
            Escalate("first", 2, None, "Outbox with {files} receipts is stuck on the first one.", gap_minutes=2),
            Take("second", gap_minutes=40),
            Feed(
                "second",
                "Head of the queue is {stuck}. Taking it aside by hand, the rest should flow. I do one till "
                "day at a time and compare the sums with the roll, otherwise they will be chasing pennies "
                "for weeks.",
                gap_minutes=45,
            ),
            Portal(
                "second",
                "The receipts are moving, all but one: {stuck}. That one has to be booked by hand, and I "
                "will tell you the amount when the others are in. You can count the cash tonight, please "
                "close the day tomorrow.",
                gap_minutes=20,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Blank receipts at {till}",
        description=(
            "{till} prints blank receipts. The paper comes out, the drawer opens, but nothing is on it. {effect}"
        ),
        priority="MEDIUM",
        origin="CALL",
        variants=(
            at(
                BAKERY,
                till="till 1 in Ilkley",
                effect="Customers with expenses want a receipt and we write them by hand.",
                answer="It leaves no mark at all. The box says *bond, 80 mm*.",
                fix=(
                    "The paper is ordinary paper; the printer needs thermal paper. A box is on its way, and the "
                    "shop next door helped out with two rolls"
                ),
            ),
            at(
                COLLEGE,
                till="the canteen till",
                effect="The inspector wants to see receipts next week.",
                answer="It leaves a dark line, on the outside of the roll.",
                fix="The roll was in the wrong way round. It now runs with the sensitive side towards the head",
            ),
            at(
                HOSPITAL,
                till="the kiosk in the main hall",
                effect="Visitors think that we are hiding something.",
                answer="A dark line, and I put the roll in as the picture shows.",
                fix="The print head was dead. The till has a new printer from the spare stock",
            ),
        ),
        steps=(
            Take("first", gap_minutes=9),
            Portal(
                "first",
                "Hello {customer}, one test before anybody drives: scratch over the paper with a fingernail. "
                "Does it leave a dark line, and on which side of the roll?",
                gap_minutes=3,
            ),
            Portal("customer", "{answer}", gap_minutes=11),
            Feed("first", "Sorted out together with the person at the till. {fix}.", gap_minutes=90),
            Resolve("first", "{fix}. Test receipt is readable.", "Resolved successfully", gap_minutes=10),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="New prices are missing at {till}",
        description=(
            "The new prices for {what} should be active since {since}, but {till} still has the old "
            "ones. The other tills are right. {effect}"
        ),
        priority="MEDIUM",
        origin="CHAT",
        variants=(
            at(
                BAKERY,
                what="the new tarts",
                since="this morning",
                till="the station kiosk",
                effect="The board says one price, the till another, and we have to give the lower one.",
            ),
            at(
                RESORT,
                what="season passes",
                since="the first of the month",
                till="the rental shop",
                effect="We have sold four passes at last year's price already.",
            ),
            at(
                HOTELS,
                what="the bar menu",
                since="Friday",
                till="the rooftop bar",
                effect="Staff are typing prices from a printed list.",
            ),
            at(
                MUSEUM,
                what="family tickets",
                since="the holidays began",
                till="the north entrance",
                effect="Families who compare notes in the café come back to complain.",
            ),
        ),
        steps=(
            Take("first", gap_minutes=4),
            Portal(
                "first",
                "Hi {customer}! The price file waits for that till, but the till has not asked for it since "
                "its last restart. May I restart its price service now? It takes two minutes, and it cannot "
                "sell while it does.",
                gap_minutes=8,
            ),
            Portal("customer", "Give me ten minutes, there is a queue. ... Now is good.", gap_minutes=13),
            Portal("first", "Done. Which price do you see?", gap_minutes=5),
            Portal("customer", "The new one. Lovely.", gap_minutes=3),
            Feed(
                "first",
                "Third time that a till stops asking after a restart. Opened a problem note with the till "
                "vendor and mentioned all three.",
                gap_minutes=15,
            ),
            Resolve(
                "first",
                "The price service of the till was restarted and has loaded the new prices.",
                "Resolved successfully",
                gap_minutes=2,
            ),
            Close("first", gap_minutes=2880),
        ),
    ),
)
