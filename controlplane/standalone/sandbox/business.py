"""What happens at Halden Instruments: customers, orders, payments, tickets, as their systems would report them. Pure.

Everything follows from a seed: two sandboxes with the same one have the same customers and the same orders.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TAX_DIGITS = 8
#: In how many of a hundred cases …
FORM, TICKET, REPAIR, ACCOUNT, SIGNAL = 24, 18, 35, 8, 16

NAMES = (
    "Brandt Messtechnik GmbH",
    "Grubersberger Optik GmbH",
    "Voestpark Analytik AG",
    "Hofmann & Söhne OG",
    "Alpenlab GmbH",
    "Steyr Sensorik GmbH",
    "Kaltenegger Wägetechnik",
    "Donau Kalibrier GmbH",
    "TU Graz, Inst. 4410",
    "Rieder Umwelttechnik",
    "Linzer Medizintechnik AG",
    "Inntal Prüfdienst GmbH",
    "Wolfsberger Laser GmbH",
    "Salzach Instruments KG",
    "Burgenland Agrarlabor",
    "Zillertal Hydraulik GmbH",
    "Pichler Vakuum GmbH",
    "MedUni Wien, Bestellw.",
    "Eisenerz Thermik GmbH",
    "Waldviertel Glas AG",
    "Semmering Funk GmbH",
    "Tauern Energie GmbH",
    "Feldkirch Automation",
    "Ing. Stadler KG",
    "Thaler Labortechnik",
    "Kogler Präzision GmbH",
    "Rheintal Sensoren AG",
    "Nordlicht Optik GmbH",
    "Bergmann Prüfstände",
    "Isar Analytik GmbH",
    "Aare Messgeräte AG",
    "Ticino Strumenti SA",
    "Adige Laboratori Srl",
    "Moravia Optika s.r.o.",
    "Vltava Metrologie a.s.",
    "Drava Instrumenti d.o.o.",
)
FOREIGN = {"AG": "CH", "SA": "CH", "Srl": "IT", "s.r.o.": "CZ", "a.s.": "CZ", "d.o.o.": "SI"}
SUBJECTS = (
    "Scale drifts by two digits after warm-up",
    "Calibration certificate is missing",
    "Laser module does not start",
    "Invoice goes to the wrong address",
    "Firmware 4.2 loses its zero point",
)


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer by the number that Odoo gave it."""

    number: str
    name: str
    country: str
    tax_id: str

    @property
    def company(self) -> str:
        """What HubSpot calls it, which nobody told the others."""
        return f"HS-{self.number.removeprefix('C-')}"

    @property
    def email(self) -> str:
        """Somebody there."""
        letters = "".join(letter for letter in self.name.lower() if letter.isascii() and letter.isalpha())
        return f"office@{letters[:14]}.example"


@dataclass(frozen=True, slots=True)
class Report:
    """What ``system`` reports, ``after`` seconds."""

    after: float
    system: str
    type: str
    record: dict[str, Any]


def customers(seed: int) -> list[Customer]:
    """The customers at the beginning; Brandt is C-1042, as everybody knows."""
    chance = random.Random(seed)  # noqa: S311 - a story, no secret
    numbers = [1042, *chance.sample([n for n in range(200, 2400) if n != 1042], len(NAMES) - 1)]  # noqa: PLR2004
    return [_customer(f"C-{number:04}", name, chance) for number, name in zip(numbers, NAMES, strict=True)]


def _customer(number: str, name: str, chance: random.Random) -> Customer:
    country = FOREIGN.get(name.rpartition(" ")[2], "AT")
    digits = "".join(chance.choice("0123456789") for _ in range(TAX_DIGITS))
    return Customer(number, name, country, f"{country}U{digits}" if country == "AT" else f"{country}{digits}")


def spaced(tax_id: str) -> str:
    """As the bad release of Odoo writes an Austrian one: ``ATU 6394 1208``."""
    return f"{tax_id[:3]} {tax_id[3:7]} {tax_id[7:]}" if tax_id.startswith("ATU") else tax_id


class Business:
    """The company's days, one thing after the other; ``since`` numbers have been given already."""

    def __init__(self, seed: int, since: int = 0) -> None:
        self.customers = customers(seed)
        self._chance = random.Random(f"{seed} {since}")  # noqa: S311 - a story, no secret
        self._order = 4100 + since
        self._ticket = 20_400 + since
        self._number = since

    def next(self, *, spaced_tax_ids: bool) -> list[Report]:
        """What the next thing brings about, in the order of time."""
        self._number += 1
        draw = self._chance.randrange(100)
        for share, reports in (
            (FORM, self._form),
            (TICKET, self._ticket_of),
            (ACCOUNT, self._account),
            (SIGNAL, self._signal),
        ):
            if draw < share:
                return list(reports())
            draw -= share
        return list(self._order_of(spaced_tax_ids=spaced_tax_ids))

    def _somebody(self) -> Customer:
        # A few customers order most of the time, as everywhere.
        return self.customers[min(int(self._chance.expovariate(0.12)), len(self.customers) - 1)]

    def _order_of(self, *, spaced_tax_ids: bool) -> Iterator[Report]:
        """A won opportunity, the order, and a while later its payment."""
        self._order += 1
        customer, number = self._somebody(), f"S{self._order:05}"
        cents = self._chance.randrange(8_000, 740_000, 500)
        amount = f"{cents // 100}.{cents % 100:02}"
        account = {"number": customer.number, "name": customer.name}
        yield Report(0, "salesforce", "opportunity.won", {"id": f"006{number}", "account": account, "amount": amount})
        partner = {
            "ref": customer.number,
            "name": customer.name,
            "email": customer.email,
            "vat": spaced(customer.tax_id) if spaced_tax_ids else customer.tax_id,
        }
        order = {"name": number, "partner": partner, "amount_total": amount, "currency": "EUR"}
        yield Report(self._chance.uniform(3, 15), "odoo", "sale.order.confirmed", order)
        paid = {
            "id": f"in_{number.lower()}",
            "object": "invoice",
            "number": f"INV-{number[1:]}",
            "amount_paid": cents,
            "currency": "eur",
            "customer_email": customer.email,
            "metadata": {"order": number, "customer": customer.number},
        }
        yield Report(self._chance.uniform(45, 240), "stripe", "invoice.paid", paid)

    def _form(self) -> Iterator[Report]:
        customer = self._somebody()
        contact = {
            "id": f"{71_000 + self._number}",
            "name": f"Contact at {customer.name}",
            "email": customer.email,
            "company": customer.company,
        }
        yield Report(0, "hubspot", "form.submitted", {"form": "Ask for a quote", "contact": contact})

    def _ticket_of(self) -> Iterator[Report]:
        self._ticket += 1
        kind = "repair" if self._chance.randrange(100) < REPAIR else "question"
        customer = self._somebody()
        ticket = {
            "id": f"T-{self._ticket}",
            "subject": self._chance.choice(SUBJECTS),
            "organisation": customer.number,
            "requester": customer.email,
            "kind": kind,
        }
        yield Report(0, "zendesk", "ticket.created", ticket)

    def _account(self) -> Iterator[Report]:
        name = f"{self._chance.choice(NAMES).split()[0]} {self._chance.choice(('Süd', 'Nord', 'West', 'Service'))} GmbH"
        new = _customer(f"C-{3000 + self._number:04}", name, self._chance)
        self.customers.append(new)
        account = {"id": f"0015{self._number:06}", "number": new.number, "name": new.name, "email": new.email}
        yield Report(0, "salesforce", "account.created", account | {"vat": new.tax_id, "country": new.country})

    def _signal(self) -> Iterator[Report]:
        customer = self._somebody()
        record = {"ref": customer.number, "orders": str(self._chance.randrange(1, 90))}
        yield Report(0, "odoo", "res.partner.changed", record)
