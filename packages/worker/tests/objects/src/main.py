"""Durable Objects, entry points, workflows and events, each behind a route of its own name."""

import events
import routes
from broken import Unmade, Unready
from counter import Counter
from lobby import Lobby
from order import Order
from services import Adder
from trip import Ledger, Trip

__all__ = [
    "Adder",
    "Counter",
    "Ledger",
    "Lobby",
    "Order",
    "Trip",
    "Unmade",
    "Unready",
    "events",
    "routes",
]
