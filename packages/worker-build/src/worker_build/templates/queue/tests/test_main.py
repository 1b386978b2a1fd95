import time

from worker_build.miniflare import Miniflare, QueueMessage


def test_an_order_goes_through_the_queue(miniflare: Miniflare) -> None:
    order = {"product": "tea", "amount": 3}
    assert miniflare.fetch("/", method="POST", json=order).status_code == 202
    for _ in range(100):
        if miniflare.fetch("/tea").text == "3":
            return
        time.sleep(0.1)
    raise AssertionError("the order was not consumed")


def test_a_batch_is_consumed(miniflare: Miniflare) -> None:
    orders = [QueueMessage({"product": "milk", "amount": n}, f"order-{n}") for n in (1, 2)]
    assert miniflare.dispatch_queue("orders", orders)["outcome"] == "ok"
    assert miniflare.fetch("/milk").text == "3"
