"""Workers AI and AI Gateway.

Source: workers-rs `Ai`; https://developers.cloudflare.com/workers-ai/configuration/bindings/
"""

from worker.ai.documents import ConversionOptions, Document, MarkdownConversion
from worker.ai.gateway import (
    AiGateway,
    GatewayLog,
    GatewayOptions,
    GatewayRequest,
    GatewayRetries,
)
from worker.ai.models import Ai, AiModel, AiOptions

__all__ = [
    "Ai",
    "AiGateway",
    "AiModel",
    "AiOptions",
    "ConversionOptions",
    "Document",
    "GatewayLog",
    "GatewayOptions",
    "GatewayRequest",
    "GatewayRetries",
    "MarkdownConversion",
]
