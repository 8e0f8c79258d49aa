"""Stories about licences: may we, and how many more."""

from __future__ import annotations

from gql.demo.people import ARCHITECTS, COLLEGE, LAW, LOGISTICS, PUMPS, RESORT, UTILITY
from gql.demo.stories.shape import Close, Feed, Portal, Resolve, Story, Take, at

STORIES: tuple[Story, ...] = (
    Story(
        category="CONSULTATION",
        subject="May we use {product} {how}?",
        description="We have {count} licences of {product}. May we use them {how}? {why}",
        priority="LOW",
        origin="WEB",
        variants=(
            at(
                ARCHITECTS,
                product="the rendering software",
                count="five",
                how="on a second computer at home",
                why="Never at the same time, the machine in the office is simply off in the evening.",
            ),
            at(
                COLLEGE,
                product="the font collection",
                count="30",
                how="for work that students sell",
                why="Two of them have been asked by a record label and we do not want to get them into trouble.",
            ),
            at(
                PUMPS,
                product="the simulation program",
                count="two",
                how="in our plant in Poland",
                why="The contract says *site* and nobody knows what that means.",
            ),
        ),
    ),
    Story(
        category="SERVICE_REQUEST",
        subject="{count} more licences of {product}",
        description="We need {count} more licences of {product} for {whom}, by {until} please. Cost centre {cost}.",
        priority="MEDIUM",
        origin="PORTAL",
        variants=(
            at(
                LAW,
                count="eight",
                product="the PDF editor",
                whom="the new intake of trainees",
                until="the first of the month",
                cost="LON-210",
                spare="five that have not been opened for six months",
                rest="three",
            ),
            at(
                LOGISTICS,
                count="twelve",
                product="the route planner",
                whom="the depot in Lille",
                until="the opening",
                cost="7730",
                spare="four of drivers who have left",
                rest="eight",
            ),
            at(
                UTILITY,
                count="three",
                product="the map program",
                whom="the heating planners",
                until="next week",
                cost="52-100",
                spare="two on computers that were scrapped",
                rest="one",
            ),
            at(
                RESORT,
                count="twenty",
                product="the seasonal roster app",
                whom="the seasonal staff",
                until="opening day",
                cost="Guest Svcs",
                spare="nine of last season that were never taken back",
                rest="eleven",
            ),
        ),
        steps=(
            Take("first", gap_minutes=130),
            Feed(
                "first",
                "Before ordering, looked at what they have: {spare}. Would save them real money.",
                gap_minutes=25,
            ),
            Portal(
                "first",
                "Hello {customer}, you pay for {spare}. If I may take those back, you only need {rest} more. Shall I?",
                gap_minutes=5,
            ),
            Portal("customer", "That is the kind of answer I like. Yes please.", gap_minutes=110),
            Feed("first", "Order is out ({rest}), delivery note by tomorrow.", gap_minutes=30),
            Resolve(
                "first",
                "{count} licences of {product} are available. Newly ordered: {rest}. The others were free "
                "already: {spare}. They are in the software shop on each computer.",
                "Resolved successfully",
                gap_minutes=1440,
            ),
            Close("first", gap_minutes=2880),
        ),
    ),
)
