"""A Slurm cluster on this machine alone, for `make cluster-test`; standard library only.

    python workflow/scripts/loopback_slurm.py   say whether Slurm is installed, by the status too

It lies in one folder and listens on the loopback address. The controller is one process, every
node another one under a name of its own (`slurmd -N`), with as many CPUs as it is told to have.
Whatever is started here is known by its process id or by the log file of its node that it holds
open, so that nothing else on the machine is ever ended.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "sinfo")
"""What has to be installed: Debian's munge, slurmctld, slurmd and slurm-client."""

KEY_BYTES = 128
READY_SECONDS = 60
NOTICED_SECONDS = 10
"""A node that has been silent for so long is down."""
CREDENTIAL_SECONDS = 30

CONFIGURATION = """\
ClusterName=loopback
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
# A job of a lost node waits as long as its old credential holds before it starts elsewhere.
AuthInfo=socket={folder}/munge/socket,cred_expire={credential}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
# No cgroups, no accounting: both ask for more than one machine needs to lend.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
# The least loaded node first, so that every node gets something to do.
SelectTypeParameters=CR_CPU_Memory,CR_LLN
# Nodes have the CPUs that are written here, not those of the machine.
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=2
# Finished jobs stay listed to the end, for the trials read them.
MinJobAge=86400
SlurmdTimeout={noticed}
ReturnToService=0
KillWait=5
"""
NODE = (
    "NodeName={name} NodeHostname=localhost NodeAddr=127.0.0.1 Port={port} "
    "CPUs={cpus} RealMemory={memory} State=UNKNOWN\n"
)


class ClusterError(Exception):
    """The cluster cannot be started or does not answer."""


def path_of(program: str) -> str | None:
    """Return where a program is, the places of daemons included."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [program for program in PROGRAMS if path_of(program) is None]


def why_not() -> str:
    """Return why no cluster can be started here; nothing if one can."""
    absent = missing()
    if not absent:
        return ""
    return (
        f"skipped: Slurm is not installed (no {', '.join(absent)}).\n"
        "  On Debian: apt-get install slurmctld slurmd slurm-client munge"
    )


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback address that nobody listens on."""
    holders = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports


def wait_for(condition: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> None:
    """Wait until a condition holds, and stop with a word if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise ClusterError(f"{what} did not happen within {seconds:g} seconds")
        time.sleep(0.2)


def target_of(link: Path) -> str:
    """Return what a link of /proc leads to; nothing if its process has ended meanwhile."""
    try:
        return str(link.readlink())
    except OSError:
        return ""


def text_of(file: Path) -> str:
    """Return what a file of /proc holds; nothing if its process has ended meanwhile."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""


def numbered(folder: Path) -> list[Path]:
    """Return the entries of a folder of /proc that are numbers; none if it is gone or closed."""
    try:
        return [entry for entry in folder.iterdir() if entry.name.isdigit()]
    except OSError:
        return []


def processes_holding(file: Path) -> set[int]:
    """Return the ids of processes that have a file open."""
    return {
        int(process.name)
        for process in numbered(Path("/proc"))
        if any(target_of(link) == str(file) for link in numbered(process / "fd"))
    }


def with_descendants(processes: Iterable[int]) -> set[int]:
    """Return processes and all that they started."""
    children: dict[int, list[int]] = {}
    for entry in numbered(Path("/proc")):
        # pid (name) state parent ...; a name may hold anything, spaces and brackets too.
        if fields := text_of(entry / "stat").rpartition(")")[2].split():
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = list(processes)
    while waiting:
        process = waiting.pop()
        if process not in found:
            found.add(process)
            waiting += children.get(process, [])
    return found


def end(processes: Iterable[int]) -> None:
    """Kill processes that may have ended already: all at once, so that none tells of another."""
    for deed in (signal.SIGSTOP, signal.SIGKILL):
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, deed)


class Cluster:
    """A cluster that lives as long as a ``with`` block.

    Parameters
    ----------
    folder : Path
        An empty folder for all that it writes.
    nodes : int
        How many nodes it has.
    cpus : int
        CPUs of each, whatever the machine has.
    memory : int
        Memory of each, MB; Slurm counts it and does not enforce it here.
    """

    def __init__(self, folder: Path, nodes: int = 3, cpus: int = 4, memory: int = 16000) -> None:
        self.folder = folder.resolve()
        self.nodes = tuple(f"node{number}" for number in range(1, nodes + 1))
        self.cpus = cpus
        self.memory = memory
        configuration = str(self.folder / "slurm.conf")
        path = f"{self.folder / 'bin'}:{os.environ.get('PATH', '')}"
        self.environment = {**os.environ, "SLURM_CONF": configuration, "PATH": path}
        self._daemons: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> Cluster:
        """Start it and wait until every node is idle."""
        try:
            self._configure()
            self._start_munge()
            self._start("slurmctld", "-D", "-c")
            for node in self.nodes:
                self._start("slurmd", "-D", "-N", node, name=node)
            wait_for(self._is_ready, "the start of the cluster")
        except ClusterError as error:
            said = self._last_words()
            self.__exit__()
            raise ClusterError(f"{error}\n{said}") from None
        return self

    def __exit__(self, *_exception: object) -> None:
        """End all that it started."""
        for node in self.nodes:
            end(self.processes(node))
        for daemon in self._daemons.values():
            daemon.terminate()
        for daemon in self._daemons.values():
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def _configure(self) -> None:
        # munged asks that everyone may reach its socket.
        for name in ("", "bin", "munge", "state", *(f"spool-{node}" for node in self.nodes)):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            (self.folder / name).chmod(0o755)
        key = self.folder / "munge/key"
        key.write_bytes(secrets.token_bytes(KEY_BYTES))
        key.chmod(0o600)
        controller, *ports = free_ports(1 + len(self.nodes))
        text = CONFIGURATION.format(
            folder=self.folder,
            controller_port=controller,
            user=pwd.getpwuid(os.getuid()).pw_name,
            noticed=NOTICED_SECONDS,
            credential=CREDENTIAL_SECONDS,
        )
        for node, port in zip(self.nodes, ports, strict=True):
            text += NODE.format(name=node, port=port, cpus=self.cpus, memory=self.memory)
        text += "PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"
        (self.folder / "slurm.conf").write_text(text)
        # The plugin is loaded even though nothing uses it; v1 does not mind what is mounted.
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        # Snakemake's executor clears the variable that names the configuration before it calls
        # srun within a job, and counts on /etc/slurm, which is not ours.
        wrapper = self.folder / "bin/srun"
        configuration = shlex.quote(self.environment["SLURM_CONF"])
        wrapper.write_text(f'#!/bin/sh\nSLURM_CONF={configuration} exec {path_of("srun")} "$@"\n')
        wrapper.chmod(0o755)

    def _start(self, program: str, *arguments: str, name: str = "") -> None:
        self._daemons[name or program] = subprocess.Popen(
            [str(path_of(program)), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _start_munge(self) -> None:
        place = self.folder / "munge"
        files = {"socket": "socket", "key-file": "key", "pid-file": "pid", "seed-file": "seed"}
        options = [f"--{option}={place / file}" for option, file in files.items()]
        log = f"--log-file={place / 'munged.log'}"
        self._start("munged", "--foreground", "--num-threads=10", log, *options)
        wait_for((place / "socket").exists, "the start of munged")

    def _is_ready(self) -> bool:
        states = self.ask("sinfo", "--noheader", "--Node", "--format=%T")
        return states.split() == ["idle"] * len(self.nodes)

    def _last_words(self) -> str:
        logs = sorted([*self.folder.glob("*.log"), *self.folder.glob("munge/*.log")])
        lines = [
            f"{log.name}: {line}"
            for log in logs
            for line in log.read_text(errors="replace").splitlines()[-5:]
        ]
        return "\n".join(lines)

    def ask(self, program: str, *arguments: str) -> str:
        """Return what a client of Slurm prints; nothing where it failed."""
        answer = subprocess.run(
            [str(path_of(program)), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return answer.stdout if answer.returncode == 0 else ""

    def jobs(self) -> list[dict[str, str]]:
        """Return every job so far as Slurm's own fields (JobState, NodeList, Restarts ...)."""
        lines = self.ask("scontrol", "--oneliner", "--all", "show", "jobs").splitlines()
        return [
            dict(field.split("=", 1) for field in line.split() if "=" in field)
            for line in lines
            if line.startswith("JobId=")
        ]

    def state_of(self, node: str) -> str:
        """Return the state of a node, such as ``idle``, ``down`` or ``drained``."""
        return self.ask("sinfo", "--noheader", "--Node", f"--nodes={node}", "--format=%T").strip()

    def processes(self, node: str) -> set[int]:
        """Return a node's daemon, the steps of its jobs, and all that these started."""
        return with_descendants(processes_holding(self.folder / f"slurmd-{node}.log"))

    def commands(self, node: str) -> list[str]:
        """Return the command lines of a node's processes."""
        files = [Path(f"/proc/{process}/cmdline") for process in self.processes(node)]
        return [text_of(file).replace("\0", " ") for file in files]

    def kill_node(self, node: str) -> int:
        """Take the power from a node: kill its daemon, steps and jobs; return how many."""
        processes = self.processes(node)
        end(processes)
        return len(processes)

    def drain(self, node: str) -> None:
        """Tell Slurm to start nothing more on a node."""
        self.ask("scontrol", "update", f"NodeName={node}", "State=DRAIN", "Reason=trial")


if __name__ == "__main__":
    if answer := why_not():
        print(answer)
        sys.exit(1)
