"""Components for Moby Origin in Python: standard library only, Python 3.9 or later.

    from moby_sdk import Running, serve
    from moby_sdk.contracts.storage_volume import StorageVolume

    class Volumes(StorageVolume):
        ...

    serve(lambda context: Running([Volumes(context.folders.data)]))
"""

from .call import Call
from .client import Peer
from .component import Running, serve
from .context import Context
from .contract import Contract, Driver, Method, Nothing
from .errors import CodedError, not_supported
from .limits import Limits
from .log import Log
from .server import Server

__all__ = [
    "Call",
    "CodedError",
    "Context",
    "Contract",
    "Driver",
    "Limits",
    "Log",
    "Method",
    "Nothing",
    "Peer",
    "Running",
    "Server",
    "not_supported",
    "serve",
]
