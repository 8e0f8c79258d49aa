"""Customers have a role within their organisation; those who can sign in already are members of it."""

from __future__ import annotations

from typing import Any

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from gql.enums import PortalRole


async def make_members(apps: Any, editor: Any) -> None:
    """Gives the customers who are there the role in which they see no more than before."""
    logins = apps.get_model("models.Login").filter(contact_id__isnull=False).using_db(editor.client)
    await logins.update(portal_role=PortalRole.MEMBER)


class Migration(migrations.Migration):
    dependencies = [('models', '0008_following')]

    operations = [
        ops.AddField(
            model_name='Login',
            name='portal_role',
            field=fields.CharEnumField(null=True, description='MEMBER: MEMBER\nOBSERVER: OBSERVER\nADMINISTRATOR: ADMINISTRATOR', enum_type=PortalRole, max_length=32),
        ),
        ops.RunPython(make_members, reverse_code=ops.RunPython.noop),
    ]
