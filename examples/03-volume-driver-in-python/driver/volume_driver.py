"""The volume driver `folders`: each volume is a folder of this host, with the owner and mode that its options tell."""

from pathlib import Path

from folder_volumes import FolderVolumes
from moby_sdk import Context, Running, serve
from moby_sdk.contracts.storage_volume import (
    CapabilitiesResponse,
    GetResponse,
    ListResponse,
    MountResponse,
    PathResponse,
    StorageVolume,
    UsageResponse,
)


class FolderDriver(StorageVolume):
    """The contract `storage.volume` in terms of folders."""

    def __init__(self, volumes):
        self._volumes = volumes

    def capabilities(self, request, call):
        return CapabilitiesResponse(scope="local")

    def create(self, request, call):
        self._volumes.create(request.name, request.options)

    def get(self, request, call):
        return GetResponse(self._volumes.get(request.name))

    def list(self, request, call):
        return ListResponse(self._volumes.list())

    def path(self, request, call):
        return PathResponse(str(self._volumes.path(request.name)))

    def mount(self, request, call):
        return MountResponse(str(self._volumes.mount(request.name, request.id)))

    def unmount(self, request, call):
        self._volumes.unmount(request.name, request.id)

    def usage(self, request, call):
        return UsageResponse(self._volumes.usage(request.name, call))

    def remove(self, request, call):
        self._volumes.remove(request.name)


def create(context: Context) -> Running:
    folder = Path(context.config["path"]) if "path" in context.config else context.folders.data / "volumes"
    return Running([FolderDriver(FolderVolumes(folder, context.log))])


if __name__ == "__main__":
    serve(create)
