"""The frame of every page, the parts pages are made of, and pages that join many apps."""
