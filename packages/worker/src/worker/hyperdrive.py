"""Hyperdrive: a pool of connections to a database of your own.

Source: workers-rs `Hyperdrive`; https://developers.cloudflare.com/hyperdrive/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from worker_sys import calls, convert

from worker._handle import Handle

if TYPE_CHECKING:
    from worker.socket import Socket

__all__ = ["Hyperdrive"]


@final
class Hyperdrive(Handle):
    """Where to reach a database through Hyperdrive: `env.hyperdrive("DB")`.

    The values are those of a connection that only this worker can use; a driver that speaks over
    the standard library's sockets takes them as they are.

    Source: workers-rs `Hyperdrive`;
    https://developers.cloudflare.com/hyperdrive/configuration/connect-to-postgres/

    Example:
        import pg8000.dbapi

        db = env.hyperdrive("DB")
        connection = pg8000.dbapi.connect(
            user=db.user, password=db.password, host=db.host, port=db.port, database=db.database
        )
    """

    __slots__ = ()

    @property
    def connection_string(self) -> str:
        """All of it as one URL; it holds the password."""
        return convert.to_py(self.js.connectionString)

    @property
    def host(self) -> str:
        """A name that means something inside this worker only."""
        return convert.to_py(self.js.host)

    @property
    def port(self) -> int:
        """The port that belongs to `host`."""
        return int(self.js.port)

    @property
    def user(self) -> str:
        """The database user."""
        return convert.to_py(self.js.user)

    @property
    def password(self) -> str:
        """A password that is good for this binding only."""
        return convert.to_py(self.js.password)

    @property
    def database(self) -> str:
        """The name of the database."""
        return convert.to_py(self.js.database)

    def connect(self) -> Socket:
        """A socket to the database, which speaks its protocol in the clear.

        Raises:
            SocketError: the connection is refused, when it is used.

        Source: workers-rs `Hyperdrive::connect`
        """
        from worker.socket import Socket

        return Socket._from_js(calls.call(self.js, "connect"))

    def __repr__(self) -> str:
        """For logs: no password."""
        return f"<Hyperdrive {self.user}@{self.host}:{self.port}/{self.database}>"
