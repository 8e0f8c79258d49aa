"""How contact and account of a case belong together, case by case."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gql.errors import DeskError, Invalid, Required
from gql.rules.customers import edited_to, registered_for


@dataclass(frozen=True)
class Person:
    id: int
    account_id: int | None


WESTHAVEN, BAKERIES = 10, 20
VERA, PAUL, NILS = Person(1, WESTHAVEN), Person(2, BAKERIES), Person(3, None)


@pytest.mark.rule("R-1")
@pytest.mark.rule("R-2")
@pytest.mark.parametrize(
    ("contact", "account", "outcome"),
    [
        pytest.param(VERA, None, (1, WESTHAVEN), id="a contact brings the account"),
        pytest.param(VERA, WESTHAVEN, (1, WESTHAVEN), id="the contact's own account may be named"),
        pytest.param(NILS, None, (3, None), id="a contact without an account"),
        pytest.param(NILS, BAKERIES, (3, BAKERIES), id="a contact without an account leaves the one that was named"),
        pytest.param(None, BAKERIES, (None, BAKERIES), id="an account alone"),
    ],
)
def test_the_account_of_a_new_case_follows_its_contact(
    contact: Person | None, account: int | None, outcome: tuple[int | None, int | None]
) -> None:
    assert registered_for(contact, account) == outcome


@pytest.mark.rule("R-1")
@pytest.mark.rule("R-2")
@pytest.mark.parametrize(
    ("contact", "account", "refusal", "field"),
    [
        pytest.param(None, None, Required, "contactId", id="neither"),
        pytest.param(VERA, BAKERIES, Invalid, "accountId", id="another's account"),
    ],
)
def test_a_new_case_is_refused_for(
    contact: Person | None, account: int | None, refusal: type[DeskError], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        registered_for(contact, account)
    assert refused.value.field == (field,)


# What the case would have if nothing depended on anything: the contact, whether it was given, and so the account.


@pytest.mark.rule("R-2")
@pytest.mark.rule("R-3")
@pytest.mark.parametrize(
    ("contact", "contact_given", "account", "account_given", "outcome"),
    [
        pytest.param(PAUL, True, WESTHAVEN, False, (2, BAKERIES), id="another contact brings the other account"),
        pytest.param(NILS, True, WESTHAVEN, False, (3, WESTHAVEN), id="a contact without an account leaves it"),
        pytest.param(PAUL, True, BAKERIES, True, (2, BAKERIES), id="contact and account that fit"),
        pytest.param(NILS, True, BAKERIES, True, (3, BAKERIES), id="a contact of none and an account"),
        pytest.param(NILS, True, None, True, (3, None), id="a contact of none, and no account"),
        pytest.param(PAUL, True, None, True, (2, BAKERIES), id="a contact given brings the account though cleared"),
        pytest.param(None, True, WESTHAVEN, False, (None, WESTHAVEN), id="the contact cleared, the account stays"),
        pytest.param(None, True, BAKERIES, True, (None, BAKERIES), id="the contact cleared, another account"),
        pytest.param(VERA, False, WESTHAVEN, True, (1, WESTHAVEN), id="the contact's own account"),
        pytest.param(VERA, False, BAKERIES, True, (None, BAKERIES), id="another account clears the contact"),
        pytest.param(NILS, False, BAKERIES, True, (3, BAKERIES), id="an account for a contact of none"),
        pytest.param(NILS, False, None, True, (3, None), id="the account cleared, of a contact of none"),
        pytest.param(None, False, BAKERIES, True, (None, BAKERIES), id="another account, where no contact is"),
    ],
)
def test_an_edit_keeps_contact_and_account_together(
    contact: Person | None,
    contact_given: bool,
    account: int | None,
    account_given: bool,
    outcome: tuple[int | None, int | None],
) -> None:
    edited = edited_to(contact=contact, contact_given=contact_given, account_id=account, account_given=account_given)
    assert edited == outcome


@pytest.mark.rule("R-2")
@pytest.mark.parametrize(
    ("contact", "contact_given", "account", "account_given", "refusal", "field"),
    [
        pytest.param(None, True, None, False, Required, "contactId", id="the contact of a case without account"),
        pytest.param(None, False, None, True, Required, "accountId", id="the account of a case without contact"),
        pytest.param(None, True, None, True, Required, "contactId", id="both cleared"),
        pytest.param(VERA, False, None, True, Required, "accountId", id="the account that the contact has"),
        pytest.param(PAUL, True, WESTHAVEN, True, Invalid, "accountId", id="a contact and another's account"),
    ],
)
def test_an_edit_is_refused_that_clears_or_sets(
    contact: Person | None,
    contact_given: bool,
    account: int | None,
    account_given: bool,
    refusal: type[DeskError],
    field: str,
) -> None:
    with pytest.raises(refusal) as refused:
        edited_to(contact=contact, contact_given=contact_given, account_id=account, account_given=account_given)
    assert refused.value.field == (field,)
