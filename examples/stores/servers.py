"""Throwaway servers on the loopback interface, to try the stores on.

They need the binaries of Debian's packages redis-server and postgresql. PostgreSQL
refuses to run as root, and is then started as the user that its package makes.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from redis import ConnectionError as NotUpYet
from redis import Redis

LONGEST_START = 30
"""Seconds after which a server that does not answer is given up."""


def missing() -> list[str]:
    """The Debian packages whose binaries are not there."""
    found = {"redis-server": shutil.which("redis-server"), "postgresql": _postgres()}
    return [package for package, place in found.items() if place is None]


@contextmanager
def redis_server() -> Iterator[str]:
    """A Redis with nothing in it; gives its URL."""
    port = _free_port()
    with TemporaryDirectory(prefix="redis-") as folder:
        quiet = ["--save", "", "--loglevel", "warning", "--dir", folder]
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), *quiet]
        quietly = {"stdout": subprocess.DEVNULL}
        server = subprocess.Popen(command, **quietly)  # noqa: S603  our own command
        try:
            url = f"redis://127.0.0.1:{port}/0"
            _wait_for_redis(url)
            yield url
        finally:
            server.terminate()
            server.wait(LONGEST_START)


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL with nothing in it; gives the connection string."""
    port, programs = _free_port(), _postgres()
    user = "postgres" if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="postgres-") as folder:
        if user:
            shutil.chown(folder, user)

        def run(program: str, *arguments: str) -> None:
            command = [programs / program, "-D", f"{folder}/data", *arguments]
            subprocess.run(  # noqa: S603  our own command
                command,
                user=user,
                cwd=folder,
                check=True,
                timeout=LONGEST_START,
                stdout=subprocess.DEVNULL,
            )

        run("initdb", "-U", "host", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -k {folder} -F"
        run("pg_ctl", "start", "-w", "-l", f"{folder}/log", "-o", options)
        try:
            yield f"host=127.0.0.1 port={port} user=host dbname=postgres"
        finally:
            run("pg_ctl", "stop", "-m", "immediate")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _postgres() -> Path | None:
    """The folder of the newest PostgreSQL's programs, which is on nobody's path."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: int(path.parts[4]), default=None)
    return newest and newest.parent


def _wait_for_redis(url: str) -> None:
    client = Redis.from_url(url)
    for _ in range(LONGEST_START * 20):
        try:
            client.ping()
        except NotUpYet:
            time.sleep(0.05)
        else:
            client.close()
            return
    raise TimeoutError(url)
