"""R2: objects in buckets.

Source: workers-rs `r2`; https://developers.cloudflare.com/r2/api/workers/
"""

from worker.r2.bucket import Bucket, Include
from worker.r2.conditions import Conditional, Range
from worker.r2.multipart import MultipartUpload, UploadedPart
from worker.r2.object import HttpMetadata, Object, ObjectBody, Objects, R2Checksums

__all__ = [
    "Bucket",
    "Conditional",
    "HttpMetadata",
    "Include",
    "MultipartUpload",
    "Object",
    "ObjectBody",
    "Objects",
    "R2Checksums",
    "Range",
    "UploadedPart",
]
