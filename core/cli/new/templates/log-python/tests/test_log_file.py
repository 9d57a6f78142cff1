"""The driver without an engine: `python3 -B -m unittest discover -s tests`."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from log_file import LogFile  # noqa: E402
from moby_sdk import Call  # noqa: E402
from moby_sdk.contracts.log_driver import LogPosition, LogRecord, ReadRequest  # noqa: E402
from reading import chosen  # noqa: E402


def record(text: str) -> LogRecord:
    return LogRecord("stdout", "2026-01-01T00:00:00.000000001Z", text.encode())


class LogFileTest(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.path = Path(kept.name) / "l"

    def open(self) -> LogFile:
        log = LogFile(self.path)
        self.addCleanup(log.close)
        return log

    def text(self, log: LogFile, **more) -> str:
        batches = chosen(ReadRequest("l", **more), log, Call())
        return ",".join(each.line.decode() for batch in batches for each in batch)

    def test_drops_a_batch_that_comes_again(self):
        log = self.open()
        log.write([record("one")], LogPosition(4, 0))
        log.write([record("one")], LogPosition(4, 0))
        log.write([record("two")], LogPosition(8, 0))
        self.assertEqual(self.text(log), "one,two")
        self.assertEqual(self.text(log, tail=1), "two")

    def test_cuts_off_a_batch_that_is_not_whole(self):
        log = self.open()
        log.write([record("one")], LogPosition(4, 0))
        log.close()
        with open(self.path, "ab") as file:
            file.write(b'{"position":{"stdout":8')
        again = self.open()
        self.assertEqual(again.position, LogPosition(4, 0))
        again.write([record("two")], LogPosition(8, 0))
        self.assertEqual(self.text(again), "one,two")


if __name__ == "__main__":
    unittest.main()
