"""The network of a run: a bridge with a network namespace for each node, or plain loopback."""

import ctypes
import os
import socket
import subprocess
import sys

PREFIX = "caravan-chaos"
CLONE_NEWNET = 0x40000000  # linux/sched.h
NOWHERE = "02:00:00:00:00:fe"  # an address that nobody has: what is sent there is lost without an error


def ip(*words, check=True):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done


def leave_the_network():
    """From here on this process, and what it starts, is in a network namespace of its own. No way leads out of it: what
    is sent to a node that is not there any more reaches nobody else."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare: " + os.strerror(ctypes.get_errno()))
    ip("link", "set", "lo", "up")


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

    def reaches(self, number, address, port):
        return True

    def inside(self, number):
        return []

    def close(self):
        pass


class Namespaces:
    """The run is in a namespace of its own, with a bridge as 10.77.0.1; 10.77.0.(10 + n) is node n, in another one."""

    can_cut = True
    net = "10.77.0"
    gateway = f"{net}.1"

    def __init__(self):
        sweep()
        leave_the_network()
        self.numbers = []
        ip("link", "add", "name", "bridge", "type", "bridge")
        ip("addr", "add", f"{self.gateway}/24", "dev", "bridge")
        ip("link", "set", "bridge", "up")

    def name(self, number):
        return f"{PREFIX}-{os.getpid()}-{number}"

    def port_of_bridge(self, number):
        return f"node{number}"

    def add(self, number):
        name, outside = self.name(number), self.port_of_bridge(number)
        ip("netns", "add", name)
        self.numbers.append(number)
        ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("link", "set", outside, "master", "bridge", "up")
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
        """From now on what the one sends to the other is lost; the other direction stays as it is."""
        ip("-n", self.name(sender), "neigh", "replace", self.address(receiver), "lladdr", NOWHERE, "dev", "eth0",
           "nud", "permanent")

    def mend(self, sender, receiver):
        ip("-n", self.name(sender), "neigh", "del", self.address(receiver), "dev", "eth0", check=False)

    def pull_plug(self, number):
        ip("link", "set", self.port_of_bridge(number), "down")

    def plug_in(self, number):
        ip("link", "set", self.port_of_bridge(number), "up")

    def reaches(self, number, address, port):
        """Whether that node can make a connection to that address within a second."""
        program = f"import socket; socket.create_connection(('{address}', {port}), timeout=1)"
        done = subprocess.run([*self.inside(number), sys.executable, "-c", program], capture_output=True, text=True)
        return done.returncode == 0

    def close(self):
        for number in self.numbers:
            ip("netns", "del", self.name(number), check=False)


def sweep():
    """Removes what former runs left that were killed; their own namespaces ended with them."""
    for line in ip("netns", "list", check=False).stdout.splitlines():
        name = line.split()[0] if line.split() else ""
        if name.startswith(PREFIX + "-") and not os.path.exists(f"/proc/{name.split('-')[2]}"):
            ip("netns", "del", name, check=False)


def open_network():
    """Namespaces if this machine allows them, else loopback and the reason in one line."""
    try:
        return Namespaces()
    except OSError as error:
        print(f"no network namespaces here ({error}): all on loopback, no link is cut")
        return Loopback()
