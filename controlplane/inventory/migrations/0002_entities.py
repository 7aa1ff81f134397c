"""The canonical business entities (INV4) and the production environment every installation begins with."""

from django.db import migrations

#: slug, name, whether its ids name a person. The order is the stored id: append, never reorder.
ENTITIES = (
    ("customer", "Customer", True),
    ("account", "Account", True),
    ("contact", "Contact", True),
    ("billing-party", "Billing party", True),
    ("service-location", "Service location", False),
    ("consent", "Consent", True),
    ("lead", "Lead", True),
    ("product", "Product", False),
    ("price", "Price", False),
    ("quote", "Quote", False),
    ("order", "Order", False),
    ("subscription", "Subscription", False),
    ("contract", "Contract", False),
    ("invoice", "Invoice", False),
    ("payment", "Payment", False),
    ("entitlement", "Entitlement", False),
    ("ticket", "Ticket", False),
    ("shipment", "Shipment", False),
    ("employee", "Employee", True),
    ("supplier", "Supplier", False),
    ("usage-signal", "Usage signal", False),
    ("milestone", "Lifecycle milestone", False),
)


def add(apps, schema_editor) -> None:
    """Insert what is not there."""
    kind = apps.get_model("inventory", "EntityKind")
    for number, (slug, name, personal) in enumerate(ENTITIES, 1):
        kind.objects.update_or_create(id=number, defaults={"slug": slug, "name": name, "personal": personal})
    schema_editor.execute("select setval(pg_get_serial_sequence('inventory_entitykind', 'id'), 100)")
    apps.get_model("inventory", "Environment").objects.get_or_create(slug="production", defaults={"name": "Production"})


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
