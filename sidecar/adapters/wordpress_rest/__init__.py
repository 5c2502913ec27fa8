"""The blog: a WordPress spoken to over its REST API. `RestBlog` is the role `Blog`; the rest serves it."""

from sidecar.adapters.wordpress_rest.blog import RestBlog

__all__ = ["RestBlog"]
