"""Vectorize: vectors by similarity.

Source: https://developers.cloudflare.com/vectorize/reference/client-api/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self, final

from worker_sys import calls, convert

from worker._handle import Handle

__all__ = [
    "Vector",
    "VectorMatch",
    "VectorMatches",
    "Vectorize",
    "VectorizeIndexInfo",
    "VectorizeMutation",
]

type Filter = Mapping[str, Any]
"""Conditions on metadata: `{"year": {"$gte": 2020}, "lang": "en"}`; also `$ne $in $nin $lt …`."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A vector.

    Attributes:
        id: its name, at most 64 bytes.
        values: as many numbers as the index has dimensions; stored as 32-bit floats.
        namespace: the part of the index it belongs to, at most 64 bytes.
        metadata: your own, at most 10 KiB.
    """

    id: str
    values: Sequence[float]
    namespace: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def _of(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            id=found["id"],
            values=_numbers(found.get("values")) or (),
            namespace=found.get("namespace"),
            metadata=found.get("metadata") or {},
        )

    def _to_plain(self) -> dict[str, Any]:
        plain: dict[str, Any] = {"id": self.id, "values": list(self.values)}
        if self.namespace is not None:
            plain["namespace"] = self.namespace
        if self.metadata:
            plain["metadata"] = dict(self.metadata)
        return plain


@dataclass(frozen=True, slots=True)
class VectorMatch:
    """A vector that was found.

    Attributes:
        id: its name.
        score: how close it is: near 1 for `cosine`, near 0 for `euclidean`.
        values: its numbers, None when they were not asked for.
        namespace: the part of the index it belongs to.
        metadata: None when it was not asked for.
    """

    id: str
    score: float
    values: Sequence[float] | None = None
    namespace: str | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class VectorMatches:
    """What a query found.

    Attributes:
        matches: best first.
        count: how many there are.
    """

    matches: tuple[VectorMatch, ...]
    count: int


@dataclass(frozen=True, slots=True)
class VectorizeMutation:
    """A change that was accepted; it is seen by queries a few seconds later.

    Attributes:
        mutation_id: identifies it; None from indexes of the beta, which change at once.
        ids: from indexes of the beta: what was changed.
        count: from indexes of the beta: how many were.
    """

    mutation_id: str | None = None
    ids: tuple[str, ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class VectorizeIndexInfo:
    """An index.

    Attributes:
        dimensions: numbers in a vector.
        vector_count: vectors in it.
        processed_up_to: when the last change was applied, as the platform writes it.
        processed_up_to_mutation: which change that was.
        details: all of it, under the platform's own names.
    """

    dimensions: int | None
    vector_count: int | None
    processed_up_to: Any = None
    processed_up_to_mutation: Any = None
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])


@final
class Vectorize(Handle):
    """An index: `env.vectorize("INDEX")`.

    Source: https://developers.cloudflare.com/vectorize/reference/client-api/
    """

    __slots__ = ()

    async def query(
        self,
        vector: Sequence[float],
        *,
        top_k: int | None = None,
        namespace: str | None = None,
        return_values: bool | None = None,
        return_metadata: bool | Literal["all", "indexed", "none"] | None = None,
        filter: Filter | None = None,
    ) -> VectorMatches:
        """The vectors nearest to one.

        Args:
            vector: as many numbers as the index has dimensions.
            top_k: how many, 5 when not given; at most 100, or 50 with values or all metadata.
            namespace: only in this part of the index.
            return_values: whether to give their numbers.
            return_metadata: which metadata to give; `indexed` costs nothing.
            filter: conditions on indexed metadata.

        Raises:
            JsError: the index refused: the number of dimensions is wrong, say.
        """
        options = _query(top_k, namespace, return_values, return_metadata, filter)
        return _matches(await calls.acall(self.js, "query", list(vector), options))

    async def query_by_id(
        self,
        vector_id: str,
        *,
        top_k: int | None = None,
        namespace: str | None = None,
        return_values: bool | None = None,
        return_metadata: bool | Literal["all", "indexed", "none"] | None = None,
        filter: Filter | None = None,
    ) -> VectorMatches:
        """The vectors nearest to one of the index; the options are those of `query`."""
        options = _query(top_k, namespace, return_values, return_metadata, filter)
        return _matches(await calls.acall(self.js, "queryById", vector_id, options))

    async def insert(self, vectors: Iterable[Vector]) -> VectorizeMutation:
        """Add vectors; those whose id is taken are left as they are.

        Args:
            vectors: at most 1000.
        """
        return await self._mutate("insert", [vector._to_plain() for vector in vectors])

    async def upsert(self, vectors: Iterable[Vector]) -> VectorizeMutation:
        """Add vectors; those whose id is taken replace what was there.

        Args:
            vectors: at most 1000.
        """
        return await self._mutate("upsert", [vector._to_plain() for vector in vectors])

    async def delete_by_ids(self, ids: Iterable[str]) -> VectorizeMutation:
        """Remove vectors."""
        return await self._mutate("deleteByIds", list(ids))

    async def get_by_ids(self, ids: Iterable[str]) -> list[Vector]:
        """Vectors with their numbers and metadata; those that do not exist are left out."""
        found = convert.to_py(await calls.acall(self.js, "getByIds", list(ids)))
        return [Vector._of(vector) for vector in found]

    async def describe(self) -> VectorizeIndexInfo:
        """What the index is like."""
        found = convert.to_py(await calls.acall(self.js, "describe"))
        config: Mapping[str, Any] = found.get("config") or found
        return VectorizeIndexInfo(
            dimensions=config.get("dimensions"),
            vector_count=found.get("vectorCount", found.get("vectorsCount")),
            processed_up_to=found.get("processedUpToDatetime"),
            processed_up_to_mutation=found.get("processedUpToMutation"),
            details=found,
        )

    async def _mutate(self, method: str, items: list[Any]) -> VectorizeMutation:
        done = convert.to_py(await calls.acall(self.js, method, items))
        return VectorizeMutation(
            mutation_id=done.get("mutationId"),
            ids=tuple(done.get("ids") or ()),
            count=done.get("count"),
        )


def _query(
    top_k: int | None,
    namespace: str | None,
    return_values: bool | None,
    return_metadata: bool | str | None,
    filter: Filter | None,
) -> Any:
    return convert.options(
        topK=top_k,
        namespace=namespace,
        returnValues=return_values,
        returnMetadata=return_metadata,
        filter=None if filter is None else dict(filter),
    )


def _matches(answer: Any) -> VectorMatches:
    found = convert.to_py(answer)
    matches = tuple(
        VectorMatch(
            id=match["id"],
            score=match["score"],
            values=_numbers(match.get("values")),
            namespace=match.get("namespace"),
            metadata=match.get("metadata"),
        )
        for match in found["matches"]
    )
    return VectorMatches(matches=matches, count=found.get("count", len(matches)))


def _numbers(values: Any) -> Sequence[float] | None:
    """A vector's numbers, whether they came as an array or as a typed one."""
    return None if values is None else tuple(float(value) for value in values)
