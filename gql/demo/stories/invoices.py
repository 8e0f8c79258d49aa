"""Stories about invoices and payments: wrong, rejected, made twice."""

from __future__ import annotations

from gql.demo.people import BAKERY, BROKERS, HOSPITAL, HOUSING, LOGISTICS, MUSEUM, PUMPS, UTILITY
from gql.demo.stories.shape import Close, Escalate, Feed, Portal, Resolve, Story, Take, at

STORIES: tuple[Story, ...] = (
    Story(
        category="INCIDENT",
        subject="Invoice {number} shows the wrong VAT",
        description=(
            "Invoice {number} to {debtor} was printed with {wrong} although {right} applies. I cannot "
            "correct it because it is posted already. Are there more of these?"
        ),
        priority="MEDIUM",
        origin="EMAIL",
        variants=(
            at(PUMPS, number="2210-4471", debtor="a customer in Norway", wrong="25 % VAT", right="export without VAT"),
            at(BAKERY, number="HF-30918", debtor="the school kitchens", wrong="20 %", right="the zero rate for bread"),
            at(
                MUSEUM,
                number="CM-1187",
                debtor="a school class",
                wrong="20 % on admission",
                right="the exemption for museums",
            ),
        ),
        steps=(
            Feed(
                "first",
                "The customer asks whether there are more, so this is not only about one invoice. Before "
                "anybody answers: the tax table was changed in the last release. @{second} could you count "
                "the affected ones before we talk to them?",
                ("second",),
                gap_minutes=35,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="E-invoices to {debtor} are rejected",
        description=(
            "All e-invoices to {debtor} come back with `{code}` since {since}. {amount} are open because "
            "of that and our people in accounts have to explain it on the phone every day."
        ),
        priority="HIGH",
        origin="EMAIL",
        variants=(
            at(
                UTILITY,
                debtor="the federal railways",
                code="BR-DE-15",
                since="the first of the month",
                amount="About 48,000 euros",
                missing="the buyer reference",
                again="41 went through, 6 came back. All six have a reference with a slash in it, if that helps",
            ),
            at(
                LOGISTICS,
                debtor="a customer in Turin",
                code="00400",
                since="Thursday",
                amount="More than 20 invoices",
                missing="the tax exemption code",
                again="the invoices are through, but this morning the credit notes came back with the same code",
            ),
            at(
                PUMPS,
                debtor="the county of Skåne",
                code="PEPPOL-EN16931-R004",
                since="the update",
                amount="Nine invoices",
                missing="the new specification identifier",
                again="that code is gone, but all nine came back over night with `R003`",
            ),
        ),
        steps=(
            Take("first", gap_minutes=40),
            Feed(
                "first",
                "`{code}` means that {missing} is missing. It is filled in the customer's record, so the "
                "export loses it.",
                gap_minutes=30,
            ),
            Escalate("first", 2, None, "Export of e-invoices leaves out {missing}.", gap_minutes=3),
            Take("second", gap_minutes=90),
            Portal(
                "second",
                "Hello {customer}, the export left out {missing} because the mapping was replaced with the "
                "last update. It is back in, and I have sent all open invoices again. You should see the "
                "acceptance within a day.",
                gap_minutes=120,
            ),
            Resolve(
                "second",
                "The export contains {missing} again; all open invoices were sent again.",
                "Resolved successfully",
                gap_minutes=10,
            ),
            Portal("customer", "Good news and bad news: {again}. Please have another look.", gap_minutes=1260),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{run} went out twice on {day}",
        description=(
            "{run} of {day} was executed twice. {amount} Please stop whatever can still be stopped and "
            "tell us how this could happen."
        ),
        priority="CRITICAL",
        origin="CALL",
        variants=(
            at(
                BROKERS,
                run="the premium payment run",
                day="Thursday",
                amount="The bank has taken 212,400 pounds two times.",
                stopped="137 of 164 payments could be recalled before the cut-off",
                rest="27 payments",
                why="the run was restarted after a time-out although the first had reached the bank",
            ),
            at(
                HOSPITAL,
                run="the salary run for agency staff",
                day="the 25th",
                amount="84 nurses have double pay on their accounts and some have started to call.",
                stopped="the bank could hold back 61 of 84",
                rest="23 payments",
                why="the file was picked up once by the schedule and once by hand, because the schedule was late",
            ),
            at(
                HOUSING,
                run="the rent collection",
                day="the first",
                amount="Tenants were charged two rents. Many of them cannot carry that even for a day.",
                stopped=(
                    "the bank returns all collections of the second run on the same day, but nine tenants had "
                    "overdraft fees by then"
                ),
                rest="nine tenants",
                why="the run was repeated after a server restart because its mark `done` had not been written",
            ),
        ),
        steps=(
            Take("first", gap_minutes=2),
            Feed(
                "first",
                "Money, so no experiments from my side. @{lead} @{second} please both at once.",
                ("lead", "second"),
                gap_minutes=3,
            ),
            Escalate(
                "first",
                2,
                "second",
                "Double execution with real money. The bank's cut-off is in two hours.",
                gap_minutes=1,
            ),
            Portal(
                "second",
                "Hello {customer}, the schedule is stopped, so there will be no third run. The list of what "
                "went out twice is in your file portal, *Exchange*, as a table that the bank can use for the "
                "recall. Please call them now, before the cut-off; I stay reachable for their questions.",
                gap_minutes=18,
            ),
            Portal(
                "customer", "On the phone with them. They want the end-to-end ids, is that column F?", gap_minutes=14
            ),
            Portal("second", "Column F, yes. Column H is what they need for the returns.", gap_minutes=2),
            Portal("customer", "Result: {stopped}. For the rest we have to write letters.", gap_minutes=105),
            Escalate(
                "second",
                3,
                None,
                "The urgent part is done. Left: why it could run twice, and how to make that impossible.",
                gap_minutes=30,
            ),
            Take("third", gap_minutes=45),
            Feed(
                "third",
                "Reason: {why}. There is a check on the file's name, and the name contains the time - so a "
                'second run is always "new". That is ours. @{lead} we should say so openly.',
                ("lead",),
                gap_minutes=160,
            ),
            Feed(
                "lead",
                "We do. I am writing the report with {third}, the customer gets it tomorrow. Please nobody "
                "send fragments before that.",
                gap_minutes=25,
            ),
            Portal(
                "lead",
                "Dear {customer}, the report is in your file portal. In short: {why}. The protection that "
                "should have caught this compared file names only; it now compares the payments themselves, "
                "and a second run needs two people. We are sorry, and we carry the bank's fees for the "
                "{rest}.",
                gap_minutes=1180,
            ),
            Portal(
                "customer",
                "Thank you for the plain words. Accepted from our side, the rest goes through our legal department.",
                gap_minutes=240,
            ),
            Resolve(
                "third",
                "Second runs are now recognised by the payments in them and need a second person's approval. "
                "Report delivered.",
                "Resolved successfully",
                gap_minutes=60,
            ),
            Close("lead", gap_minutes=4300),
        ),
    ),
)
