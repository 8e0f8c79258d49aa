"""Stories about strange mails: one that was asked about, one that was clicked."""

from __future__ import annotations

from gql.demo.people import ARCHITECTS, BROKERS, COLD, HOSPITAL, HOTELS, LOGISTICS, MUSEUM
from gql.demo.stories.shape import Close, Escalate, Feed, Portal, Resolve, Story, Take, at

STORIES: tuple[Story, ...] = (
    Story(
        category="CONSULTATION",
        subject="Is this mail from {sender} genuine?",
        description="{who} got a mail from {sender} {content}. It looks real, but {doubt}. May we open it?",
        priority="MEDIUM",
        origin="EMAIL",
        variants=(
            at(
                HOSPITAL,
                who="The ward secretary",
                sender='"the IT department"',
                content="saying that mailboxes will be deleted unless one signs in today",
                doubt="you never write in such a tone",
                verdict="It is a forgery",
                reason="the link leads to a page that was registered two days ago",
                extra="eleven more people in your house got it, and it has been taken out of their mailboxes",
            ),
            at(
                BROKERS,
                who="Accounts",
                sender="a Lloyd's syndicate",
                content="with a new bank account for premiums",
                doubt="the account is in another country",
                verdict="It is a forgery",
                reason="the address has an `rn` where the real one has an `m`",
                extra=(
                    "please call the syndicate under the number you have always used, they should know that "
                    "somebody writes in their name"
                ),
            ),
            at(
                ARCHITECTS,
                who="Everybody",
                sender="the building permit office",
                content="with a link to *revised comments*",
                doubt="nobody expected any",
                verdict="It is genuine",
                reason="it comes from the county's own server and the link leads to their permit site",
                extra=(
                    "the comments are for the Alameda school, and somebody should read them: the answer is due "
                    "in ten days"
                ),
            ),
            at(
                HOTELS,
                who="The front desk",
                sender="a guest",
                content="with a `.zip` of *photos of the room*",
                doubt="we have no guest of that name",
                verdict="It is dangerous",
                reason="the file contains a program and not one photo",
                extra="nobody has opened it, I checked; the sender is blocked for all your houses",
            ),
        ),
        steps=(
            Take("first", gap_minutes=8),
            Feed("first", "Opened it in the sandbox: {reason}.", gap_minutes=20),
            Portal(
                "first",
                "Hello {customer}, good that you asked. {verdict}: {reason}. One more thing: {extra}.",
                gap_minutes=6,
            ),
            Portal("customer", "Thank you for the quick answer, I am passing it on to everybody.", gap_minutes=15),
            Resolve("first", "{verdict}: {reason}. Also: {extra}.", "Information provided", gap_minutes=5),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="{person} entered the password on a false page",
        description=(
            "{person} has just clicked on a link in a mail about {lure} and typed in name and password. "
            "Then {then}. We were told at once."
        ),
        priority="CRITICAL",
        origin="CALL",
        variants=(
            at(
                LOGISTICS,
                person="a dispatcher",
                lure="a missed delivery",
                then="the page was suddenly white",
                rule="a rule that moves every mail with *IBAN* in it to the RSS folder",
                from_where="an address in a hosting centre in Riga",
                reach="they sent two mails to carriers, with a changed bank account in them",
                out="Both carriers were called and had not paid",
            ),
            at(
                COLD,
                person="the office manager",
                lure="a voice message",
                then="it asked for the code from the app, twice",
                rule="a second phone registered for sign-in codes",
                from_where="a rented server in Ohio",
                reach="they downloaded the customer price list",
                out="The account managers of the customers on the list know, and watch for letters in your name",
            ),
            at(
                MUSEUM,
                person="a volunteer at the desk",
                lure="a parking fine",
                then="nothing happened",
                rule="a forward of all mails to an address nobody knows",
                from_where="a mobile network abroad",
                reach="they had the newsletter tool open, with a mail to 4,200 friends of the museum ready to go",
                out="The mail was stopped before it went out",
            ),
        ),
        steps=(
            Take("first", gap_minutes=1),
            Portal(
                "first",
                "Telling us at once was exactly right, please pass that on from me. I have locked the "
                "account and ended all sessions. Please leave the computer on and do not touch it for now.",
                gap_minutes=4,
            ),
            Feed(
                "first",
                "Reset done. There *was* a sign-in from {from_where}, nine minutes after the click. So this "
                "is not only a password, somebody was in.",
                gap_minutes=7,
            ),
            Escalate(
                "first",
                2,
                "second",
                "Account was used by a stranger. Need to know what they did in there.",
                gap_minutes=1,
            ),
            Feed(
                "second",
                "Found {rule}. Removed. Audit log goes back 90 days, I am going through all of today.",
                gap_minutes=25,
            ),
            Portal(
                "customer",
                "Is it only this one account? People here are getting nervous and want to know whether they may work.",
                gap_minutes=12,
            ),
            Portal(
                "second",
                "So far it is this one account only, and everybody else may go on working. What I can say "
                "for certain I will write here by the end of the hour.",
                gap_minutes=5,
            ),
            Feed(
                "second",
                "It went further than the mailbox: {reach}. @{third} please have a look at the computer "
                "itself, @{lead} please take over the talking to their management.",
                ("third", "lead"),
                gap_minutes=35,
            ),
            Escalate("second", 3, "third", "Computer must be examined before it is used again.", gap_minutes=2),
            Feed(
                "lead",
                "Spoken with the managing director. They want facts in writing by tonight and no guesses. Agreed.",
                gap_minutes=25,
            ),
            Portal(
                "third",
                "Hello {customer}, what is certain by now: the account was used from outside for 41 minutes "
                "by strangers, and {reach}. {out}. The computer is clean, it was the password only; it may "
                "be used again from tomorrow.",
                gap_minutes=150,
            ),
            Portal(
                "customer",
                "Thank you. Bad enough, but now we know where we stand. What about the others who got the same mail?",
                gap_minutes=30,
            ),
            Portal(
                "third",
                "Six others had it, none of them clicked, and it is gone from their mailboxes. The address "
                "is blocked for everybody.",
                gap_minutes=12,
            ),
            Resolve(
                "third",
                "One account was abused for 41 minutes by strangers; {reach}. {out}. Removed: {rule}. "
                "Password and codes were reset, the mail was taken out of all mailboxes, and a report for "
                "management is in the file portal.",
                "Resolved successfully",
                gap_minutes=1100,
            ),
            Feed(
                "lead",
                "Offered them the awareness training, one hour, no charge. And a word of praise for whoever "
                "it was: without that call we would have learned of it a week later.",
                gap_minutes=45,
            ),
            Close("lead", gap_minutes=4330),
        ),
    ),
)
