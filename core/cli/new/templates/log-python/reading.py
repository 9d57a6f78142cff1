"""What of a log a reader wants."""

from typing import BinaryIO, Dict, Iterator, List

from log_file import LogFile
from moby_sdk import Call
from moby_sdk.contracts.log_driver import LogRecord, ReadRequest


def chosen(request: ReadRequest, log: LogFile, call: Call) -> Iterator[List[LogRecord]]:
    """Batches of records: `tail` whole lines from the end, then those within the times and streams."""
    with log.opened() as file:
        yield from _chosen(request, log, file, call)


def _chosen(request: ReadRequest, log: LogFile, file: BinaryIO, call: Call) -> Iterator[List[LogRecord]]:

    def wanted(records: List[LogRecord]) -> List[LogRecord]:
        streams = [each for each in records if request.streams is None or each.stream in request.streams]
        return [each for each in streams if _within(each.time, request)]

    def past(records: List[LogRecord]) -> bool:
        return request.until is not None and any(_padded(each.time) > _padded(request.until) for each in records)

    start = 0
    if request.tail is not None:
        last: List[LogRecord] = []
        for records, start in log.batches(file, 0):
            last = _last_lines(last + records, request.tail)
        given = wanted(last)
        if given:
            yield given
        if not request.follow or past(last):
            return

    def wake() -> None:
        with log.changed:
            log.changed.notify_all()

    forget = call.on_cancel(wake)
    try:
        while True:
            with log.changed:
                closed, seen = log.closed, log.position
            for records, start in log.batches(file, start):
                given = wanted(records)
                if given:
                    yield given
                if past(records):
                    return
            if not request.follow or closed:
                return
            with log.changed:
                log.changed.wait_for(lambda: call.cancelled or log.closed or log.position != seen)
            if call.cancelled:
                return
    finally:
        forget()


def _last_lines(records: List[LogRecord], count: int) -> List[LogRecord]:
    """The records of the last lines: pieces of one line count once."""
    lines: List[List[int]] = []
    opened: Dict[str, List[int]] = {}
    for at, record in enumerate(records):
        line = opened.get(record.partial.id) if record.partial is not None else None
        if line is None:
            line = []
            lines.append(line)
        line.append(at)
        if record.partial is not None:
            opened[record.partial.id] = line
    kept = {at for line in lines[max(0, len(lines) - count) :] for at in line}
    return [record for at, record in enumerate(records) if at in kept]


def _within(time: str, request: ReadRequest) -> bool:
    moment = _padded(time)
    after = request.since is None or moment >= _padded(request.since)
    return after and (request.until is None or moment <= _padded(request.until))


def _padded(time: str) -> str:
    """Times are texts of one form, but for the number of their digits behind the point."""
    seconds, _, digits = time.rstrip("Z").partition(".")
    return f"{seconds}.{digits:0<9}"
