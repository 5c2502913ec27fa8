"""A data source as a person sets it up: its properties, their types and options, and changes to them later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from tests.stage.notion.shapes import Json, invalid, option, property_id

STATUSES = ("Draft", "Adding", "Done", "Error", "Withdraw")
WITH_OPTIONS = ("status", "select", "multi_select")
SCHEMA: Mapping[str, str] = {
    "Name": "title",
    "Status": "status",
    "Slug": "rich_text",
    "Excerpt": "rich_text",
    "Categories": "multi_select",
    "Tags": "multi_select",
    "Author": "people",
    "Publish date": "date",
    "Featured image": "files",
    "Sticky": "checkbox",
    "WordPress URL": "url",
    "WordPress Message": "rich_text",
    "Words": "number",
    "Related": "relation",
    "Contact": "email",
    "Serial": "unique_id",
    "Minutes to read": "formula",
    "Created": "created_time",
    "Edited": "last_edited_time",
    "Written by": "created_by",
}


@dataclass
class DataSource:
    """`schema` may be changed at will; the id of a property stays when it is renamed through `Content`."""

    id: str
    database_id: str
    title: str
    schema: dict[str, str]
    options: dict[str, list[Json]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    is_unshared: bool = False
    status_property: str = "Status"

    def property_id(self, name: str) -> str:
        return self.ids.get(name) or property_id(name, self.schema[name])

    def title_property(self) -> str:
        return next(name for name, kind in self.schema.items() if kind == "title")

    def named(self, name_or_id: str) -> str | None:
        """The name of the property with this name or id, which may come encoded or not."""
        if name_or_id in self.schema:
            return name_or_id
        known = {self.property_id(name): name for name in self.schema}
        return known.get(name_or_id) or known.get(_encoded(name_or_id))

    def found(self, name_or_id: str) -> str:
        name = self.named(name_or_id)
        if name is None:
            raise invalid(f"Could not find property with name or id: {name_or_id}")
        return name

    def option(self, name: str, wanted: str) -> Json | None:
        """The option of a property by its name or id."""
        return next((it for it in self.options.get(name, []) if wanted in (it["name"], it["id"])), None)

    def with_option(self, name: str, wanted: str) -> Json:
        """The option of that name, made if it is not there."""
        found = self.option(name, wanted)
        if found is None:
            found = option(wanted)
            self.options.setdefault(name, []).append(found)
        return found

    def rename_option(self, old: str, new: str, name: str = "Status") -> None:
        """Pages that have the option have it under its new name; the id stays."""
        next(it for it in self.options[name] if it["name"] == old)["name"] = new

    def option_names(self, name: str) -> list[str]:
        return [str(it["name"]) for it in self.options.get(name, [])]

    def add_property(self, name: str, kind: str, options: Sequence[str] = ()) -> None:
        self.schema[name] = kind
        if kind in WITH_OPTIONS:
            self.options[name] = [option(it) for it in options]


def _encoded(text: str) -> str:
    return quote(unquote(text), safe="")
