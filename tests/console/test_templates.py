"""Every template in the repository keeps the rules that the content security policy and the kit ask for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
_STYLE = re.compile(r'style="([^"]*)"')
_TAGS = re.compile(r"\{%.*?%\}")
_CUSTOM = re.compile(r"\s*(--[a-z]+:[^;]*;?\s*)*")
_HANDLER = re.compile(r"\son[a-z]+=")


def test_there_are_templates() -> None:
    assert "components/shell.html" in TEMPLATES


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name: str) -> None:
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_style_attributes_set_custom_properties_only(name: str) -> None:
    text = (FOLDER / name).read_text()
    assert [style for style in _STYLE.findall(text) if not _CUSTOM.fullmatch(_TAGS.sub("", style))] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_has_no_script_or_handler_of_its_own(name: str) -> None:
    text = (FOLDER / name).read_text()
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"<style", text)
    assert not _HANDLER.findall(_TAGS.sub("", text))
    assert "hx-on" not in text
    assert "js:" not in text
    assert "|safe" not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_fetches_nothing_from_elsewhere(name: str) -> None:
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', (FOLDER / name).read_text())


def test_every_class_of_the_kits_partials_is_in_the_stylesheet() -> None:
    css = (Path(settings.BASE_DIR) / "static" / "css" / "app.css").read_text()
    named = set(re.findall(r"\.([a-z][a-z0-9-]*)", css))
    missing: dict[str, set[str]] = {}
    for name in TEMPLATES:
        text = re.sub(r"\{[%{].*?[%}]\}", " ", (FOLDER / name).read_text())
        used = {word for classes in re.findall(r'class="([^"]*)"', text) for word in classes.split()}
        if unknown := used - named:
            missing[name] = unknown
    assert missing == {}
