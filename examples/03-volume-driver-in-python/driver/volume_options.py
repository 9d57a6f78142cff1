"""The options of a volume: `mode`, `uid` and `gid` of its folder."""

import re
from dataclasses import dataclass
from typing import Dict

from moby_sdk import CodedError

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_LARGEST_ID = 2**32 - 2


@dataclass(frozen=True)
class VolumeOptions:
    mode: int = 0o755
    #: -1 leaves it as it is: that of the driver's process.
    uid: int = -1
    gid: int = -1


def check_name(name: str) -> None:
    """Fails with VOLUME_NAME_INVALID for what could not be, or should not be, the name of a folder."""
    if _NAME.fullmatch(name) and len(name.encode("utf-8")) <= 255:
        return
    raise CodedError(
        "VOLUME_NAME_INVALID",
        f"{name!r} is no name of a volume",
        hint="Use letters, digits, dots, dashes and underscores, beginning with a letter or a digit.",
    )


def read_options(options: Dict[str, str]) -> VolumeOptions:
    """Fails with VOLUME_OPTION_UNKNOWN or VOLUME_OPTION_INVALID."""
    read = {"mode": _mode, "uid": _id, "gid": _id}
    unknown = [key for key in options if key not in read]
    if unknown:
        raise CodedError(
            "VOLUME_OPTION_UNKNOWN", f"there is no option {unknown[0]!r}", hint=f"It can be {', '.join(read)}."
        )
    return VolumeOptions(**{key: read[key](key, value) for key, value in options.items()})


def _mode(key: str, text: str) -> int:
    if re.fullmatch(r"[0-7]{3,4}", text):
        return int(text, 8)
    raise _invalid(key, text, "Write it in octal digits: 0750.")


def _id(key: str, text: str) -> int:
    if re.fullmatch(r"[0-9]{1,10}", text) and int(text) <= _LARGEST_ID:
        return int(text)
    raise _invalid(key, text, "Write it as a number: 1000.")


def _invalid(key: str, text: str, hint: str) -> CodedError:
    return CodedError("VOLUME_OPTION_INVALID", f"{key} cannot be {text!r}", hint=hint)
