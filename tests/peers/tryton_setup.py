"""What a freshly initialised Tryton needs before a sale can be drafted: the least, by RPC as a person would.

A currency with a rate, a company (which is a party), countries for addresses, and two users: ``admin``,
who stands for the people that work in the ERP, and ``interlock``, the connector's own user. Both
must belong to the company: without it every sale is refused ("User in companies").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: ``(method, *params)`` without the ``model.`` prefix and without the context, which is appended.
Rpc = Callable[..., Any]

MODULES = ("party", "company", "currency", "sale", "account_invoice")
# Of a server on loopback that lives as long as a test run.
ADMIN_PASSWORD = "a-person-in-the-erp"
USER, PASSWORD = "interlock", "interlock-in-the-erp"
COUNTRIES = {"AT": "Austria", "BE": "Belgium", "CH": "Switzerland", "DE": "Germany", "FR": "France"}
GROUPS = ("Party Administration", "Sales", "Sales Administrator")


def set_up(rpc: Rpc) -> None:
    """Everything, on a database without records; the connector's user gets the rights it needs and no more."""
    currency = _currency(rpc)
    company = _company(rpc, currency)
    people = rpc("res.user.search", [["login", "=", "admin"]], 0, None, None)  # 1 on SQLite, 2 on PostgreSQL
    rpc("res.user.write", people, _belongs_to(company))
    rpc("country.country.create", [{"code": code, "name": name} for code, name in COUNTRIES.items()])
    groups = rpc("res.group.search", [["name", "in", GROUPS]], 0, None, None)
    values = {"name": "Interlock", "login": USER, "password": PASSWORD, "groups": [["add", groups]]}
    rpc("res.user.create", [values | _belongs_to(company)])


def _currency(rpc: Rpc) -> int:
    rate = {"rate": {"__class__": "Decimal", "decimal": "1"}}
    values = {"name": "Euro", "code": "EUR", "symbol": "€", "rates": [["create", [rate]]]}
    [currency] = rpc("currency.currency.create", [values])
    return int(currency)


def _company(rpc: Rpc, currency: int) -> int:
    [party] = rpc("party.party.create", [{"name": "Our Company"}])
    [company] = rpc("company.company.create", [{"party": party, "currency": currency}])
    return int(company)


def _belongs_to(company: int) -> dict[str, Any]:
    return {"companies": [["add", [company]]], "company": company}
