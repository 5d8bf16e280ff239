"""Where the run's processes live: a network namespace a node on a bridge of the run's own, or plain loopback."""

import os
import socket
import subprocess

PREFIX = "caravan-chaos"
NOWHERE = "02:00:00:00:00:fe"  # nobody's address: what is sent there is lost without a word


def ip(*words, check=True):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Loopback:
    """All on 127.0.0.1: no link can be cut."""

    can_cut = False
    gateway = "127.0.0.1"

    def add(self, number):
        pass

    def address(self, number):
        return "127.0.0.1"

    def port(self, wished):
        return free_port()

    def inside(self, number):
        return []

    def close(self):
        pass


class Namespaces:
    """10.77.X.1 is the bridge, on this machine; 10.77.X.(10 + n) is node n, in a namespace of its own."""

    can_cut = True

    def __init__(self):
        sweep()
        self.pid = os.getpid()
        taken = ip("-o", "addr").stdout
        self.net = next(f"10.77.{x % 250}" for x in range(self.pid, self.pid + 250) if f"10.77.{x % 250}." not in taken)
        self.gateway = f"{self.net}.1"
        self.bridge = f"cvb{self.pid}"
        self.numbers = []
        ip("link", "add", self.bridge, "type", "bridge")
        try:
            ip("addr", "add", f"{self.gateway}/24", "dev", self.bridge)
            ip("link", "set", self.bridge, "up")
        except OSError:
            self.close()
            raise

    def name(self, number):
        return f"{PREFIX}-{self.pid}-{number}"

    def port_of_bridge(self, number):
        return f"cv{self.pid}n{number}"

    def add(self, number):
        name, outside = self.name(number), self.port_of_bridge(number)
        ip("netns", "add", name)
        self.numbers.append(number)
        ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("link", "set", outside, "master", self.bridge, "up")
        ip("-n", name, "addr", "add", f"{self.address(number)}/24", "dev", "eth0")
        ip("-n", name, "link", "set", "eth0", "up")
        ip("-n", name, "link", "set", "lo", "up")

    def address(self, number):
        return f"{self.net}.{10 + number}"

    def port(self, wished):
        return wished

    def inside(self, number):
        return ["ip", "netns", "exec", self.name(number)]

    def cut(self, sender, receiver):
        """What one sends to the other is lost from now on; the way back stays as it is."""
        ip("-n", self.name(sender), "neigh", "replace", self.address(receiver), "lladdr", NOWHERE, "dev", "eth0",
           "nud", "permanent")

    def mend(self, sender, receiver):
        ip("-n", self.name(sender), "neigh", "del", self.address(receiver), "dev", "eth0", check=False)

    def pull_plug(self, number):
        ip("link", "set", self.port_of_bridge(number), "down")

    def plug_in(self, number):
        ip("link", "set", self.port_of_bridge(number), "up")

    def close(self):
        for number in self.numbers:
            ip("netns", "del", self.name(number), check=False)
            ip("link", "del", self.port_of_bridge(number), check=False)
        ip("link", "del", self.bridge, check=False)


def sweep():
    """Takes away what runs left that were killed themselves."""
    for line in ip("netns", "list", check=False).stdout.splitlines():
        name = line.split()[0] if line.split() else ""
        if name.startswith(PREFIX + "-") and not os.path.exists(f"/proc/{name.split('-')[2]}"):
            ip("netns", "del", name, check=False)
    for line in ip("-o", "link", "show", "type", "bridge", check=False).stdout.splitlines():
        name = line.split(":")[1].strip()
        if name.startswith("cvb") and name[3:].isdigit() and not os.path.exists(f"/proc/{name[3:]}"):
            ip("link", "del", name, check=False)


def open_network():
    """Namespaces where this machine lets us, else loopback, with the reason in one line."""
    try:
        return Namespaces()
    except (OSError, StopIteration) as error:
        print(f"no network namespaces here ({error}): all on loopback, no link is cut")
        return Loopback()
