"""Who asks: a program by its token, or a browser by its session, whose writes carry the CSRF token."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request

from controlplane.foundation.errors import NotSignedIn
from controlplane.people.models import ServiceToken
from controlplane.people.tokens import identify
from controlplane.people.zones import zone_called

SCHEME = "Bearer"
#: A secret of ours has fifty characters; what is longer is looked up nowhere.
LONGEST = 200


class ByToken(BaseAuthentication):
    """``Authorization: Bearer ilk_…``. A token that does not hold is refused, whatever session comes with it."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, ServiceToken] | None:
        """One of the owner's accounts, and the token; what it may do goes along with the request."""
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        if not secret or len(secret) > LONGEST:
            raise NotSignedIn("After “Bearer” comes a token, such as one made on the page API tokens.")
        account, token, access = identify(secret.decode("latin-1"))
        # What a program asks for “today” is what its owner sees on the page; the request's middleware ends it.
        timezone.activate(zone_called(account.time_zone))
        request._request.__dict__["interlock_access"] = access  # noqa: SLF001 - what access_of reads
        return account, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - named by REST framework
        """What a 401 asks for."""
        return f'{SCHEME} realm="Interlock"'


class BySession(SessionAuthentication):
    """Somebody who is signed in; writes need the CSRF token, as forms do."""
