"""Addresses of pages, for apps that do not know whether the app above that shows them is there."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def page_url(name: str, *arguments: str) -> str:
    """The page of an app above (``console:contract``); empty where there is none of that name."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
