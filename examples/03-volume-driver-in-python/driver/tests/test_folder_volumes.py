"""The driver without an engine: `python3 -B -m unittest discover -s tests`."""

import os
import stat
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from folder_volumes import FolderVolumes  # noqa: E402
from moby_sdk import Call, CodedError, Log  # noqa: E402


class FolderVolumesTest(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = Path(kept.name) / "volumes"
        self.volumes = self.again()

    def again(self):
        """What a driver sees that starts on the same folder."""
        return FolderVolumes(self.folder, Log())

    def fails(self, code, function, *args):
        with self.assertRaises(CodedError) as raised:
            function(*args)
        self.assertEqual(raised.exception.code, code)

    def test_gives_the_folder_the_mode_that_was_asked_for(self):
        self.volumes.create("private", {"mode": "2750"})
        self.assertEqual(stat.S_IMODE(os.stat(self.volumes.path("private")).st_mode), 0o2750)

    def test_refuses_options_that_make_no_sense(self):
        for options in ({"mode": "rwx"}, {"mode": "99"}, {"uid": "-1"}, {"gid": "4294967295"}, {"uid": "root"}):
            self.fails("VOLUME_OPTION_INVALID", self.volumes.create, "a", options)
        self.fails("VOLUME_OPTION_UNKNOWN", self.volumes.create, "a", {"size": "1g"})
        self.assertEqual(self.volumes.list(), [])

    def test_knows_volumes_and_users_after_a_restart(self):
        self.volumes.create("kept", {"mode": "0700"})
        self.volumes.mount("kept", "container-1")
        volumes = self.again()
        self.assertEqual([each.name for each in volumes.list()], ["kept"])
        self.assertEqual(volumes.get("kept").options, {"mode": "0700"})
        self.fails("VOLUME_IN_USE", volumes.remove, "kept")
        volumes.unmount("kept", "container-1")
        volumes.remove("kept")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_sweeps_what_was_half_made_and_keeps_what_is_damaged(self):
        (self.folder / "half" / "files").mkdir(parents=True)
        self.volumes.create("damaged", {})
        (self.folder / "damaged" / "volume.json").write_text('{"name":')
        volumes = self.again()
        self.assertEqual(volumes.list(), [])
        self.assertEqual([each.name for each in self.folder.iterdir()], ["damaged"])
        self.fails("VOLUME_OPTIONS_CONFLICT", volumes.create, "damaged", {})

    def test_counts_a_file_with_two_names_once(self):
        self.volumes.create("linked", {})
        path = self.volumes.path("linked")
        (path / "a").write_bytes(b"x" * 100_000)
        before = self.volumes.usage("linked", Call())
        os.link(path / "a", path / "b")
        self.assertEqual(self.volumes.usage("linked", Call()), before)


if __name__ == "__main__":
    unittest.main()
