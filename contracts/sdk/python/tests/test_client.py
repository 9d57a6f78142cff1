import os
import socket
import tempfile
import threading
import time
import unittest

import path  # noqa: F401
from moby_sdk import Call, CodedError, Limits, Nothing, Peer
from moby_sdk.frames import RECORD, encode_frame, status_frame
from moby_sdk.http1 import chunk
from test_sample import EchoRequest, RecordsRequest, TestSample, UploadRequest

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.moby.stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def answer(body, status=200):
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


class Hostile:
    """A peer that answers each connection's first bytes by hand."""

    def __init__(self, test, act):
        self.folder = tempfile.TemporaryDirectory()
        test.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "s")
        self.connections = 0
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(8)
        test.addCleanup(self.listener.close)
        threading.Thread(target=self.run, args=(act,), daemon=True).start()

    def run(self, act):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.first = sock.recv(65536)
            threading.Thread(target=self.act, args=(act, sock, self.connections), daemon=True).start()

    def act(self, act, sock, count):
        with sock:
            try:
                act(sock, count)
            except OSError:
                pass


class ClientTest(unittest.TestCase):
    def outcome(self, act, call, limits=Limits(stream_head_seconds=0.2, body_bytes=1000)):
        """The code of the error with which a call on a hostile peer ends."""
        self.hostile = Hostile(self, act)
        peer = Peer(self.hostile.path, limits)
        self.addCleanup(peer.close)
        try:
            return call(peer.contract(TestSample))
        except CodedError as error:
            return error.code

    def test_gives_up_at_the_deadline(self):
        began = time.monotonic()
        self.assertEqual(self.outcome(lambda sock, _: time.sleep(40), lambda it: it.hurry()), "WIRE_DEADLINE")
        self.assertLess(time.monotonic() - began, 20)

    def test_gives_up_on_an_answer_drop_by_drop(self):
        def drip(sock, _):
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while True:
                sock.sendall(b" ")
                time.sleep(0.02)

        self.assertEqual(self.outcome(drip, lambda it: it.hurry()), "WIRE_DEADLINE")

    def test_gives_up_on_a_stream_that_does_not_begin(self):
        read = lambda it: list(it.records(RecordsRequest(1)))  # noqa: E731
        self.assertEqual(self.outcome(lambda sock, _: time.sleep(40), read), "WIRE_DEADLINE")

    def test_ends_with_the_call_that_it_is_part_of(self):
        call = Call("outer")
        threading.Timer(0.1, call.cancel).start()
        act = lambda sock, _: time.sleep(40)  # noqa: E731
        self.assertEqual(self.outcome(act, lambda it: it.echo(EchoRequest(), call=call)), "CANCELLED")

    def test_tells_what_is_no_answer(self):
        for text, code in [
            (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "WIRE_PEER_UNREACHABLE"),
            (answer(b"<html>", 500), "WIRE_RESPONSE_INVALID"),
            (answer(b"{}", 500), "WIRE_RESPONSE_INVALID"),
            (answer(b'{"got":1', 200), "WIRE_RESPONSE_INVALID"),
            (answer(b"{}"), "WIRE_RESPONSE_INVALID"),
            (answer(b'{"got":"' + b"x" * (17 << 20) + b'"}'), "WIRE_TOO_LARGE"),
            (b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"got', "WIRE_PEER_UNREACHABLE"),
            (answer(b'{"error":{"code":"ACME_FULL","kind":"exhausted","message":"full"}}', 507), "ACME_FULL"),
        ]:
            with self.subTest(text=text[:60]):
                code_ = self.outcome(lambda sock, _, text=text: sock.sendall(text), lambda it: it.echo(EchoRequest()))
                self.assertEqual(code_, code)

    def test_asks_once_more_only_where_that_does_no_harm(self):
        def first_is_lost(sock, count):
            if count > 1:
                sock.sendall(answer(b'{"got":1}'))

        self.assertEqual(self.outcome(first_is_lost, lambda it: it.echo(EchoRequest()).got), 1)
        self.assertEqual(self.outcome(first_is_lost, lambda it: it.act(Nothing())), "WIRE_PEER_UNREACHABLE")
        self.assertEqual(self.hostile.connections, 1)

    def test_tells_a_cut_stream_from_one_that_has_ended(self):
        record = encode_frame(RECORD, b'{"n":0,"data":""}')
        read = lambda it: len(list(it.records(RecordsRequest(1))))  # noqa: E731
        for frames, wanted in [
            (record + record + status_frame(), 2),
            (record, "WIRE_STREAM_BROKEN"),
            (record[:-1], "WIRE_STREAM_BROKEN"),
            (b"\x09\0\0\0\0", "WIRE_STREAM_BROKEN"),
            (encode_frame(1, b"data") + status_frame(), "WIRE_STREAM_BROKEN"),
            (encode_frame(RECORD, b'{"n":"one"}') + status_frame(), "WIRE_RESPONSE_INVALID"),
            (b"\x02\x7f\xff\xff\xff", "WIRE_TOO_LARGE"),
            (record + status_frame(CodedError("SNAPSHOT_NOT_FOUND", "gone")), "SNAPSHOT_NOT_FOUND"),
        ]:
            with self.subTest(frames=frames[:30]):
                text = STREAM + chunk(frames) + chunk(b"")
                self.assertEqual(self.outcome(lambda sock, _, text=text: sock.sendall(text), read), wanted)

    def test_raises_what_its_own_source_raised(self):
        def source():
            yield b"some"
            raise KeyError("disk gone")

        def read_all(sock, _):
            seen = self.hostile.first
            while b"disk gone" not in seen:
                seen += sock.recv(65536)
            sock.sendall(answer(b'{"error":{"code":"WIRE_INTERNAL","kind":"internal","message":"disk gone"}}', 500))

        with self.assertRaises(KeyError):
            self.outcome(read_all, lambda it: it.upload(UploadRequest(), source()))


if __name__ == "__main__":
    unittest.main()
