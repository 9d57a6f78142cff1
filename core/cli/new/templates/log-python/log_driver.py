"""The log driver: a file for each log, with a batch of records a line."""

from typing import Dict

from log_file import LogFile
from log_store import LogStore
from moby_sdk import CodedError, Context, Running, serve
from moby_sdk.contracts.log_driver import CapabilitiesResponse, LogDriver, OpenResponse
from reading import chosen


class BatchDriver(LogDriver):
    """The contract `log.driver` in terms of files."""

    def __init__(self, logs: LogStore) -> None:
        self._logs = logs

    def capabilities(self, request, call):
        return CapabilitiesResponse(read=True)

    def validate(self, request, call):
        _check_options(request.options)

    def open(self, request, call):
        _check_options(request.info.options)
        opened: LogFile = self._logs.open(request.log)
        return OpenResponse(opened.position, str(opened.path))

    def write(self, request, call):
        self._logs.find(request.log).write(request.records, request.position)

    def read(self, request, call):
        return chosen(request, self._logs.read(request.log), call)

    def close(self, request, call):
        self._logs.close(request.log)

    def remove(self, request, call):
        self._logs.remove(request.log)


def _check_options(options: Dict[str, str]) -> None:
    for option in options:
        raise CodedError("LOG_OPTION_INVALID", f"there is no log option {option}", hint="Leave it out.")


def create(context: Context) -> Running:
    return Running([BatchDriver(LogStore(context.folders.data / "logs"))])


if __name__ == "__main__":
    serve(create)
