"""TCP sockets against servers on this machine: encrypted, silent, or not to be trusted."""

import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import ClassVar

import pytest
import trustme

pytestmark = pytest.mark.miniflare

TRUSTED = trustme.CA()
SECURE = TRUSTED.issue_cert("localhost")


class Echo(socketserver.StreamRequestHandler):
    """Sends back every line, encrypted once it is asked to."""

    context: ClassVar[ssl.SSLContext | None] = None
    at_once = True

    def setup(self) -> None:
        if self.context is not None and self.at_once:
            self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        for line in self.rfile:
            if line == b"STARTTLS\n":
                self.wfile.write(b"go ahead\n")
                self.request = self.context.wrap_socket(self.request, server_side=True)
                super().setup()
                return self.handle()
            self.wfile.write(line)
        return None

    def finish(self) -> None:
        super().finish()
        self.request.close()


class Raw(socketserver.BaseRequestHandler):
    """Sends back every byte."""

    def handle(self) -> None:
        while chunk := self.request.recv(65536):
            self.request.sendall(chunk)


class Silent(socketserver.BaseRequestHandler):
    """Says nothing, for a while."""

    def handle(self) -> None:
        time.sleep(5)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address) -> None:
        """What breaks here is looked at from the other side."""


def context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    return made


def secured(certificate: trustme.LeafCert, **more: object) -> type[Echo]:
    return type("Secured", (Echo,), {"context": context(certificate), **more})


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, int]]:
    """The port of each server."""
    handlers = {
        "echo": Raw,
        "silent": Silent,
        "tls": secured(SECURE),
        "starttls": secured(SECURE, at_once=False),
        "stranger": secured(trustme.CA().issue_cert("localhost")),
        "another": secured(TRUSTED.issue_cert("db.example.com")),
        "another-starttls": secured(TRUSTED.issue_cert("db.example.com"), at_once=False),
    }
    with ExitStack() as stack:
        ports = {}
        for name, handler in handlers.items():
            server = stack.enter_context(Server(("127.0.0.1", 0), handler))
            threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
            stack.callback(server.shutdown)
            ports[name] = server.server_address[1]
        yield ports


@pytest.fixture(scope="module")
def miniflare_options():
    certificate = TRUSTED.cert_pem.bytes().decode()
    network = {"allow": ["local"], "tlsOptions": {"trustedCertificates": [certificate]}}
    return {"outbound": None, "outboundService": {"network": network}}


@pytest.fixture
def ask(miniflare, servers):
    def ask(path: str, server: str, query: str = ""):
        return miniflare.fetch(f"/socket/{path}?port={servers[server]}{query}")

    return ask


def test_a_connection_is_encrypted_from_the_start(ask):
    assert ask("tls", "tls").text == "ping\n"


def test_a_connection_is_encrypted_later(ask):
    assert ask("starttls", "starttls").text == "ping\n"


def test_the_certificate_may_have_the_name_that_is_expected(ask):
    assert ask("starttls", "another-starttls", "&name=db.example.com").text == "ping\n"


@pytest.mark.parametrize("server", ["stranger", "another", "echo"])
def test_who_is_not_trusted_gets_nothing(ask, server):
    answer = ask("tls", server)
    assert answer.status_code == 502
    assert answer.text


def test_a_name_that_is_not_the_certificates_is_refused(ask):
    assert ask("starttls", "another-starttls").status_code == 502
    assert ask("starttls", "starttls", "&name=db.example.com").status_code == 502


@pytest.mark.parametrize(
    ("what", "server", "text"),
    [
        ("echo", "echo", "ping\n"),
        ("large", "echo", "True"),
        ("secure", "tls", "ping\n"),
        ("together", "echo", "spoken"),
        ("streams", "echo", "ping\n"),
        ("secure_streams", "tls", "ping\n"),
    ],
)
def test_the_standard_library_speaks_through_the_platform(ask, what, server, text):
    answer = ask(f"standard/{what}", server)
    assert (answer.status_code, answer.text) == (200, text)


@pytest.mark.parametrize(
    ("what", "server"),
    [
        ("secure", "stranger"),
        ("secure", "another"),
        ("secure", "echo"),
        ("secure_listening", "stranger"),
        ("secure_listening", "another"),
    ],
)
def test_who_is_not_trusted_is_an_error_of_ssl(ask, what, server):
    answer = ask(f"standard/{what}", server)
    assert (answer.status_code, answer.text.partition(":")[0]) == (502, "SSLError")
    assert "certificate" in answer.text


def test_a_server_that_is_silent_is_given_up(ask):
    assert ask("standard/late", "silent").text.startswith("TimeoutError")


def test_a_port_where_nobody_listens_refuses(miniflare):
    assert miniflare.fetch("/socket/standard/echo?port=1").text.startswith("ConnectionRefusedError")


def test_a_connection_belongs_to_the_event_that_opened_it(ask):
    assert ask("standard/keep", "echo").text == "kept"
    assert ask("standard/kept", "echo").text.startswith("ConnectionAbortedError")
    assert ask("standard/echo", "echo").text == "ping\n"


def test_a_stack_that_cannot_wait_is_told_what_can(ask):
    answer = ask("in-coroutine", "echo")
    assert answer.status_code == 500
    assert "run_blocking" in answer.text


def test_requests_beside_one_that_waits_are_served(miniflare, ask, servers):
    waiting = threading.Thread(target=ask, args=["standard/late", "silent"])
    waiting.start()
    assert miniflare.fetch("/bytes").status_code == 200
    assert waiting.is_alive()
    waiting.join()
