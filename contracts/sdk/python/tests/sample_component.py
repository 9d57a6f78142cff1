"""A component that serves `test.sample`: by itself, or as a relay of another that it requires."""

import os
import sys
import threading

sys.path[:0] = [os.path.join(os.path.dirname(__file__), ".."), os.path.dirname(__file__)]

from moby_sdk import CodedError, Running, serve  # noqa: E402
from moby_sdk.codec import encode  # noqa: E402
from test_sample import (  # noqa: E402
    EchoResponse,
    RecordsItem,
    TalkItem,
    TestSample,
    UploadResponse,
)


class Sample(TestSample):
    """Each shape of a method, and what tests ask of it by words that begin with `!`."""

    def __init__(self, context):
        self.context = context
        self.cancelled = 0
        self.closed = 0
        self.made = 0
        self.begun = 0
        self.running = 0
        self.most = 0
        self.seen = None
        self.lock = threading.Lock()

    def echo(self, request, call):
        text = request.text or ""
        if text == "!conflict":
            raise CodedError("VOLUME_IN_USE", "volume a is used", hint="Stop b.", details={"by": ["b"]})
        if text == "!own":
            raise CodedError("ACME_QUOTA", "full", kind="exhausted")
        if text == "!defect":
            raise OSError("x is undefined")
        if text == "!lie":
            return EchoResponse(got=1, bytes="no base64")
        if text == "!deep":
            return EchoResponse(got=nested(500))
        if text in ("!wait", "!slow"):
            with self.lock:
                self.begun += 1
        if text == "!wait":
            call.wait(20)
            with self.lock:
                self.cancelled += call.cancelled
            call.check()
        if text == "!slow":
            with self.lock:
                self.running += 1
                self.most = max(self.most, self.running)
            call.wait(0.3)
            with self.lock:
                self.running -= 1
        if text == "!facts":
            facts = {key: getattr(self, key) for key in ("begun", "cancelled", "closed", "made", "most", "seen")}
            return EchoResponse(got={**facts, "name": self.context.name, "config": self.context.config, "call": call.id})
        if text == "!degraded":
            self.context.degraded("the disk is slow")
        schema = dict(self.contract.methods["echo"].request)
        got = encode(schema, request)
        got.pop("bytes", None)
        return EchoResponse(got=got, bytes=request.bytes)

    def act(self, request, call):
        pass

    def hurry(self, request, call):
        call.wait(20)
        with self.lock:
            self.cancelled += call.cancelled
        call.check()

    def upload(self, request, stream, call):
        length = 0
        try:
            for piece in stream:
                length += len(piece)
                if request.stop_after is not None and length >= request.stop_after:
                    raise CodedError("VOLUME_IN_USE", "enough")
        except CodedError as error:
            self.seen = {"code": error.code, "message": error.message}
            raise
        return UploadResponse(length=length, digest="")

    def download(self, request, call):
        for n in range(request.chunks):
            if n == request.fail_after:
                raise CodedError("SNAPSHOT_NOT_FOUND", "gone meanwhile", hint="try another")
            self.made += 1
            yield bytes([n % 256]) * request.size

    def records(self, request, call):
        try:
            for n in range(abs(request.count)):
                yield RecordsItem(n=n, data=bytes(n))
            if request.count < 0:
                call.wait(20)
        finally:
            self.closed += 1

    def talk(self, request, stream, call):
        yield TalkItem(said=request.greeting)
        for piece in stream:
            yield TalkItem(said=piece.decode("utf-8").upper())


class Relay(TestSample):
    """Passes every call on to the sample that the component requires."""

    def __init__(self, other):
        self.other = other

    def echo(self, request, call):
        return self.other.echo(request, call=call)

    def act(self, request, call):
        return self.other.act(request, call=call)

    def hurry(self, request, call):
        return self.other.hurry(request, call=call)

    def upload(self, request, stream, call):
        return self.other.upload(request, stream, call=call)

    def download(self, request, call):
        yield from self.other.download(request, call=call)

    def records(self, request, call):
        yield from self.other.records(request, call=call)

    def talk(self, request, stream, call):
        yield from self.other.talk(request, stream, call=call)


def nested(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


def create(context):
    if context.config.get("relay"):
        return Running([Relay(context.one(TestSample))])
    context.log.info("the sample is served", mode=context.config.get("mode"))
    note = context.folders.data / "stopped"
    started = context.folders.data / "started"
    return Running(
        [Sample(context)],
        start=lambda: started.touch(),
        stop=note.write_text,
        health=lambda: context.config.get("restriction"),
    )


if __name__ == "__main__":
    serve(create)
