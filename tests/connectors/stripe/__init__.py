"""The Stripe connector, proved with what localstripe sent and answered."""
