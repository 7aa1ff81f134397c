"""Stripe: billing and payments; webhooks in, customers out. See README.md."""
