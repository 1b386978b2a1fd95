"""Images: transforming pictures, and storing them.

Source: https://developers.cloudflare.com/images/transform-images/bindings/
"""

from worker.images.hosted import HostedImage, HostedImages, ImageList, ImageMetadata
from worker.images.transform import Image, ImageInfo, ImageResult, Images

__all__ = [
    "HostedImage",
    "HostedImages",
    "Image",
    "ImageInfo",
    "ImageList",
    "ImageMetadata",
    "ImageResult",
    "Images",
]
