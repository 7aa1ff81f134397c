"""What was said about a change, and where that stands in the version that is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery

from controlplane.foundation.documents.lines import Line
from controlplane.foundation.errors import Invalid
from controlplane.governance.models import ChangeRequest, Comment, Resolution, Revision
from controlplane.governance.rules.places import Place, Side, place_named, place_of, said_in, said_of
from controlplane.governance.selectors.documents import Difference, difference_of

#: Comments that a page shows, the newest first; and the API.
MOST: Final = 500


def comments_of(change: ChangeRequest) -> QuerySet[Comment]:
    """What was said, newest first, each with whether it is ``resolved``, and by whom (``settled_by``)."""
    newest = Resolution.objects.filter(comment=OuterRef("pk")).order_by("-pk")
    found = Comment.objects.filter(change=change).select_related("person", "revision__change")
    # Not all of a version with each of its comments.
    light = found.defer("revision__content", "revision__base", "revision__diff", "revision__impact")
    return light.annotate(
        resolved=Subquery(newest.values("resolved")[:1]), settled_by=Subquery(newest.values("person__name")[:1])
    ).order_by("-pk")


def pinned(revision: Revision, named: str) -> tuple[Place, str, str]:
    """A place of a version by its name or a JSON Pointer: with what it is about, and what it says.

    :class:`Invalid` for one that is not among what differs.
    """
    place = place_named(named)
    if place is not None and place.side is Side.FINDING:
        if place.number > len(revision.diff):
            raise Invalid(f"Version {revision.number} has no {place.words}; nothing was kept.", field="at")
        kept = revision.diff[place.number - 1]
        return place, kept["what"], said_of(kept)
    if place is None and not named.startswith("/"):
        words = "at is a line (L42, or O17 of what there was before), a difference (F3), or a JSON Pointer"
        raise Invalid(f"{words}; nothing was kept.", field="at")
    difference = difference_of(revision)
    index = None
    if difference is not None:
        index = difference.at(place) if place is not None else difference.leads_to(named)
    if difference is None or index is None:
        what = place.words if place is not None else f"line of {named[:80]!r}"
        raise Invalid(f"Version {revision.number} changes nothing at {what}; nothing was kept.", field="at")
    line = difference.lines[index]
    return place or _place(line), line.pointer, said_in(line)


def at_findings(comments: Iterable[Comment], revision: Revision) -> dict[int, list[Comment]]:
    """What was said of its differences, by their number: of others of the same change, by what they are about."""
    listed = [(one, place) for one in comments if (place := place_named(one.place)) and place.side is Side.FINDING]
    # Of several that are alike the first one stays.
    numbered = list(reversed(list(enumerate(revision.diff, 1)))) if listed else []
    same = {(kept["what"], said_of(kept)): number for number, kept in numbered}
    about = {kept["what"]: number for number, kept in numbered}
    found: dict[int, list[Comment]] = defaultdict(list)
    for one, place in listed:
        number: int | None = place.number
        if one.revision_id != revision.pk:
            number = same.get((one.pointer, one.quoted), about.get(one.pointer))
        if number is not None:
            found[number].insert(0, one)
    return dict(found)


def at_lines(comments: Iterable[Comment], revision: Revision, difference: Difference) -> dict[int, list[Comment]]:
    """What was said of its lines, by their index: of another version's, where what they are about still differs."""
    found: dict[int, list[Comment]] = defaultdict(list)
    for one in comments:
        place = place_named(one.place)
        if place is None or place.side is Side.FINDING:
            continue
        if one.revision_id == revision.pk:
            index = difference.at(place)
        else:
            index = difference.leads_to(one.pointer, one.quoted)
            index = difference.leads_to(one.pointer) if index is None else index
        if index is not None:
            found[index].insert(0, one)
    return dict(found)


def _place(line: Line) -> Place:
    place = place_of(line)
    if place is None:
        raise ValueError("a heading is no place")
    return place
