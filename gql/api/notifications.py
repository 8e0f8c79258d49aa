"""The viewer's notifications."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from tortoise.expressions import Q

from gql import store
from gql.actions import notifications
from gql.actor import Actor
from gql.api.history import HistoryEntry
from gql.api.mutations import DeskInfo, Payload, action, work_of
from gql.api.people import User
from gql.api.scalars import Cursor, keys
from gql.cursor import Reading
from gql.engine.declare import Node, computed, form, given, node, value
from gql.enums import NotificationChannel, NotificationReason
from gql.rules.notifications import Preferences, reasons_for, wants


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
    in_place_of: User | None
    """The colleague who is out of office and whom it is meant for; null where the viewer is meant."""
    read_at: datetime | None


def unread(unread_only: bool | None = False) -> Q:
    return Q(read_at__isnull=True) if unread_only else Q()


@value
class NotificationPreference:
    """Whether somebody wants to be told for a reason by a channel."""

    reason: NotificationReason
    channel: NotificationChannel
    wanted: bool


def preferences_of(preferences: Preferences | None, actor: Actor) -> list[NotificationPreference]:
    """All that can be decided, as it stands."""
    return [
        NotificationPreference(reason=reason, channel=channel, wanted=wants(preferences, reason, channel))
        for reason in reasons_for(actor)
        for channel in NotificationChannel
    ]


async def own_preferences(actor: Actor) -> list[NotificationPreference]:
    model: Any = store.User if actor.is_staff else store.Contact
    rows = model.filter(id=actor.user_id or actor.contact_id)
    [kept] = await rows.values_list("notification_preferences", flat=True)
    return preferences_of(kept, actor)


# ---------------------------------------------------------------- mutations


async def unread_count(actor: Actor) -> int:
    return await store.Notification.filter(store.Notification.visible_to(actor), read_at__isnull=True).count()


@form
class ReadNotificationsInput:
    """For readNotifications."""

    up_to: Cursor
    """That of a notification, or `viewer.cursor` for all there are."""


@form
class MarkNotificationsInput:
    """For markNotifications."""

    notification_ids: list[strawberry.ID]
    read: bool
    """False puts them back among the unread ones."""


@form
class NotificationPreferenceInput:
    """One decision about notifications."""

    reason: NotificationReason
    channel: NotificationChannel
    wanted: bool


@form
class ChangeNotificationPreferencesInput:
    """For changeNotificationPreferences. What is not named stays as it is."""

    preferences: list[NotificationPreferenceInput]


@value
class ReadNotificationsPayload(Payload):
    """What is left unread."""

    unread_count: int | None


@value
class MarkNotificationsPayload(Payload):
    """The notifications as they now are, and how many are unread."""

    notifications: list[Notification] | None
    unread_count: int | None


@value
class NotificationPreferencesPayload(Payload):
    """All of the viewer's preferences as they now are."""

    preferences: list[NotificationPreference] | None


@strawberry.type
class NotificationMutations:
    @action
    async def read_notifications(self, info: DeskInfo, input: ReadNotificationsInput) -> ReadNotificationsPayload:
        """Marks notifications as read, up to a cursor."""
        up_to = info.context.desk.cursors.open(input.up_to, "upTo")
        return ReadNotificationsPayload(unread_count=await notifications.read(work_of(info), up_to))

    @action
    async def mark_notifications(self, info: DeskInfo, input: MarkNotificationsInput) -> MarkNotificationsPayload:
        """Marks single notifications as read, or as unread again."""
        work = work_of(info)
        marked = await notifications.mark(work, keys(store.Notification, input.notification_ids), read=input.read)
        return MarkNotificationsPayload(
            notifications=[given(Notification, row) for row in marked],
            unread_count=await unread_count(work.actor),
        )

    @action
    async def change_notification_preferences(
        self, info: DeskInfo, input: ChangeNotificationPreferencesInput
    ) -> NotificationPreferencesPayload:
        """Says what the viewer wants to be told of, and how."""
        work = work_of(info)
        wanted = [(one.reason, one.channel, one.wanted) for one in input.preferences]
        return NotificationPreferencesPayload(
            preferences=preferences_of(await notifications.prefer(work, wanted), work.actor)
        )
