"""Secrets of the account, shared between workers.

Source: workers-rs `SecretStore`; https://developers.cloudflare.com/secrets-store/
"""

from __future__ import annotations

from typing import final

from worker_sys import calls, convert

from worker._handle import Handle

__all__ = ["SecretStore"]


@final
class SecretStore(Handle):
    """One secret of the account's store: `env.secret_store("API_KEY")`.

    Source: workers-rs `SecretStore`;
    https://developers.cloudflare.com/secrets-store/integrations/workers/
    """

    __slots__ = ()

    async def get(self) -> str | None:
        """The secret's value.

        Returns:
            The value; None when the store answers null for a secret it does not have.

        Raises:
            JsError: the store refused, or says that there is no such secret.

        Source: workers-rs `SecretStore::get`
        """
        return convert.to_py(await calls.acall(self.js, "get"))
