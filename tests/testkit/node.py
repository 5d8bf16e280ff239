"""A node of the program as built, and people who use it over HTTP. For tests that are no scenario."""

import datetime
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse

PASSWORD = "a-long-enough-Passw0rd"
ADMIN = ("admin@caravan.example", "caravan-sandbox-Passw0rd")
SERVICE_KEY = "the-first-service's-key"
PATIENCE = 30  # seconds for what follows a moment later


def stamp(at):
    """A time as a body names it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def instant(text):
    """A time as an answer names it."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Node:
    """The server under test, in a folder of its own, and one connection to it."""

    def __init__(self, binary, first=None):
        """`first`: a command of the program, in words, that works on the data folder before the node serves it."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="caravan-node-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = {"HTTP": f"127.0.0.1:{self.port}", "DATA": str(self.folder / "data"), "ENVIRONMENT": "sandbox",
                    "RATE_LIMIT": "off", "BOOTSTRAP_ADMIN": ":".join(ADMIN), "SERVICE_KEY": SERVICE_KEY,
                    "PASSWORD_MEMORY_KIB": "64", "PASSWORD_PASSES": "1", "ADMIN_HTTP": ""}
        variables = {**os.environ, **{"CARAVAN_" + name: value for name, value in settings.items()}}
        self.log = open(self.folder / "log", "w")
        if first:
            subprocess.run([binary, *first], env=variables, stdout=self.log, stderr=self.log, check=True)
        self.process = subprocess.Popen([binary, "serve"], env=variables, stdout=self.log, stderr=self.log)
        self.connection, self.used = None, 0.0

    def stop(self, keep):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()
        if keep:
            print("the node's folder stays:", self.folder)
        else:
            shutil.rmtree(self.folder)

    def send(self, method, path, headers=None, body=None):
        """Status and JSON of the answer; None where it has none."""
        base = "" if path.startswith(("/health", "/metrics", "/openapi", "/docs")) else "/api/v1"
        headers = dict(headers or {})
        data = body
        if body is not None and not isinstance(body, bytes):
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        for attempt in (1, 2):
            try:
                if self.connection is None or time.monotonic() - self.used > 2:  # the server closes idle ones
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                self.connection.request(method, base + path, data, headers)
                answer = self.connection.getresponse()
                raw = answer.read()
                self.used = time.monotonic()
                break
            except (OSError, http.client.HTTPException):
                self.connection = None
                if attempt == 2 or method != "GET":  # what may have been done is not asked for twice
                    raise
        if answer.will_close:
            self.connection = None
        if "json" in answer.getheader("Content-Type", ""):
            return answer.status, json.loads(raw)
        return answer.status, raw.decode("latin-1") if raw else None

    def must(self, method, path, headers=None, body=None):
        status, answer = self.send(method, path, headers, body)
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer

    def eventually(self, ask, found):
        until = time.monotonic() + PATIENCE
        while True:
            answer = ask()
            result = found(answer)
            if result:
                return result
            if time.monotonic() > until:
                raise AssertionError(f"waited in vain; the last answer: {answer}")
            time.sleep(0.02)

    def wait_until_ready(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if self.send("GET", "/health/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError("the node does not become ready")

    def advance(self, seconds):
        self.must("POST", "/sandbox/clock/advance", body={"seconds": seconds})

    def now(self):
        return instant(self.must("GET", "/sandbox/clock")["now"])


class Person:
    password = PASSWORD

    def __init__(self, node, name, user_type="both"):
        self.node, self.email = node, f"{name}@example.org"
        self.id = node.must("POST", "/auth/register", body={
            "email": self.email, "password": PASSWORD, "firstName": "Kim", "lastName": "Example",
            "userType": user_type})["userId"]
        mails = "/sandbox/messages?to=" + urllib.parse.quote(self.email)
        token = node.eventually(lambda: node.must("GET", mails)["items"],
                                lambda items: items and items[0]["variables"].get("verificationToken"))
        node.must("POST", "/auth/verify-email", body={"token": token})
        self.sign_in()

    def sign_in(self):
        answer = self.node.must("POST", "/auth/login", body={"email": self.email, "password": self.password})
        self.headers = {"Authorization": "Bearer " + answer["accessToken"]}
        return self

    def do(self, method, path, body=None):
        return self.node.must(method, path, self.headers, body)

    def key(self, name, scopes=None):
        body = {"name": name} if scopes is None else {"name": name, "scopes": scopes}
        return {"X-Api-Key": self.do("POST", "/auth/api-keys", body)["key"]}


