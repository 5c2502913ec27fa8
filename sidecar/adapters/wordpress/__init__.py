"""The blog: a WordPress spoken to over XML-RPC. `XmlRpcBlog` is the role `Blog`; the rest serves it."""

from sidecar.adapters.wordpress.blog import XmlRpcBlog

__all__ = ["XmlRpcBlog"]
