"""The stories of the demo desk's cases, a module for each theme."""

from __future__ import annotations

from gql.demo.stories import (
    access,
    data,
    erp,
    floor,
    invoices,
    laptops,
    licences,
    mail,
    network,
    phones,
    printing,
    rooms,
    security,
    tills,
    vpn,
    web,
)
from gql.demo.stories.shape import Story

STORIES: tuple[Story, ...] = (
    *network.STORIES,
    *vpn.STORIES,
    *printing.STORIES,
    *mail.STORIES,
    *erp.STORIES,
    *invoices.STORIES,
    *tills.STORIES,
    *phones.STORIES,
    *access.STORIES,
    *laptops.STORIES,
    *floor.STORIES,
    *data.STORIES,
    *web.STORIES,
    *security.STORIES,
    *licences.STORIES,
    *rooms.STORIES,
)
