"""Volumes below one folder, each with a record beside its files."""

import json
import os
import shutil
import threading
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Dict, Iterator, List

from moby_sdk import Call, CodedError, Log
from moby_sdk.contracts.storage_volume import Volume
from volume_options import check_name, read_options


class FolderVolumes:
    """`<name>/files` holds the files of a volume, `<name>/volume.json` its record: options, users, time.

    A volume exists from the moment its record is whole until the record is gone, so a death in between leaves
    nothing half made: what has no record is swept at the next start.
    """

    def __init__(self, folder: Path, log: Log) -> None:
        self._folder = folder
        self._records: Dict[str, dict] = {}
        #: Guards the records; work on one volume goes one after another under the lock that its name falls to.
        self._lock = threading.Lock()
        self._turns = [threading.Lock() for _ in range(64)]
        folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        for each in sorted(folder.iterdir()):
            self._take_up(each, log)

    def create(self, name: str, options: Dict[str, str]) -> None:
        check_name(name)
        wanted = read_options(options)
        with self._alone(name):
            record = self._records.get(name)
            if record is not None:
                if record["options"] == options:
                    return
                raise CodedError(
                    "VOLUME_OPTIONS_CONFLICT",
                    f"volume {name} exists already with other options",
                    hint="Remove it first, or choose another name.",
                )
            if (self._folder / name / "volume.json").exists():
                raise CodedError(
                    "VOLUME_OPTIONS_CONFLICT",
                    f"volume {name} exists already, and its record is damaged",
                    hint=f"Move {self._folder / name} away: it holds the files of that volume.",
                )
            files = self._files(name)
            files.mkdir(parents=True, exist_ok=True)
            os.chown(files, wanted.uid, wanted.gid)
            # After the owner, because a change of owner clears bits of the mode; mkdir is subject to the umask.
            os.chmod(files, wanted.mode)
            now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self._keep(name, {"name": name, "options": options, "createdAt": now, "users": []}, durable=True)

    def get(self, name: str) -> Volume:
        record = self._record(name)
        path = str(self._files(name))
        return Volume(name, mountpoint=path, created_at=record["createdAt"], options=record["options"])

    def list(self) -> List[Volume]:
        with self._lock:
            records = list(self._records.values())
        return [
            Volume(each["name"], str(self._files(each["name"])), each["createdAt"], each["options"]) for each in records
        ]

    def path(self, name: str) -> Path:
        self._record(name)
        return self._files(name)

    def mount(self, name: str, user: str) -> Path:
        with self._alone(name):
            record = self._record(name)
            if user not in record["users"]:
                self._keep(name, {**record, "users": [*record["users"], user]})
            return self._files(name)

    def unmount(self, name: str, user: str) -> None:
        with self._alone(name):
            record = self._record(name)
            if user in record["users"]:
                self._keep(name, {**record, "users": [each for each in record["users"] if each != user]})

    def usage(self, name: str, call: Call) -> int:
        """Bytes on the disk; a file with several names counts once."""
        total, seen = 0, set()
        for folder, _, files in os.walk(self.path(name)):
            call.check()
            for each in [folder, *(os.path.join(folder, file) for file in files)]:
                try:
                    facts = os.lstat(each)
                except FileNotFoundError:
                    # Somebody works in the volume meanwhile.
                    continue
                if (facts.st_dev, facts.st_ino) not in seen:
                    seen.add((facts.st_dev, facts.st_ino))
                    total += facts.st_blocks * 512
        return total

    def remove(self, name: str) -> None:
        with self._alone(name):
            users = self._record(name)["users"]
            if users:
                raise CodedError(
                    "VOLUME_IN_USE",
                    f"volume {name} is used by {', '.join(users)}",
                    hint="Remove the containers that use it first.",
                )
            # The record goes first: from here on the volume does not exist.
            (self._folder / name / "volume.json").unlink()
            with self._lock:
                del self._records[name]
            shutil.rmtree(self._folder / name)

    def _take_up(self, folder: Path, log: Log) -> None:
        try:
            record = json.loads((folder / "volume.json").read_text("utf-8"))
        except FileNotFoundError:
            log.warn("removing what is left of a volume that was not whole", volume=folder.name)
            shutil.rmtree(folder, ignore_errors=True)
        except (OSError, ValueError) as error:
            log.error("the record of a volume cannot be read; its files are kept", error, volume=folder.name)
        else:
            self._records[folder.name] = record

    def _files(self, name: str) -> Path:
        return self._folder / name / "files"

    def _record(self, name: str) -> dict:
        with self._lock:
            record = self._records.get(name)
        if record is None:
            raise CodedError("VOLUME_NOT_FOUND", f"there is no volume {name}")
        return record

    def _keep(self, name: str, record: dict, durable: bool = False) -> None:
        """Writes the record so that a reader sees the old or the new one whole, whenever the process dies."""
        folder = self._folder / name
        temporary = folder / "volume.json.new"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(record, file)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(temporary, folder / "volume.json")
        if durable:
            for each in (folder, self._folder):
                _flush(each)
        with self._lock:
            self._records[name] = record

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        with self._turns[hash(name) % len(self._turns)]:
            yield


def _flush(folder: Path) -> None:
    """A new name survives a loss of power when its folder was flushed."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
