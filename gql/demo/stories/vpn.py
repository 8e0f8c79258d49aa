"""Stories about the VPN: the way in for people who are elsewhere."""

from __future__ import annotations

from gql.demo.people import (
    ARCHITECTS,
    BROKERS,
    COLD,
    COLLEGE,
    HOSPITAL,
    HOUSING,
    LAW,
    LOGISTICS,
    PUMPS,
    RESORT,
    UTILITY,
)
from gql.demo.stories.shape import Escalate, Feed, Portal, Resolve, Story, Take, Wait, at

STORIES: tuple[Story, ...] = (
    Story(
        category="INCIDENT",
        subject="VPN drops every {minutes} minutes for {team}",
        description=(
            "Everybody in {team} loses the VPN every {minutes} minutes when working from home. It "
            "reconnects by itself, but {effect}. It started after the update of the VPN program last "
            "week."
        ),
        priority="HIGH",
        origin="PORTAL",
        variants=(
            at(
                LAW,
                minutes="20",
                team="the property team",
                effect="documents that were open become read-only and changes are lost",
                version="6.4.1",
                provider="two different ones",
            ),
            at(
                BROKERS,
                minutes="30",
                team="the claims team",
                effect="the phone call in the softphone is cut, in the middle of a sentence",
                version="6.4.1",
                provider="three different ones",
            ),
            at(
                ARCHITECTS,
                minutes="15",
                team="site management",
                effect="a drawing that takes ten minutes to load starts again from the beginning",
                version="6.4.2",
                provider="the hotel's and two mobile networks",
            ),
            at(
                HOSPITAL,
                minutes="45",
                team="the medical secretariat",
                effect="the dictation program has to be closed and signed into again",
                version="6.4.1",
                provider="four different ones",
            ),
        ),
        steps=(
            Take("first", gap_minutes=25),
            Portal(
                "first",
                "Hello {customer}, thank you for the exact description. Could you tell me for two or three "
                "of the people which version is shown under *About* in the VPN program, and who their "
                "internet provider is?",
                gap_minutes=10,
            ),
            Portal(
                "customer",
                "I asked around: all have {version}. Internet providers: {provider}. So it cannot be that.",
                gap_minutes=95,
            ),
            Feed(
                "first",
                "All on {version}, rolled out last Tuesday. The gateway logs a clean `idle timeout` each "
                "time although traffic is flowing. Smells like the keep-alive change in that version.",
                gap_minutes=20,
            ),
            Escalate(
                "first",
                2,
                None,
                "Pattern points to client {version}, not to the people's lines. Needs the gateway's side.",
                gap_minutes=3,
            ),
            Take("second", gap_minutes=30),
            Feed(
                "second",
                "Reproduced on my own laptop: drops after exactly {minutes} minutes. The vendor has a ticket "
                "on it, no date. Going back to the version before means touching every laptop; raising the "
                "timeout on the gateway is quicker, but the security people must agree. @{lead} can you ask "
                "them?",
                ("lead",),
                gap_minutes=75,
            ),
            Portal(
                "second",
                "We can now see it ourselves and know that it is the new version. There are two ways to get "
                "rid of it and we are deciding today which is the safer. Until then: the wired connection in "
                "the office is not affected.",
                gap_minutes=10,
            ),
            Feed(
                "lead",
                "Asked. They want a written risk note first, two lines are enough. @{second} please send it "
                "to me, I take it to them this afternoon.",
                ("second",),
                gap_minutes=60,
            ),
            Portal(
                "customer", "Please do decide today. Some of us have started to drive in for this.", gap_minutes=130
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="VPN access for {supplier}",
        description=(
            "{supplier} will {job} and needs access to {system} from outside. Please set up an account "
            "for {people}. They would like to start {start}."
        ),
        priority="LOW",
        origin="EMAIL",
        variants=(
            at(
                UTILITY,
                supplier="Ostmann Messtechnik",
                job="maintain the level meters remotely",
                system="the meter server (nothing else)",
                people="two technicians",
                start="on the first of next month",
            ),
            at(
                PUMPS,
                supplier="Norrspindel CNC",
                job="service the two milling machines",
                system="the machine network in hall 2",
                people="one person",
                start="next week",
            ),
            at(
                RESORT,
                supplier="Ropeline Controls",
                job="read out the lift drives before the season",
                system="the lift gateway at Saddle Express",
                people="three engineers",
                start="well before opening day",
            ),
            at(
                COLD,
                supplier="Frostpoint Refrigeration",
                job="watch the compressors at night",
                system="the compressor panel",
                people="their on-call team",
                start="as soon as it is ready",
            ),
        ),
        steps=(
            Take("first", gap_minutes=210),
            Feed(
                "first",
                "No supplier contract for {supplier} on file. Rule for outside access: named persons, an end "
                "date, one system, and somebody at {account} who answers for them. I have one of the four.",
                gap_minutes=15,
            ),
            Portal(
                "first",
                "Hello {customer}, gladly. For people from outside we need a little more before we open the "
                "door:\n\n- the names and mail addresses of the persons (no shared accounts, sorry)\n- the "
                "date on which the access should end\n- who on your side answers for them\n\nWith that it "
                "takes us one working day.",
                gap_minutes=5,
            ),
            Wait("first", "Names, end date and a responsible person for {supplier} are missing.", gap_minutes=1),
            Feed(
                "first", "Reminded {customer} by phone. They are waiting for {supplier} themselves.", gap_minutes=2890
            ),
        ),
    ),
    Story(
        category="INCIDENT",
        subject="Nobody in {place} can connect to the VPN",
        description=(
            "Since {time} nobody in {place} gets into the VPN. The program says `{message}`. That is "
            "{count} people who cannot work, so please treat it as urgent."
        ),
        priority="CRITICAL",
        origin="CALL",
        variants=(
            at(
                LOGISTICS,
                place="the customs team",
                seen="Their sign-ins arrive and are refused after the password",
                time="the start of the shift",
                message="Authentication failed (-5017)",
                count="nine",
                cause="the sign-in certificate between the gateway and the directory had run out overnight",
                workaround=(
                    "Sign-in with a code by text message is switched on until the new certificate has been "
                    "through its checks"
                ),
                after="Certificate dates are now watched 30 days ahead.",
            ),
            at(
                HOUSING,
                place="the repairs team",
                seen="From them nothing arrives here at all, they must end up somewhere else",
                time="this morning",
                message="Gateway did not respond",
                count="fourteen",
                cause="the provider's name server answers with the old address of the gateway",
                workaround="The program on your laptops now uses the gateway's second name, which resolves correctly",
                after="The change at the provider is ordered; nothing to do on your side.",
            ),
            at(
                COLLEGE,
                place="the admissions office",
                seen="Their sign-ins pass, and then the health check throws them out again",
                time="the lunch break",
                message="Your device does not meet the requirements",
                count="seven",
                cause="the health check takes the new version of the virus scanner for a missing one",
                workaround="The check lets the new version pass for your group until the vendor's correction is here",
                after="We take the exception away again when it has arrived.",
            ),
        ),
        steps=(
            Take("first", gap_minutes=3),
            Portal(
                "first",
                "I have put everything else aside. Has anything changed on the laptops, an update over night "
                "for example? And can you sign in to the mail in the browser?",
                gap_minutes=4,
            ),
            Portal("customer", "Mail in the browser works. Nothing that we know of has changed.", gap_minutes=5),
            Escalate(
                "first",
                2,
                None,
                "Nobody in {place} gets in. Mail sign-in works, so it is the VPN itself. Message: `{message}`.",
                gap_minutes=3,
            ),
            Take("second", gap_minutes=4),
            Feed(
                "second",
                "Other customers on the same gateway are fine. {seen}. I can see that it happens but not "
                "why, that part is out of my reach. @{third} need you on this now.",
                ("third",),
                gap_minutes=22,
            ),
            Escalate(
                "second", 3, "third", "The cause lies in a part that only third line can look into.", gap_minutes=1
            ),
            Portal(
                "second",
                "Short news: it is not your laptops and not your passwords. {third} from our third line is "
                "on it, and you hear from us again within half an hour.",
                gap_minutes=2,
            ),
            Feed(
                "third",
                "It is this: {cause}. Proper repair takes until tomorrow because of the change window. I can "
                "put a bridge over it within minutes. {lead} has agreed by phone.",
                gap_minutes=35,
            ),
            Portal("third", "{workaround}. Please let two people try before everybody does.", gap_minutes=12),
            Portal("customer", "Two are in. Three. Yes, works! I am telling the others.", gap_minutes=8),
            Resolve("third", "What happened: {cause}. {workaround}. {after}", "Workaround given", gap_minutes=20),
        ),
    ),
)
