"""The processes of a run: PostgreSQL, nodes, HAProxy before them."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

from network import open_network

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ADMIN = ("admin@example.org", "chaos-admin-Passw0rd")
SERVICE_KEY = "chaos-service-key-0123456789abcdef"
DIES_WITH_US = ["setpriv", "--pdeathsig", "KILL"]

# Who wrote to which shard, under which epoch, and when that was committed: kept by the database, so no node can say
# otherwise. `application` is the node's name, as its journal's URL has it.
WITNESS = """
CREATE TABLE witness(number bigserial PRIMARY KEY, shard integer, epoch bigint, claimed boolean, first bigint,
                     last bigint, application text, transaction xid8, owner text,
                     written timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION bear_witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO public.witness(shard, epoch, claimed, first, last, application, transaction, owner)
  VALUES(NEW.id, NEW.epoch, NEW.epoch <> OLD.epoch, OLD.last, NEW.last, current_setting('application_name'),
         pg_current_xact_id(), NEW.owner);
  RETURN NULL;
END $$;
CREATE TRIGGER bear_witness AFTER UPDATE ON shard FOR EACH ROW
  WHEN (NEW.epoch <> OLD.epoch OR NEW.last <> OLD.last OR NEW.mark <> OLD.mark) EXECUTE FUNCTION bear_witness();
"""


class Failed(Exception):
    """The run cannot go on; its text says why."""


def wait_until(holds, seconds, what):
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Postgres:
    def __init__(self, folder, network):
        self.folder, self.network = folder, network
        self.port = network.port(5432)
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            raise Failed("no PostgreSQL server is installed: config/install")
        self.programs = programs[-1]
        self.as_user = []
        os.makedirs(folder)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self.as_user = ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
        self.log = open(f"{folder}/log", "ab")
        self.run("initdb", "-D", f"{folder}/data", "-U", "caravan", "-A", "trust", "-E", "UTF8", "--no-locale",
                 "--no-sync")
        with open(f"{folder}/data/pg_hba.conf", "a", encoding="utf-8") as rules:
            rules.write(f"host all all {network.gateway}/24 trust\n")
        self.start()

    def run(self, *words):
        words = ["setpriv", *self.as_user, "--", f"{self.programs}/{words[0]}", *words[1:]]
        if subprocess.run(words, stdout=self.log, stderr=self.log, cwd="/").returncode != 0:
            raise Failed(f"{words[-1]}: see {self.folder}/log")

    def start(self):
        settings = [f"listen_addresses={self.network.gateway}", f"port={self.port}",
                    f"unix_socket_directories={self.folder}", "track_commit_timestamp=on", "max_connections=60",
                    "shared_buffers=32MB"]
        words = [word for setting in settings for word in ("-c", setting)]
        self.process = subprocess.Popen(
            ["setpriv", *self.as_user, "--pdeathsig", "QUIT", "--", f"{self.programs}/postgres", "-D",
             f"{self.folder}/data", *words], stdout=self.log, stderr=self.log, cwd="/")
        wait_until(lambda: self.ask("SELECT 1", check=False) == [["1"]], 60, f"PostgreSQL starts ({self.folder}/log)")

    def stop(self, how=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()

    def ask(self, sql, check=True):
        """Runs a statement; its answer as rows of texts."""
        done = subprocess.run(
            [f"{self.programs}/psql", "-h", self.folder, "-p", str(self.port), "-U", "caravan", "-d", "postgres", "-qAtX",
             "-v", "ON_ERROR_STOP=1", "-F", "\t", "-c", sql], capture_output=True, text=True)
        if done.returncode != 0 and check:
            raise Failed(f"psql: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def url(self, application):
        return (f"postgresql://caravan@{self.network.gateway}:{self.port}/postgres"
                f"?application_name={application}")


class Node:
    """One node, in each of its lives."""

    def __init__(self, cluster, number):
        self.cluster, self.number = cluster, number
        self.name = f"node-{number}"
        self.folder = f"{cluster.folder}/{self.name}"
        os.makedirs(self.folder)
        network = cluster.network
        network.add(number)
        self.host = network.address(number)
        self.http, self.link = network.port(8080), network.port(7000)
        self.binary = cluster.binary
        self.process = None
        self.wanted = False  # to be started again when it ends by itself
        self.started_at = 0
        self.log = open(f"{self.folder}/log", "ab")
        certificate(cluster.folder, self.name)

    def settings(self):
        keys = f"{self.cluster.folder}/keys"
        return {
            "HTTP": f"{self.host}:{self.http}", "SANDBOX_OPEN": "on", "DATA": f"{self.folder}/data",
            "SHARED_DATA": f"{self.cluster.folder}/shared", "JOURNAL": self.cluster.postgres.url(self.name), "CLUSTER": "true", "NODE_NAME": self.name,
            "LINK": f"{self.host}:{self.link}", "LINK_CA": f"{keys}/ca.pem", "LINK_CERT": f"{keys}/{self.name}.pem",
            "LINK_KEY": f"{keys}/{self.name}.key", "RATE_LIMIT": "off", "OVERLAPPING_TRIPS": "1000000", "BOOTSTRAP_ADMIN": ":".join(ADMIN),
            "PASSWORD_MEMORY_KIB": "64", "PASSWORD_PASSES": "1", "DRAIN_TIME": "3s", "SHARDS": "48",
            "TRUSTED_PROXIES": self.cluster.network.gateway, "SERVICE_KEY": SERVICE_KEY}

    def start(self):
        environment = dict(os.environ, **{f"CARAVAN_{name}": value for name, value in self.settings().items()})
        self.process = subprocess.Popen(
            [*self.cluster.network.inside(self.number), *DIES_WITH_US, "--", self.binary, "serve"],
            env=environment, stdout=self.log, stderr=self.log)
        self.wanted = True
        self.started_at = time.monotonic()

    def is_up(self):
        return self.process is not None and self.process.poll() is None

    def ask(self, path):
        """Asks this node itself; the status of its answer, or 0 if none comes within two seconds."""
        try:
            request = urllib.request.Request(f"http://{self.host}:{self.http}{path}", headers={"X-Api-Key": SERVICE_KEY})
            with urllib.request.urlopen(request, timeout=2) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def is_ready(self):
        return self.ask("/health/ready") == 200

    def kill(self):
        self.wanted = False
        self.process.kill()
        self.process.wait()

    def send(self, which):
        self.process.send_signal(which)

    def stop(self, seconds=40):
        """Stops it as an operator does, by SIGTERM. Its exit code; none if it had to be killed."""
        self.wanted = False
        self.send(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def certificate(folder, name):
    """A key and a certificate for one node, signed by the run's own authority, which is made with the first."""
    keys = f"{folder}/keys"
    os.makedirs(keys, exist_ok=True)

    def openssl(*words):
        done = subprocess.run(["openssl", *words], capture_output=True, text=True, cwd=keys)
        if done.returncode != 0:
            raise Failed(f"openssl {words[0]}: {done.stderr.strip()}")

    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    if not os.path.exists(f"{keys}/ca.pem"):
        openssl("req", "-x509", *kind, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=chaos")
    openssl("req", *kind, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            f"{name}.pem", "-days", "30")


class Cluster:
    def __init__(self, binary, folder, count):
        self.binary, self.folder = binary, folder
        os.makedirs(f"{folder}/shared")
        self.network = open_network()
        self.postgres = self.proxy = None
        self.nodes = []
        self.may_end = False  # whether nodes have a reason now to end by themselves: others may think them dead
        self.ended = []  # nodes that ended by themselves and had no reason, as lines
        try:
            self.postgres = Postgres(f"{folder}/postgres", self.network)
            # The last one joins later.
            self.nodes = [Node(self, number + 1) for number in range(count + 1)]
            self.start(count)
        except BaseException:
            self.close()
            raise

    def start(self, count):
        for node in self.nodes[:count]:
            node.start()
        self.wait_ready(60)
        self.postgres.ask(WITNESS)
        self.start_proxy()

    def start_proxy(self):
        """HAProxy with the file that operators get, but for its addresses."""
        self.port = self.network.port(0) or 8000
        with open(f"{ROOT}/config/deploy/haproxy.cfg", encoding="utf-8") as file:
            text = file.read()
        servers = "".join(f"    server {node.name} {node.host}:{node.http}\n" for node in self.nodes)
        for old, new in (("bind 127.0.0.1:8000", f"bind {self.network.gateway}:{self.port}"),
                         ("    server node1 127.0.0.1:8080\n", servers)):
            if old not in text:
                raise Failed(f"config/deploy/haproxy.cfg does not have: {old}")
            text = text.replace(old, new)
        with open(f"{self.folder}/haproxy.cfg", "w", encoding="utf-8") as file:
            file.write(text)
        log = open(f"{self.folder}/haproxy.log", "ab")
        self.proxy = subprocess.Popen([*DIES_WITH_US, "--", shutil.which("haproxy") or "/usr/sbin/haproxy", "-db", "-f",
                                       f"{self.folder}/haproxy.cfg"], stdout=log, stderr=log)
        address = f"http://{self.network.gateway}:{self.port}/api/v1/sandbox/clock"

        def answers():
            try:
                return urllib.request.urlopen(address, timeout=2).status == 200
            except OSError:
                return False
        wait_until(answers, 20, "HAProxy serves")

    def running(self):
        return [node for node in self.nodes if node.is_up()]

    def keep_up(self):
        """Starts nodes again that ended by themselves, as systemd does."""
        for node in self.nodes:
            if node.wanted and not node.is_up():
                code = node.process.returncode
                print(f"    {node.name} ended by itself ({code}): started again")
                if code < 0 or not self.may_end:
                    self.ended.append(f"{node.name} ended by itself with {code}: see {node.folder}/log")
                node.start()

    def wait_ready(self, seconds):
        """Waits until all nodes that should be there serve."""
        def ready():
            self.keep_up()
            return all(node.is_ready() for node in self.nodes if node.wanted)
        try:
            wait_until(ready, seconds, "all nodes serve")
        except Failed as failed:
            late = ", ".join(node.name for node in self.nodes if node.wanted and not node.is_ready())
            raise Failed(f"{failed}; not ready: {late}") from None

    def wake(self):
        """Undoes what an unfinished fault did: wakes frozen nodes, and the like."""
        for node in self.nodes:
            if node.is_up():
                node.send(signal.SIGCONT)
            if self.network.can_cut:
                self.network.plug_in(node.number)
                for other in self.nodes:
                    self.network.mend(node.number, other.number)

    def order(self, *words):
        """Runs `caravan cluster …`, as an operator does beside the nodes."""
        done = subprocess.run([self.binary, "cluster", *words, "--journal", self.postgres.url("operator")],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"caravan cluster {' '.join(words)}: {(done.stderr + done.stdout).strip()}")
        return done.stdout

    def versions(self):
        """The oldest and newest version that each living node speaks, by its name."""
        rows = self.postgres.ask("SELECT node, wire_from, wire_to FROM member WHERE status <> 3")
        return {node: (int(oldest), int(newest)) for node, oldest, newest in rows}

    def owned(self):
        """Shards by the name of the node that has them."""
        out = {}
        for shard, owner in self.postgres.ask("SELECT id, owner FROM shard"):
            out.setdefault(owner.split("/")[0], set()).add(int(shard))
        return out

    def entities(self):
        """Each entity's id and shard; a delivery's tracker has its id and its shard."""
        rows = self.postgres.ask("SELECT e.id, e.shard FROM entry e WHERE e.sequence = 1")
        return {key: int(shard) for key, shard in rows}

    def close(self):
        for node in self.nodes:
            if node.is_up():
                node.send(signal.SIGCONT)
                node.kill()
        if self.proxy:
            self.proxy.kill()
            self.proxy.wait()
        if self.postgres:
            self.postgres.stop(signal.SIGQUIT)
        self.network.close()
