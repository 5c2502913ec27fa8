"""Where a site's SEO plugin keeps what search engines are to show of a post: the names of custom fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from sidecar.model import Site

KEYS: Mapping[str, tuple[str, str]] = {
    "yoast": ("_yoast_wpseo_title", "_yoast_wpseo_metadesc"),
    "rank-math": ("rank_math_title", "rank_math_description"),
    "seopress": ("_seopress_titles_title", "_seopress_titles_desc"),
    "aioseo": ("_aioseo_title", "_aioseo_description"),
}
"""The fields of title and description."""

NO_COMPANION = (
    "this was not set: WordPress lets the sidecar write it only with the companion plugin (docs/wordpress-setup.md)."
)
NO_PLUGIN = (
    "this was not set: the companion plugin finds no SEO plugin on the site that it knows "
    f"(WP_SEO_PLUGIN may name one: {', '.join(KEYS)})."
)


def keys(chosen: str, site: Site) -> tuple[str, str] | str:
    """The custom fields for title and description, or in words why there are none."""
    if site.plugin is None:
        return NO_COMPANION
    return KEYS.get((site.seo or "") if chosen == "auto" else chosen, NO_PLUGIN)
