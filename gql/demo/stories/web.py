"""Stories about websites and the forms on them."""

from __future__ import annotations

from gql.demo.people import ARCHITECTS, BAKERY, COLLEGE, HOTELS, HOUSING, MUSEUM, RESORT, UTILITY
from gql.demo.stories.shape import Close, Escalate, Feed, Portal, Resolve, Story, Take, Wait, at

STORIES: tuple[Story, ...] = (
    Story(
        category="SERVICE_REQUEST",
        subject="Website: {change}",
        description="Please change on our website: {change}. {details}",
        priority="LOW",
        origin="WEB",
        variants=(
            at(
                RESORT,
                change="new hours of the gondola",
                details="9 am to 5 pm from next Monday, closed on Tuesdays. The German and the Spanish page as well.",
            ),
            at(
                BAKERY,
                change="the Roundhay shop has moved",
                details="It is at number 41 now, not 17. The map still leads people to a dentist.",
            ),
            at(
                MUSEUM,
                change="the tow path is closed until further notice",
                details="A red line on top of every page would be good, people walk all the way from the station.",
            ),
            at(
                HOUSING,
                change="new number of the emergency line",
                details=(
                    "The old number runs until the end of the month, so the new one has to be up before that. "
                    "Also in the PDF for tenants."
                ),
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Messages from the {form} form do not arrive",
        description=(
            "Somebody told us on the phone that they had filled in the {form} form twice. We have "
            "received nothing at all from it since {since}. {effect}"
        ),
        priority="HIGH",
        origin="PORTAL",
        variants=(
            at(
                HOTELS,
                form="wedding enquiry",
                since="the new website went live",
                effect="We were wondering why it was so quiet.",
                count="23",
                spam="the sender address is the guest's own, which looks forged to your filter",
            ),
            at(
                COLLEGE,
                form="open day",
                since="the switch to the new form tool",
                effect="We have catering for 150 and a list of 12.",
                count="138",
                spam="the thank-you page links to a domain that is on a blocklist",
            ),
            at(
                UTILITY,
                form="meter reading",
                since="the beginning of the month",
                effect="Households will be billed by estimate if this goes on.",
                count="1,912",
                spam="the form sends from a server that the new mail rules do not know",
            ),
        ),
        steps=(
            Take("first", gap_minutes=30),
            Feed(
                "first",
                "Form itself works, I filled it in and got the thank-you page. {count} messages since then "
                "in the site's outbox log, all *sent*. So they leave the site and then vanish.",
                gap_minutes=20,
            ),
            Escalate("first", 2, None, "Messages leave the website and do not reach the mailbox.", gap_minutes=2),
            Take("second", gap_minutes=60),
            Portal(
                "second",
                "Hello {customer}, good news first: nothing is lost, {count} messages are stored on the "
                "website and you get them today as a table. They were caught because {spam}. I have changed "
                "that. Please send a test through the form from a *private* address and tell me whether it "
                "arrives, and in which folder.",
                gap_minutes=110,
            ),
            Wait("second", "Customer tests the form from a private address.", gap_minutes=2),
            Feed(
                "second",
                "Table is in the file portal and was opened. The test is still to come; from our test "
                "address it arrives.",
                gap_minutes=1400,
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{site} shows a security warning",
        description="Visitors of {site} see `{warning}` instead of our page. It began {since}. {effect}",
        priority="CRITICAL",
        origin="CALL",
        variants=(
            at(
                RESORT,
                site="the ticket shop",
                warning="Your connection is not private",
                since="during the night",
                effect="Passes go on sale in forty minutes.",
                cause=(
                    "the certificate ran out because its renewal needs a DNS entry that was removed with the old shop"
                ),
                after="Renewal was rehearsed once with the new DNS entry and works.",
            ),
            at(
                ARCHITECTS,
                site="the project platform",
                warning="NET::ERR_CERT_COMMON_NAME_INVALID",
                since="an hour ago",
                effect="The client's board wants to look at the renderings this afternoon.",
                cause="the platform's new address was not part of the certificate",
                after="Both names are in the certificate now, and the old one leads to the new.",
            ),
            at(
                BAKERY,
                site="the cake order page",
                warning="Deceptive site ahead",
                since="this morning",
                effect="It is four days before the busiest weekend of our year.",
                cause=(
                    "somebody had placed a page with a false parcel notice into the gallery folder, through a "
                    "plugin that was out of date"
                ),
                after=(
                    "The plugin is gone, the site was set up anew from a clean copy, and all its passwords are changed."
                ),
            ),
        ),
        steps=(
            Take("first", gap_minutes=1),
            Portal(
                "first",
                "I see the warning too. Please do not tell visitors to click it away, that would teach them "
                "the wrong thing. I am getting the web people directly.",
                gap_minutes=2,
            ),
            Escalate("first", 2, "second", "{site} shows `{warning}` to all visitors.", gap_minutes=1),
            Feed(
                "second",
                "Reason: {cause}. Working on it now, everything else waits. A notice page under the same "
                "address is up meanwhile.",
                gap_minutes=14,
            ),
            Portal(
                "second",
                "Cause found: {cause}. For the moment visitors see a friendly page with your phone number. I "
                "expect the real one within half an hour.",
                gap_minutes=3,
            ),
            Portal("customer", "Ringing like mad here. Half an hour is the limit!", gap_minutes=9),
            Portal("second", "It is back. Please try on a phone with mobile data as well.", gap_minutes=16),
            Portal("customer", "Phone, office and my mother: all fine. Thank you.", gap_minutes=6),
            Feed(
                "second",
                "@{lead} nobody was watching this address from outside. I have added a check for the "
                "certificate's date and for the browser's warning list, for all sites we look after.",
                ("lead",),
                gap_minutes=120,
            ),
            Resolve("second", "Cause: {cause}. {after}", "Resolved successfully", gap_minutes=30),
            Close("lead", gap_minutes=2900),
        ),
    ),
)
