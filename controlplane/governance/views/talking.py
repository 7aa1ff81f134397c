"""What was said about a change as its page shows it: in the discussion, and at each place that it was said of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controlplane.governance.changes.resolve import why_not_resolve
from controlplane.governance.models import ChangeRequest, Comment, Revision
from controlplane.governance.rules.places import place_named
from controlplane.governance.selectors.comments import MOST, at_findings, at_lines, comments_of
from controlplane.governance.selectors.documents import Difference
from controlplane.people.access import Access


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment, where it was said, and whether what it asks is answered; ``is_older``: of another version."""

    comment: Comment
    where: str
    is_older: bool
    resolved: bool
    settled_by: str
    may_settle: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """All that was said about a change, newest first, as it is read beside one of its versions."""

    revision: Revision
    remarks: Sequence[Remark] = ()

    @property
    def open_questions(self) -> int:
        """How many that were said of a place wait for an answer."""
        return sum(bool(one.where) and not one.resolved for one in self.remarks)

    def at_findings(self) -> Mapping[int, Sequence[Remark]]:
        """By the number of the difference, oldest first."""
        return self._placed(at_findings((one.comment for one in self.remarks), self.revision))

    def at_lines(self, difference: Difference) -> Mapping[int, Sequence[Remark]]:
        """By the index of the line, oldest first."""
        return self._placed(at_lines((one.comment for one in self.remarks), self.revision, difference))

    def _placed(self, comments: Mapping[int, Sequence[Comment]]) -> Mapping[int, Sequence[Remark]]:
        by_comment = {one.comment.pk: one for one in self.remarks}
        return {at: [by_comment[one.pk] for one in said] for at, said in comments.items()}


def talk_of(access: Access, change: ChangeRequest, revision: Revision) -> Talk:
    """What was said, the newest five hundred."""
    return Talk(revision, [_remark(access, change, revision, one) for one in comments_of(change)[:MOST]])


def _remark(access: Access, change: ChangeRequest, revision: Revision, said: Comment) -> Remark:
    said.change = change
    place = place_named(said.place)
    return Remark(
        said,
        place.words if place else "",
        said.revision_id != revision.pk,
        bool(getattr(said, "resolved", None)),
        getattr(said, "settled_by", None) or "",
        not why_not_resolve(access, change, said),
    )
