"""What a Durable Object keeps: keys and values, transactions, alarms, bookmarks.

The asynchronous methods work on both kinds of storage; `sql`, `kv`, `transaction_sync` and
bookmarks need a class in `new_sqlite_classes`. A write is durable before anything that the object
sends afterwards leaves it, so `put` rarely needs to be waited for longer than its `await`.

Source: workers-rs `durable.rs`;
https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, final

from worker_sys import calls

from worker.durable.alarms import ScheduledTime, milliseconds
from worker.durable.closures import run_async, run_sync
from worker.durable.keys import KeyValue, write_options
from worker.durable.kv import SyncKv
from worker.durable.sql import SqlStorage

__all__ = ["Storage", "Transaction"]

T = TypeVar("T")


@final
class Transaction(KeyValue):
    """The storage as one transaction sees it: handed to the function that `transaction` runs.

    Source: workers-rs `Transaction`
    """

    __slots__ = ()

    def rollback(self) -> None:
        """Undo everything this transaction did; it must not be used afterwards.

        Source: workers-rs `Transaction::rollback`
        """
        calls.call(self.js, "rollback")


@final
class Storage(KeyValue):
    """The storage of one object: `state.storage`.

    Source: workers-rs `Storage`
    """

    __slots__ = ()

    @property
    def sql(self) -> SqlStorage:
        """Its SQLite database."""
        return SqlStorage._from_js(self.js.sql)

    @property
    def kv(self) -> SyncKv:
        """Its keys and values, without waiting."""
        return SyncKv._from_js(self.js.kv)

    async def delete_all(
        self,
        *,
        allow_concurrency: bool | None = None,
        allow_unconfirmed: bool | None = None,
        no_cache: bool | None = None,
    ) -> None:
        """Remove everything, tables too. Whether the alarm goes depends on the compatibility date.

        Source: workers-rs `Storage::delete_all`
        """
        options = write_options(allow_concurrency, allow_unconfirmed, no_cache)
        await calls.acall(self.js, "deleteAll", *options)

    async def transaction(self, closure: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `closure` as one transaction: all of its writes, or none when it raises.

        Args:
            closure: an async function; it may run again when another write got in its way. On
                SQLite storage the whole object is part of the transaction.

        Returns:
            What the closure returned.

        Raises:
            Exception: what the closure raised, as it is, after everything was undone.

        Source: workers-rs `Storage::transaction`
        """

        async def body(txn: Any) -> T:
            return await closure(Transaction._from_js(txn))

        return await run_async(self.js, "transaction", body)

    def transaction_sync(self, closure: Callable[[], T]) -> T:
        """Run `closure` as one transaction, without waiting: for `sql` and `kv`.

        Returns:
            What the closure returned.

        Raises:
            Exception: what the closure raised, as it is, after everything was undone.

        Source: https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#transactionsync
        """
        return run_sync(self.js, "transactionSync", closure)

    async def sync(self) -> None:
        """Wait until every write so far is on disk.

        Source: https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#sync
        """
        await calls.acall(self.js, "sync")

    async def get_current_bookmark(self) -> str:
        """A bookmark for this moment, to go back to within 30 days.

        Bookmarks are text whose order is that of time.

        Raises:
            JsError: the runtime has no point-in-time recovery, as the local one.

        Source: https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#point-in-time-recovery
        """
        return str(await calls.acall(self.js, "getCurrentBookmark"))

    async def get_bookmark_for_time(self, when: ScheduledTime) -> str:
        """The bookmark of an earlier moment.

        Args:
            when: an aware datetime, or a negative timedelta from now; at most 30 days ago.

        Raises:
            ValueError: the datetime has no time zone.
            JsError: the moment is too long ago, or the runtime has no point-in-time recovery.
        """
        return str(await calls.acall(self.js, "getBookmarkForTime", milliseconds(when)))

    async def on_next_session_restore_bookmark(self, bookmark: str) -> str:
        """Go back to `bookmark` when the object starts next: `state.abort()` makes it start.

        Returns:
            A bookmark for the moment before the restore, to undo it.

        Raises:
            JsError: the bookmark is unknown, or the runtime has no point-in-time recovery.
        """
        return str(await calls.acall(self.js, "onNextSessionRestoreBookmark", bookmark))
