"""File bytes -> bytes fit for a blog. Pure, and the only Pillow.

Whatever is not safe to open, or cannot be shown, is an ImageError with words for the page's writer.
"""

from sidecar.prepare.files import file, is_called_alike, name
from sidecar.prepare.opening import is_picture
from sidecar.prepare.pictures import ImageOptions, image, smaller

__all__ = ["ImageOptions", "file", "image", "is_called_alike", "is_picture", "name", "smaller"]
