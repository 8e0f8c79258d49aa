"""The viewer's notifications."""

from __future__ import annotations

from datetime import datetime

import strawberry
from tortoise.expressions import Q

from gql import store
from gql.actions import notifications
from gql.api.history import HistoryEntry
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.scalars import Cursor
from gql.cursor import Reading
from gql.engine.declare import Node, computed, form, node, value
from gql.enums import NotificationReason


def notification_cursor(entry_id: int, reading: Reading) -> Cursor:
    return Cursor(reading.cursor_at(entry_id))


@node(store.Notification)
class Notification(Node):
    """A word to one user about an entry that concerns them."""

    cursor: Cursor = computed(notification_cursor)
    entry: HistoryEntry
    """What happened."""
    reason: NotificationReason
    """Why this user is told."""
    read_at: datetime | None


def unread(unread_only: bool | None = False) -> Q:
    return Q(read_at__isnull=True) if unread_only else Q()


@form
class ReadNotificationsInput:
    """For readNotifications."""

    up_to: Cursor


@value
class ReadNotificationsPayload(Payload):
    """What is left unread."""

    unread_count: int | None


@strawberry.type
class NotificationMutations:
    @action
    async def read_notifications(self, info: DeskInfo, input: ReadNotificationsInput) -> ReadNotificationsPayload:
        """Marks notifications as read, up to a cursor."""
        up_to = info.context.desk.cursors.open(input.up_to, "upTo")
        return ReadNotificationsPayload(unread_count=await notifications.read(work_of(info), up_to))
