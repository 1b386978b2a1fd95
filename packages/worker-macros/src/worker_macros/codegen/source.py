"""Functions back to source text, for manifests and stubs, without evaluating an annotation."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["signature_text"]


def signature_text(function: Callable[..., Any]) -> str:
    """The parameters and result of a method as source: `(self, a: int, b: int = ...) -> int`.

    Defaults become `...`, so that the text neither shows values nor depends on their `repr`.
    """
    signature = _signature(inspect.unwrap(function))
    parameters = [_shown(parameter) for parameter in signature.parameters.values()]
    return _render(signature.replace(parameters=parameters))


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    if sys.version_info >= (3, 14):
        import annotationlib

        return inspect.signature(function, annotation_format=annotationlib.Format.STRING)
    return inspect.signature(function)


def _shown(parameter: inspect.Parameter) -> inspect.Parameter:
    annotation = parameter.annotation
    if annotation is not inspect.Parameter.empty:
        parameter = parameter.replace(annotation=_Source(_annotation(annotation)))
    if parameter.default is not inspect.Parameter.empty:
        parameter = parameter.replace(default=_Source("..."))
    return parameter


def _render(signature: inspect.Signature) -> str:
    if signature.return_annotation is not inspect.Signature.empty:
        result = _Source(_annotation(signature.return_annotation))
        signature = signature.replace(return_annotation=result)
    return str(signature)


def _annotation(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


class _Source:
    """A piece of text that `inspect` prints as it is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text
