"""Documents that are refused as a whole: nothing of them is kept."""

from __future__ import annotations

from typing import Any

from controlplane.transactions.models import Flow
from tests.console.estate.conftest import ApplyIt, changed, complaint, counted, small


def test_a_document_that_is_no_document_says_what_one_is(apply_it: ApplyIt) -> None:
    documents: list[Any] = [[], "teams", None, 7]
    for document in documents:
        assert complaint(apply_it, document).startswith("An estate document holds sections: environments, companies,")


def test_a_document_that_contains_itself_is_refused(apply_it: ApplyIt) -> None:
    settings: dict[str, Any] = {}
    settings["again"] = settings

    words = complaint(apply_it, changed(small(), "instances.billing.settings", settings))

    assert words.endswith(": this is nested too deeply, or repeats itself without end.")


def test_steps_of_one_name_are_refused(apply_it: ApplyIt) -> None:
    step = small()["flows"]["tell"]["steps"][0]

    words = complaint(apply_it, changed(small(), "flows.tell.steps", [step, step]))

    assert words == "flows.tell.steps: Two steps are called 'tell'."


def test_a_mistake_at_the_end_undoes_the_beginning_also_of_changes(apply_it: ApplyIt) -> None:
    apply_it(small())
    before = counted()
    document = changed(small(), "flows.tell.name", "Another name")
    document = changed(document, "jobs.customers.stream", "none")

    complaint(apply_it, document)

    assert counted() == before
    assert Flow.objects.get().name == "Tell"


def test_no_environment_is_called_all(apply_it: ApplyIt) -> None:
    words = complaint(apply_it, {"environments": {"all": {}}})

    assert words == "environments.all: 'all' means all environments; give this one another name."
